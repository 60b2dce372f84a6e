/** What the log of a call adds up to. Pure. */
import type { TimelineEvent } from "voice-client";
import { isTrouble } from "../words.ts";

export interface Turn {
  turn: number;
  /** null: the agent spoke of its own accord. */
  responseMs: number | null;
  interrupted: boolean;
}

export interface CallFacts {
  turns: Turn[];
  medianMs: number | null;
  troubles: TimelineEvent[];
  isRecording: boolean;
}

export function factsOf(events: TimelineEvent[]): CallFacts {
  const turns: Turn[] = [];
  let isRecording = false;
  for (const { event } of events) {
    if (event.kind === "turn") turns.push(event);
    else if (event.kind === "recording") isRecording = event.state === "starting" || event.state === "active";
  }
  return {
    turns,
    medianMs: median(turns.flatMap(({ responseMs }) => (responseMs === null ? [] : [responseMs]))),
    troubles: events.filter(({ event }) => isTrouble(event)),
    isRecording,
  };
}

export function median(values: number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
