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
  tokens: number;
  /** null: no tokens were told of. */
  costDollars: number | null;
  troubles: TimelineEvent[];
  isRecording: boolean;
}

/** Dollars per million tokens, as OpenAI lists gpt-realtime: an estimate, whatever model runs. */
const PRICES = { textIn: 4, audioIn: 32, cachedIn: 0.4, textOut: 16, audioOut: 64 };

export function factsOf(events: TimelineEvent[]): CallFacts {
  const turns: Turn[] = [];
  let [tokens, dollars, isRecording] = [0, 0, false];
  for (const { event } of events) {
    if (event.kind === "turn") turns.push(event);
    else if (event.kind === "usage") {
      tokens += event.inputTokens + event.outputTokens;
      dollars += costOf(event);
    } else if (event.kind === "recording") isRecording = event.state === "starting" || event.state === "active";
  }
  return {
    turns,
    medianMs: median(turns.flatMap(({ responseMs }) => (responseMs === null ? [] : [responseMs]))),
    tokens,
    costDollars: tokens === 0 ? null : dollars,
    troubles: events.filter(({ event }) => isTrouble(event)),
    isRecording,
  };
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  /** Of both directions. */
  audioTokens: number;
}

/** The log does not split audio by direction: what the model says is taken for audio first. */
export function costOf({ inputTokens, outputTokens, cachedTokens, audioTokens }: Usage): number {
  const audioOut = Math.min(audioTokens, outputTokens);
  const fresh = Math.max(0, inputTokens - cachedTokens);
  const audioIn = Math.min(audioTokens - audioOut, fresh);
  const millionths =
    audioOut * PRICES.audioOut +
    (outputTokens - audioOut) * PRICES.textOut +
    audioIn * PRICES.audioIn +
    (fresh - audioIn) * PRICES.textIn +
    Math.min(cachedTokens, inputTokens) * PRICES.cachedIn;
  return millionths / 1e6;
}

export function median(values: number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
