import { type ErrorCode, VoiceApiError, VoiceConnectionError, VoiceRateLimitError } from "voice-client";

export interface Problem {
  title: string;
  advice: string;
}

/** Nobody can do anything about it but those who run the service. */
const OURS: Problem = {
  title: "That did not work",
  advice: "Load the page again. If it stays so, tell the operator.",
};

/** Every code of the service, so that no one of its own words, which are for programs, is shown to a person. */
const BY_CODE: Record<Exclude<ErrorCode, "invalid_request" | "rate_limited">, Problem> = {
  unauthorized: {
    title: "You are signed out",
    advice: "Sign in again, in another tab if it is done there; then try again.",
  },
  forbidden: { title: "This is not your call", advice: "Only the people of a call may see or change it." },
  not_found: { title: "There is no such call", advice: "It may be over. Start a new one." },
  room_taken: { title: "You are already in this call", advice: "It is open on another device or in another tab." },
  too_many_calls: {
    title: "You have other calls open",
    advice: "Hang up in your other tabs and devices. A call that nobody joins ends by itself within a minute.",
  },
  state_conflict: { title: "The call has moved on", advice: "Look again: somebody was faster." },
  another_room_type: { title: "This name belongs to another kind of call", advice: "Choose another name." },
  call_not_connected: { title: "The call is not connected yet", advice: "Wait until both sides are there." },
  recording_in_progress: { title: "It is being recorded already", advice: "Somebody else has started it." },
  recording_not_configured: {
    title: "Recording is not set up here",
    advice: "The call goes on without. The operator has to name a place for recordings.",
  },
  recording_unavailable: { title: "Recording does not work now", advice: "The call goes on without. Try again later." },
  livekit_not_configured: { title: "Calls are not set up here", advice: "The operator has to name a media server." },
  livekit_unreachable: { title: "Calls do not work now", advice: "The media server does not answer. Try again soon." },
  no_free_slot: { title: "All assistants are busy", advice: "Try again in a minute." },
  agent_not_ready: { title: "The assistant is not there yet", advice: "Try again in a moment." },
  too_many_connections: { title: "Too many pages are open", advice: "Close some of your tabs, then try again." },
  request_too_slow: { title: "Your network is too slow now", advice: "Try again." },
  internal_error: { title: "The service has a problem", advice: "Try again in a minute." },
  output_path_taken: { title: "There is a recording of this name", advice: "Choose another name." },
  idempotency_key_reused: OURS,
  invalid_json: OURS,
  method_not_allowed: OURS,
  body_too_large: OURS,
  url_too_long: OURS,
  headers_too_large: OURS,
  unsupported_media_type: OURS,
  sign_in_unavailable: { title: "Sign-in does not work now", advice: "Try again in a minute." },
};

const MICROPHONE: Record<string, Problem> = {
  NotAllowedError: {
    title: "The microphone is blocked",
    advice: "Allow it for this page in the browser (the icon beside the address), then try again.",
  },
  NotFoundError: { title: "There is no microphone", advice: "Plug one in, or choose another device." },
  NotReadableError: {
    title: "The microphone is taken",
    advice: "Another program uses it. Close that, then try again.",
  },
  OverconstrainedError: { title: "This microphone is gone", advice: "Choose another one." },
};

/** Browsers give no microphone to pages that came over plain HTTP, but from the machine itself. */
const INSECURE: Problem = {
  title: "There is no microphone at this address",
  advice: "Browsers give one only to pages whose address begins with https://. Ask the operator for that address.",
};
const NO_DEVICES: Problem = {
  title: "This browser gives no microphone",
  advice: "Open the page in another browser.",
};

/** What to tell a person about a request that failed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof VoiceRateLimitError) return tooMany(error.retryAfterMs);
  if (error instanceof VoiceConnectionError) {
    return { title: "The service does not answer", advice: "Check your network, then try again." };
  }
  if (error instanceof VoiceApiError) {
    if (error.code === "invalid_request") return invalid(error);
    return BY_CODE[error.code as keyof typeof BY_CODE] ?? (error.status >= 500 ? BY_CODE.internal_error : OURS);
  }
  return { title: "Something went wrong", advice: "Load the page again." };
}

/** What a person can mend of what they have typed. */
function invalid({ details }: VoiceApiError): Problem {
  switch (details.field) {
    case "calleeId":
      return isOneself(details.problems)
        ? { title: "That is you", advice: "Choose somebody else." }
        : { title: "Nobody has such an id", advice: "It is what they signed in as, such as ann-lee." };
    case "roomName":
      return { title: "This name cannot be used", advice: "Choose another name, of letters and digits." };
    default:
      return OURS;
  }
}

function isOneself(problems: VoiceApiError["details"]["problems"]): boolean {
  return problems?.some(({ problem }) => problem.includes("somebody else")) ?? false;
}

/** What to tell a person whose microphone cannot be opened. */
export function microphoneProblem(error: unknown): Problem {
  if (globalThis.isSecureContext === false) return INSECURE;
  if (!globalThis.navigator?.mediaDevices) return NO_DEVICES;
  const known = error instanceof Error ? MICROPHONE[error.name] : undefined;
  return known ?? { title: "The microphone does not work", advice: "Choose another device, or load the page again." };
}

function tooMany(retryAfterMs: number | null): Problem {
  const minutes = Math.max(1, Math.ceil((retryAfterMs ?? 0) / 60_000));
  return {
    title: "Too many calls in a short time",
    advice: `Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
  };
}
