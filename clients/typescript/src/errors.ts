/** What can go wrong, as classes that a program can tell apart. */
import type { ErrorBody, ErrorCode, ErrorDetails } from "./voice.js";

/** The base of all errors that this client throws, but for the abort of a caller's own signal. */
export class VoiceError extends Error {
  override name = "VoiceError";
}

/** The service could not be reached, or did not answer in time. */
export class VoiceConnectionError extends VoiceError {
  override name = "VoiceConnectionError";
}

/** The service answered with an error. */
export class VoiceApiError extends VoiceError {
  override name = "VoiceApiError";

  constructor(
    readonly status: number,
    /** What to decide by. A newer service may have codes that this client does not know. */
    readonly code: ErrorCode | (string & {}),
    /** The contract's words for this endpoint and status. */
    readonly phrase: string,
    message: string,
    readonly requestId: string | null,
    readonly details: Partial<ErrorDetails>,
    /** After how long it is worth trying again; null when the service did not say. */
    readonly retryAfterMs: number | null,
  ) {
    super(message);
  }
}

/** 429: too many requests of this kind. */
export class VoiceRateLimitError extends VoiceApiError {
  override name = "VoiceRateLimitError";

  constructor(
    base: VoiceApiError,
    readonly limit: number | null,
    readonly remaining: number | null,
    /** When the window is empty again. */
    readonly resetAt: Date | null,
  ) {
    super(base.status, base.code, base.phrase, base.message, base.requestId, base.details, base.retryAfterMs);
  }
}

const CODES: Record<number, string> = { 401: "unauthorized", 404: "not_found", 413: "body_too_large" };

/** The error that an answer stands for. Reads its body; one that is not ours (a proxy's page) is an error all the same. */
export async function errorOf(response: Response, nowMs: number): Promise<VoiceApiError> {
  const body = await jsonOf(response);
  const details: Partial<ErrorDetails> = body.details ?? {};
  const phrase = body.error ?? response.statusText;
  const error = new VoiceApiError(
    response.status,
    details.code ?? CODES[response.status] ?? "http_error",
    phrase,
    body.message ?? (phrase || `The service answered ${response.status}.`),
    details.requestId ?? response.headers.get("x-request-id"),
    details,
    retryAfterMs(response.headers.get("retry-after"), nowMs),
  );
  if (response.status !== 429) return error;
  const reset = numberOf(response.headers.get("x-ratelimit-reset"));
  return new VoiceRateLimitError(
    error,
    numberOf(response.headers.get("x-ratelimit-limit")),
    numberOf(response.headers.get("x-ratelimit-remaining")),
    reset === null ? null : new Date(reset * 1000),
  );
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = numberOf(header);
  if (seconds !== null) return Math.max(0, seconds * 1000);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

async function jsonOf(response: Response): Promise<Partial<ErrorBody>> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function numberOf(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
