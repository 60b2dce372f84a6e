/** What operators read: the log of a call in sentences. Pure. */
import type { EndReason, SessionItem, TimelineEvent } from "voice-client";

export type LogEvent = TimelineEvent["event"];
export type Tone = "plain" | "good" | "warn" | "bad";

export interface Sentence {
  text: string;
  tone: Tone;
}

/** `caller_hung_up` -> `caller hung up`. */
export function reasonWords(reason: EndReason): string {
  return reason.replaceAll("_", " ");
}

export function partiesOf(call: Pick<SessionItem, "callType" | "callerName" | "calleeId" | "roomName">): string {
  if (call.callType === "user-to-user") return `${call.callerName} → ${call.calleeId ?? "?"}`;
  return call.callType === "support" ? call.callerName : `${call.roomName} (${call.callerName})`;
}

export const TYPES: Record<SessionItem["callType"], string> = {
  support: "AI support",
  "user-to-user": "Two people",
  conference: "Conference",
};

type Teller<K extends LogEvent["kind"]> = (event: Extract<LogEvent, { kind: K }>) => Sentence;

const TELLERS: { [K in LogEvent["kind"]]: Teller<K> } = {
  created: ({ aiEnabled, recordingEnabled }) =>
    plain(`Created${aiEnabled ? ", with an agent" : ""}${recordingEnabled ? ", to be recorded" : ""}`),
  ringing: () => plain("Room open, ringing"),
  answered: () => plain("Answered by the callee"),
  connected: ({ afterMs }) => good(`Connected after ${seconds(afterMs)}`),
  ended: ({ status, reason, detail }) =>
    said(`Ended: ${status}, ${reasonWords(reason)}${inBrackets(detail)}`, status === "failed" ? "bad" : "plain"),
  participant_joined: ({ identity, party }) => plain(`${who(identity, party)} joined`),
  participant_left: ({ identity, party, why }) =>
    said(
      `${who(identity, party)} left${why ? ` (${why.replaceAll("_", " ")})` : ""}`,
      why === "lost" ? "warn" : "plain",
    ),
  dispatched: ({ epoch, attempt }) =>
    said(`Agent ${epoch} asked for${attempt > 1 ? `, attempt ${attempt}` : ""}`, attempt > 1 ? "warn" : "plain"),
  claimed: ({ epoch, workerId }) => plain(`Agent ${epoch} claimed${workerId ? ` by ${workerId}` : ""}`),
  agent_joined: ({ epoch, afterMs }) =>
    good(`Agent ${epoch} joined${afterMs === null ? "" : ` after ${seconds(afterMs)}`}`),
  agent_left: ({ epoch, why, detail }) =>
    plain(`Agent ${epoch} left: ${why.replaceAll("_", " ")}${inBrackets(detail)}`),
  agent_lost: ({ epoch, detail }) => said(`Agent ${epoch} was lost${inBrackets(detail)}`, "bad"),
  agent_gone: ({ epoch }) => plain(`The call goes on without agent ${epoch}`),
  failover: ({ fromEpoch, epoch }) => said(`Agent ${epoch} takes the place of agent ${fromEpoch}`, "warn"),
  turn: ({ turn, responseMs, interrupted, playedMs }) =>
    plain(
      `Answer ${turn}${responseMs === null ? "" : ` after ${responseMs} ms`}, ${seconds(playedMs)} heard${interrupted ? ", interrupted" : ""}`,
    ),
  segment: ({ speaker }) => plain(`Words of ${speaker} written down`),
  usage: ({ inputTokens, outputTokens }) => plain(`${inputTokens} tokens in, ${outputTokens} out`),
  happened: ({ what, detail }) =>
    said(`${capital(what.replaceAll("_", " "))}${inBrackets(detail)}`, REPAIRS.has(what) ? "good" : "warn"),
  recording: ({ state }) => said(`Recording ${state}`, state === "failed" || state === "partial" ? "bad" : "plain"),
  recordingConsent: ({ identity, basis }) => plain(`${identity} ${CONSENT[basis]}`),
  room_lost: () => said("The media server had lost the room; it was made again", "bad"),
};

const CONSENT = {
  asked: "asked for the recording",
  knew: "came in knowing of the recording",
  told: "was told of the recording",
};

const REPAIRS = new Set(["model_back", "microphone_back", "session_renewed", "model_changed"]);

export function sentenceOf(event: LogEvent): Sentence {
  // A newer service may tell of kinds that this page does not know.
  const teller = TELLERS[event.kind] as ((event: LogEvent) => Sentence) | undefined;
  return teller?.(event) ?? plain((event as LogEvent).kind.replaceAll("_", " "));
}

/** Of what an operator looks for when a call went wrong: what broke, and what was done about it. */
export function isTrouble(event: LogEvent): boolean {
  return sentenceOf(event).tone === "bad" || sentenceOf(event).tone === "warn" || event.kind === "happened";
}

/** To the service it is an agent; to an operator of a call between people it must not be one. */
const RECORDER = "ai-agent-recorder-";

function who(identity: string, party: string): string {
  if (identity.startsWith(RECORDER)) return "The hidden recorder";
  return party === "agent" ? "The agent" : party === "other" ? identity : `${capital(party)} ${identity}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function inBrackets(detail: string | null | undefined): string {
  return detail ? ` (${detail})` : "";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function said(text: string, tone: Tone): Sentence {
  return { text, tone };
}

function plain(text: string): Sentence {
  return said(text, "plain");
}

function good(text: string): Sentence {
  return said(text, "good");
}
