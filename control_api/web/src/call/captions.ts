/**
 * Captions as they come on LiveKit's `lk.transcription` text streams, put together. Pure but for `follow`.
 *
 * Each stream belongs to a segment. The agent's words are one stream that grows; a person's come as several streams of
 * one segment, each of which takes the place of the one before.
 */
import type { Room } from "livekit-client";
import type { SessionDetail, TranscriptSegment } from "voice-client";

export interface Caption {
  /** Of the segment, which has it in the record too. */
  id: string;
  /** An identity, or `agent` for words out of the record. */
  speaker: string;
  text: string;
  /** Nothing is added or changed any more. */
  isFinal: boolean;
}

export const TOPIC = "lk.transcription";
const SEGMENT = "lk.segment_id";
const FINAL = "lk.transcription_final";
/** Older ones are in the record. */
const MOST = 200;

export function withCaption(captions: readonly Caption[], next: Caption): Caption[] {
  const known = captions.some((caption) => caption.id === next.id);
  if (known) return captions.map((caption) => (caption.id === next.id ? next : caption));
  return [...captions, next].slice(-MOST);
}

/** What was said before this page came (back) to the call. */
export function recorded(before: SessionDetail | null): Caption[] {
  return (before?.transcriptSegments ?? []).map(captionOf);
}

/** As it was written down; an answer that was interrupted ends where it was heard. */
export function captionOf({ segmentId, speaker, text }: TranscriptSegment): Caption {
  return { id: segmentId, speaker, text, isFinal: true };
}

/** Calls `onCaption` for every change, until the answer is called. */
export function follow(room: Room, onCaption: (caption: Caption) => void): () => void {
  room.registerTextStreamHandler(TOPIC, async (reader, { identity }) => {
    const attributes = reader.info.attributes ?? {};
    const caption = { id: attributes[SEGMENT] ?? reader.info.id, speaker: identity };
    let text = "";
    for await (const piece of reader) {
      text += piece;
      onCaption({ ...caption, text, isFinal: false });
    }
    // A person's stream ends with each version of the segment; only the last one is marked.
    const isFinal = (reader.info.attributes ?? attributes)[FINAL] === "true";
    if (text !== "") onCaption({ ...caption, text, isFinal });
  });
  return () => room.unregisterTextStreamHandler(TOPIC);
}
