import type { TimelineEvent } from "voice-client";
import { sentenceOf, type Tone } from "../words.ts";

const DOTS: Record<Tone, string> = { plain: "bg-line", good: "bg-accent", warn: "bg-warn", bad: "bg-danger" };

/** The log in words, with the time since the call was created. */
export function Timeline({ events, beganAt }: { events: TimelineEvent[]; beganAt: string }) {
  const beganMs = Date.parse(beganAt);
  return (
    <ol
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Events"
      className="max-h-[28rem] overflow-y-auto text-sm"
    >
      {events.map(({ id, at, event }) => {
        const { text, tone } = sentenceOf(event);
        return (
          <li key={id} className="flex gap-3 py-1.5">
            <span className="w-16 shrink-0 text-right text-muted tabular-nums">{since(Date.parse(at) - beganMs)}</span>
            <span className={`mt-1.5 size-2 shrink-0 rounded-full ${DOTS[tone]}`} />
            <span className="min-w-0 break-words">{text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function since(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  const seconds = ((Math.max(0, ms) % 60_000) / 1000).toFixed(2);
  return minutes > 0 ? `${minutes}:${seconds.padStart(5, "0")}` : `${seconds}`;
}
