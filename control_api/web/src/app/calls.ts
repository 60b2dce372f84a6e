/** Opening calls, and coming back to one. */
import type { CallType, EndReason, SessionDetail, VoiceClient } from "voice-client";

export type Choice =
  | { kind: "support" }
  | { kind: "person"; calleeId: string; withAgent: boolean }
  | { kind: "conference"; name: string; withAgent: boolean };

/** A call that this page is in. */
export interface OpenCall {
  callId: string;
  roomName: string;
  callType: CallType;
  /** Whom it is with, for people: a name, or that of the conference. */
  title: string;
  /** Is recorded from the moment it connects. */
  recorded: boolean;
  /** What the record had of it when this page came back: null for a call that it has just begun. */
  before: SessionDetail | null;
  livekitHost: string;
  token: string;
}

export type Opened = OpenCall | { callId: string; endReason: EndReason };

export async function open(client: VoiceClient, choice: Choice, recorded: boolean): Promise<Opened> {
  return choice.kind === "conference" ? await enter(client, choice) : await create(client, choice, recorded);
}

async function create(
  client: VoiceClient,
  choice: Exclude<Choice, { kind: "conference" }>,
  recorded: boolean,
): Promise<Opened> {
  const asked =
    choice.kind === "support"
      ? ({ callType: "support" } as const)
      : ({ callType: "user-to-user", calleeId: choice.calleeId, enableAiAgent: choice.withAgent } as const);
  const { session } = await client.sessions.create({ ...asked, enableRecording: recorded });
  if (session.endReason !== null) return { callId: session.callId, endReason: session.endReason };
  const { callId, roomName, callType, livekitHost, token, recordingEnabled: isRecorded } = session;
  const title = choice.kind === "support" ? SUPPORT : choice.calleeId;
  return { callId, roomName, callType, title, recorded: isRecorded, before: null, livekitHost, token };
}

/** The conference of that name; it is made when there is none. */
async function enter(client: VoiceClient, choice: Choice & { kind: "conference" }): Promise<OpenCall> {
  const roomName = roomNameOf(choice.name);
  const answer = await client.tokens.create({ roomName, roomType: "conference", spawnAiAgent: choice.withAgent });
  return { ...answer, callType: "conference", title: choice.name.trim(), recorded: false, before: null };
}

/** What is known of a call before this page joins it. */
export type KnownCall = Pick<OpenCall, "callId" | "roomName" | "callType" | "title" | "recorded">;

/** Answers a call that rings here, or takes part in one again after this page was loaded anew. */
export async function join(
  client: VoiceClient,
  call: KnownCall,
  before: SessionDetail | null = null,
): Promise<OpenCall> {
  const { token, livekitHost } = await client.tokens.create({ roomName: call.roomName });
  return { ...call, before, token, livekitHost };
}

export const SUPPORT = "AI support";

/**
 * `Monday stand-up!` -> `Monday-stand-up`: what the service takes as a room's name. It knows only ASCII: accents are
 * taken off, and a name with other letters or symbols is written in base64url, so that everybody who types the same
 * name meets in the same room.
 */
export function roomNameOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  if (hasMoreThanAscii(plain)) return `u-${base64url(name.normalize("NFKC").trim())}`.slice(0, 128);
  return plain
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 128);
}

/** Whether the room's name is not the one that was typed, but can be told to others. */
export function isReadable(room: string): boolean {
  return room !== "" && !room.startsWith("u-");
}

function hasMoreThanAscii(name: string): boolean {
  return /[^\p{ASCII}\p{P}\p{Z}\p{C}]/u.test(name);
}

function base64url(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const OPEN_STATES = new Set(["pending", "ringing", "connected"]);

export function isOpen(call: Pick<SessionDetail, "status">): boolean {
  return OPEN_STATES.has(call.status);
}
