/** One request of the API: sent, tried again while that can help, its answer or its error. */
import { errorOf, VoiceApiError, VoiceConnectionError, VoiceError } from "./errors.js";
import { newKey } from "./keys.js";
import type { RequestOptions, VoiceClientOptions } from "./options.js";
import { DEFAULT_RETRY, type RetryPolicy, waitMs } from "./retry.js";
import { anySignal, pause } from "./time.js";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Query = Record<string, string | number | boolean | null | undefined>;

export interface Call {
  method: Method;
  /** After `/api/voice`. */
  path: string;
  query?: object | undefined;
  body?: object | undefined;
}

const DEFAULT_TIMEOUT_MS = 15_000;

export class Transport {
  readonly #options: VoiceClientOptions;
  readonly retry: RetryPolicy;
  readonly random: () => number;

  constructor(options: VoiceClientOptions) {
    this.#options = options;
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
    this.random = options.random ?? Math.random;
  }

  get hasToken(): boolean {
    return this.#options.token !== undefined;
  }

  /** Begins to read a stream: one attempt. To read it, and to try again, is the caller's. */
  async open(call: Call, extra: Record<string, string>, signal: AbortSignal, skipCache: boolean): Promise<Response> {
    const headers = { ...(await this.#headers(call, null, skipCache)), Accept: "text/event-stream", ...extra };
    const response = await this.#fetch(call, headers, signal);
    if (!response.ok) throw await errorOf(response, Date.now());
    return response;
  }

  async send<Answer>(call: Call, options: RequestOptions = {}): Promise<Answer> {
    const key = call.method === "POST" ? (options.idempotencyKey ?? newKey()) : null;
    let skipCache = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.#attempt(call, key, skipCache, options.signal)) as Answer;
      } catch (error) {
        options.signal?.throwIfAborted();
        // A token lives about a minute: one that has just expired is no reason to send a user to the sign-in page.
        if (!skipCache && this.#options.token && error instanceof VoiceApiError && error.status === 401) {
          skipCache = true;
          continue;
        }
        const delayMs = waitMs(error, attempt, this.retry, this.random);
        if (delayMs === null) throw error;
        await pause(delayMs, options.signal);
      }
    }
  }

  async #attempt(call: Call, key: string | null, skipCache: boolean, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const headers = await this.#headers(call, key, skipCache);
    const { combined, release } = anySignal(signal, this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const response = await this.#fetch(call, headers, combined);
      if (!response.ok) throw await errorOf(response, Date.now());
      return await response.json();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof VoiceError) throw error;
      throw new VoiceConnectionError(`${call.method} ${call.path}: no usable answer from the service.`, { cause: error });
    } finally {
      release();
    }
  }

  async #fetch(call: Call, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const send = this.#options.fetch ?? globalThis.fetch;
    return await send(this.#url(call), {
      method: call.method,
      headers,
      signal,
      credentials: this.#options.credentials ?? (this.#options.token ? "omit" : "include"),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }

  async #headers(call: Call, key: string | null, skipCache: boolean): Promise<Record<string, string>> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (key !== null) headers["Idempotency-Key"] = key;
    const token = await this.#options.token?.({ skipCache });
    if (token) headers["Authorization"] = `Bearer ${token}`;
    return headers;
  }

  #url(call: Call): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries((call.query ?? {}) as Query)) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
    const base = (this.#options.baseUrl ?? "").replace(/\/+$/, "");
    return `${base}/api/voice${call.path}${query.size > 0 ? `?${query}` : ""}`;
  }
}
