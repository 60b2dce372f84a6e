import { placeInRecording, type SessionDetail, type TranscriptSegment } from "voice-client";
import { clock } from "../words/times.ts";

export const ASSISTANT = "Assistant";

export interface TranscriptProps {
  record: SessionDetail;
  me: string;
  /** Play the recording from there on. */
  onPlay: (ms: number) => void;
}

/** Who said what, and when, as a list: by the clock of the recording where there is one, else by the call's. */
export function Transcript({ record, me, onPlay }: TranscriptProps) {
  return (
    <ol className="space-y-3">
      {record.transcriptSegments.map((segment) => (
        <li key={`${segment.speaker} ${segment.startMs}`} className="flex gap-3">
          <span className="w-12 shrink-0 pt-0.5 text-right text-xs text-muted tabular-nums">
            <When record={record} segment={segment} onPlay={onPlay} />
          </span>
          <p className="min-w-0 flex-1 wrap-anywhere">
            <bdi className="block text-sm font-medium text-muted">{speakerOf(segment.speaker, record, me)}</bdi>
            <span dir="auto" className={segment.isUnclear ? "block text-muted italic" : "block"}>
              {segment.text}
            </span>
          </p>
        </li>
      ))}
    </ol>
  );
}

interface WhenProps extends Pick<TranscriptProps, "record" | "onPlay"> {
  segment: TranscriptSegment;
}

function When({ record, segment, onPlay }: WhenProps) {
  if (record.recordingUrl === null) return clock(segment.startMs / 1000);
  const place = placeInRecording(record, segment);
  if (place === null) return "—";
  const at = clock(place.startMs / 1000);
  return (
    <button
      type="button"
      className="tabular-nums underline-offset-2 hover:underline"
      aria-label={`Play from ${at}`}
      onClick={() => onPlay(place.startMs)}
    >
      {at}
    </button>
  );
}

function speakerOf(speaker: string, record: SessionDetail, me: string): string {
  if (speaker === "agent") return ASSISTANT;
  if (speaker === me) return "You";
  return speaker === record.callerId ? record.callerName : speaker;
}
