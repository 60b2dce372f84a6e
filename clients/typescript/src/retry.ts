/** Whether to try again, and when. Pure: chance and the error come in. */
import { VoiceApiError, VoiceConnectionError } from "./errors.js";

export interface RetryPolicy {
  /** How often at most, the first time included. */
  attempts: number;
  /** The first wait is up to this long; each further one up to twice the one before. */
  baseMs: number;
  /** No wait of our own choice is longer. */
  capMs: number;
  /** A service that asks for a longer wait is not waited for: the caller is told. */
  maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 400, capMs: 8_000, maxRetryAfterMs: 30_000 };

const PASSING = new Set([408, 425, 429, 502, 503, 504]);

/**
 * How long to wait before the next attempt; null: do not try again. `attempt` counts from 1.
 *
 * Every request may be repeated: a POST carries its `Idempotency-Key`, and the other methods say what shall be, not
 * what shall be done once more.
 */
export function waitMs(error: unknown, attempt: number, policy: RetryPolicy, random: () => number): number | null {
  if (attempt >= policy.attempts || !canPass(error)) return null;
  const asked = error instanceof VoiceApiError ? error.retryAfterMs : null;
  const span = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  if (asked === null) return random() * span;
  if (asked > policy.maxRetryAfterMs) return null;
  return asked + random() * policy.baseMs;
}

function canPass(error: unknown): boolean {
  if (error instanceof VoiceConnectionError) return true;
  return error instanceof VoiceApiError && PASSING.has(error.status) && error.code !== "livekit_not_configured";
}
