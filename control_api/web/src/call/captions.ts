/**
 * Captions as they come on LiveKit's `lk.transcription` text streams, put together. Pure but for `follow`.
 *
 * Each stream belongs to a segment. The agent's words are one stream that grows; a person's come as several streams of
 * one segment, each of which takes the place of the one before. Only what the agent writes is believed: anybody in the
 * room can send such a stream. The record, which the API tells, stands above both.
 */
import { type Room, RoomEvent } from "livekit-client";
import type { SessionDetail, TranscriptSegment } from "voice-client";
import { Senders, type StreamPacket } from "./senders.ts";

export interface Caption {
  /** Of the segment, which has it in the record too. */
  id: string;
  /** A person's identity, or `agent`. */
  speaker: string;
  text: string;
  /** Nothing is added or changed any more. */
  isFinal: boolean;
  /** It is out of the record. */
  isRecorded?: boolean;
}

const AGENT = "agent";

export const TOPIC = "lk.transcription";
const SEGMENT = "lk.segment_id";
const FINAL = "lk.transcription_final";
/** Older ones are in the record. */
const MOST = 200;

/** Takes the place of what the same speaker said in this segment before; words of the record, of whatever stands there. */
export function withCaption(captions: readonly Caption[], next: Caption): Caption[] {
  const ofSegment = captions.filter((caption) => caption.id === next.id);
  if (!next.isRecorded && ofSegment.some((caption) => caption.isRecorded)) return [...captions];
  const first = ofSegment.find((caption) => next.isRecorded || caption.speaker === next.speaker);
  if (first === undefined) return [...captions, next].slice(-MOST);
  return captions
    .filter((caption) => caption === first || !next.isRecorded || caption.id !== next.id)
    .map((caption) => (caption === first ? next : caption));
}

/** What was said before this page came (back) to the call. */
export function recorded(before: SessionDetail | null): Caption[] {
  return (before?.transcriptSegments ?? []).map(captionOf);
}

/** As it was written down; an answer that was interrupted ends where it was heard. */
export function captionOf({ segmentId, speaker, text }: TranscriptSegment): Caption {
  return { id: segmentId, speaker, text, isFinal: true, isRecorded: true };
}

/** Calls `onCaption` for every change that is to be believed, until the answer is called. */
export function follow(room: Room, onCaption: (caption: Caption) => void): () => void {
  const senders = new Senders();
  const hear = (packet: StreamPacket) => senders.hear(packet);
  // A room that is left has none, whatever its type says, and who connects anew may have another.
  let engine: Room["engine"] | undefined;
  const attach = () => {
    engine?.off("dataPacketReceived", hear);
    engine = room.engine;
    engine?.on("dataPacketReceived", hear);
  };
  attach();
  room.on(RoomEvent.SignalConnected, attach);
  room.registerTextStreamHandler(TOPIC, async (reader, { identity }) => {
    const attributes = reader.info.attributes ?? {};
    const speaker = room.getParticipantByIdentity(identity);
    const caption = { id: attributes[SEGMENT] ?? reader.info.id, speaker: speaker?.isAgent ? AGENT : identity };
    let text = "";
    try {
      for await (const piece of reader) {
        if (!senders.isOfAgent(reader.info.id, speaker)) return;
        text += piece;
        onCaption({ ...caption, text, isFinal: false });
      }
    } catch {
      return; // cut off with the room or with who spoke, or unreadable: what came until then stays
    }
    if (!senders.isOfAgent(reader.info.id, speaker)) return;
    // A person's stream ends with each version of the segment; only the last one is marked.
    const isFinal = (reader.info.attributes ?? attributes)[FINAL] === "true";
    if (text !== "") onCaption({ ...caption, text, isFinal });
  });
  return () => {
    room.off(RoomEvent.SignalConnected, attach);
    engine?.off("dataPacketReceived", hear);
    room.unregisterTextStreamHandler(TOPIC);
  };
}
