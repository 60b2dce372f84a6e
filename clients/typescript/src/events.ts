import { VoiceApiError, VoiceConnectionError, VoiceError } from "./errors.js";
import { type Frame, FrameParser } from "./frames.js";
import { waitMs } from "./retry.js";
import { pause } from "./time.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

const PATH = "/events";
/** The service says something every 15 s. */
const IDLE_MS = 45_000;
/** A stream that ends sooner is waited for before it is opened again, as if it had failed. */
const SHORT_MS = 1_000;

export interface FollowOptions {
  signal?: AbortSignal;
  /** Go on after this event. Without it the stream begins now. */
  lastEventId?: number;
  /** After how long without a sign of life the connection counts as lost; default 45 s. */
  idleMs?: number;
  /** Called when a stream was lost, or has ended; the next `ready` says that there is one again. */
  onLost?: () => void;
}

export type Followed =
  /**
   * A stream is open. `isResumed`: nothing was missed since the last event that was given. Else (at the beginning, or
   * after a very long absence) read what you show now, after this.
   */
  | { type: "ready"; isResumed: boolean; lastEventId: number }
  | { type: "event"; event: voice.StreamEvent }
  /** Something has changed of the workers (admins who follow all calls are told): read them anew. */
  | { type: "workers" };

/** What happens in calls, as it happens. */
export class Events {
  constructor(private readonly transport: Transport) {}

  /**
   * Follows for ever, across lost connections and the end of a sign-in, without a gap or a repeat; ends by `signal`, by
   * leaving the loop, or with an error that will not pass (no sign-in, somebody else's call).
   */
  async *follow(query: voice.FollowEventsQuery = {}, options: FollowOptions = {}): AsyncGenerator<Followed, never> {
    const place = { lastEventId: options.lastEventId ?? null, skipCache: false };
    for (let failures = 0; ; ) {
      const beganMs = Date.now();
      let error: unknown = new VoiceConnectionError("the stream ended at once");
      try {
        for await (const followed of this.#once(query, place, options)) {
          place.skipCache = false;
          yield followed;
        }
        if (Date.now() - beganMs >= SHORT_MS) {
          failures = 0;
          continue;
        }
      } catch (caught) {
        options.signal?.throwIfAborted();
        if (Date.now() - beganMs >= SHORT_MS) failures = 0;
        if (!place.skipCache && this.transport.hasToken && caught instanceof VoiceApiError && caught.status === 401) {
          place.skipCache = true;
          continue;
        }
        error = caught;
      }
      failures += 1;
      await this.#wait(error, failures, options.signal);
    }
  }

  async #wait(error: unknown, failures: number, signal?: AbortSignal): Promise<void> {
    const policy = { ...this.transport.retry, attempts: Number.POSITIVE_INFINITY, maxRetryAfterMs: Number.POSITIVE_INFINITY };
    const delayMs = waitMs(error, failures, policy, this.transport.random);
    if (delayMs === null) throw error;
    await pause(delayMs, signal);
  }

  /** One stream, until it ends. Notes in `place` how far it came. */
  async *#once(
    query: voice.FollowEventsQuery,
    place: { lastEventId: number | null; skipCache: boolean },
    options: FollowOptions,
  ): AsyncGenerator<Followed> {
    const guard = new Guard(options.signal, options.idleMs ?? IDLE_MS);
    try {
      const headers = place.lastEventId === null ? {} : { "Last-Event-ID": String(place.lastEventId) };
      const response = await this.transport.open({ method: "GET", path: PATH, query }, headers, guard.signal, place.skipCache);
      for await (const frame of frames(response, guard)) {
        place.lastEventId = idOf(frame) ?? place.lastEventId;
        const followed = followedOf(frame);
        if (followed !== null) yield followed;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof VoiceError) throw error;
      throw new VoiceConnectionError("The stream of events was lost.", { cause: error });
    } finally {
      guard.close();
      options.onLost?.();
    }
  }
}

async function* frames(response: Response, guard: Guard): AsyncGenerator<Frame> {
  if (response.body === null) return;
  const parser = new FrameParser();
  // Not a TextDecoderStream, which older browsers do not have.
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    guard.alive();
    yield* parser.push(decoder.decode(value, { stream: true }));
  }
}

/** Null: nothing to tell, or not to be read. That costs this frame; a stream opened anew would bring it again. */
function followedOf(frame: Frame): Followed | null {
  if (frame.name === "workers") return { type: "workers" };
  const data = frame.name === "" || frame.name === "ready" ? objectIn(frame.data) : null;
  if (data === null) return null;
  if (frame.name === "") return typeof data["id"] === "number" ? { type: "event", event: data as unknown as voice.StreamEvent } : null;
  return { type: "ready", isResumed: data["isResumed"] === true, lastEventId: idOf(frame) ?? 0 };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" ? (found as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function idOf({ id }: Frame): number | null {
  return id !== null && /^\d+$/.test(id) ? Number(id) : null;
}

/** Breaks a stream off: when its reader wants, when it is silent for too long, when it is done with. */
class Guard {
  readonly #controller = new AbortController();
  readonly #follow = () => this.#controller.abort(this.outer?.reason);
  #timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly outer: AbortSignal | undefined,
    private readonly idleMs: number,
  ) {
    this.#timer = this.#start();
    if (outer?.aborted) this.#follow();
    outer?.addEventListener("abort", this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  alive(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.outer?.removeEventListener("abort", this.#follow);
    this.#controller.abort(new DOMException("left", "AbortError"));
  }

  #start() {
    return setTimeout(() => this.#controller.abort(new DOMException("silent for too long", "TimeoutError")), this.idleMs);
  }
}
