/** What a client is made with, and what a single request can be given. */
import type { RetryPolicy } from "./retry.js";

/** A session token, fresh at each call. Clerk's `session.getToken` is one as it is. */
export type TokenProvider = (options: { skipCache: boolean }) => string | null | Promise<string | null>;

export interface VoiceClientOptions {
  /** Where the service is, without `/api/voice`. Default: where the page came from. */
  baseUrl?: string;
  /** A Bearer token for every request. Without it the session cookie is sent. */
  token?: TokenProvider;
  /** Default: `include` without a token provider, else `omit`. */
  credentials?: RequestCredentials;
  /** How long one attempt may take; default 15 s. */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
  /** For tests and other environments. */
  fetch?: typeof globalThis.fetch;
  random?: () => number;
}

export interface RequestOptions {
  signal?: AbortSignal;
  /** Of a POST. Made anew for each call when it is not given; give one to make a later call the same request. */
  idempotencyKey?: string;
}
