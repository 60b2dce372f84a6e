import type { SessionDetail } from "voice-client";
import { clock } from "../words/times.ts";

export const ASSISTANT = "Assistant";

/** Who said what, and when, as a list. */
export function Transcript({ record, me }: { record: SessionDetail; me: string }) {
  return (
    <ol className="space-y-3">
      {record.transcriptSegments.map((segment) => (
        <li key={`${segment.speaker} ${segment.startMs}`} className="flex gap-3">
          <span className="w-12 shrink-0 pt-0.5 text-right text-xs text-muted tabular-nums">
            {clock(segment.startMs / 1000)}
          </span>
          <p className="min-w-0 flex-1 wrap-anywhere">
            <bdi className="block text-sm font-medium text-muted">{speakerOf(segment.speaker, record, me)}</bdi>
            <span dir="auto" className="block">
              {segment.text}
            </span>
          </p>
        </li>
      ))}
    </ol>
  );
}

function speakerOf(speaker: string, record: SessionDetail, me: string): string {
  if (speaker === "agent") return ASSISTANT;
  if (speaker === me) return "You";
  return speaker === record.callerId ? record.callerName : speaker;
}
