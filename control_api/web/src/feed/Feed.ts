/** One stream of events for the whole page: opened again whenever it ends, and told to whoever listens. */
import type { StreamEvent, TokenProvider } from "voice-client";
import { frames } from "./stream.ts";

export type FeedListener = (event: StreamEvent) => void;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Feed {
  readonly #listeners = new Set<FeedListener>();
  readonly #resets = new Set<() => void>();
  readonly #stop = new AbortController();
  #lastId: string | null = null;

  constructor(private readonly token: TokenProvider | undefined) {}

  /** Until `close`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        for await (const frame of frames(this.token, this.#lastId, signal)) {
          waitMs = FIRST_WAIT_MS;
          this.#lastId = frame.id ?? this.#lastId;
          if (frame.name === "ready") this.#ready(JSON.parse(frame.data) as { isResumed: boolean });
          else if (frame.name === "message") this.#tell(JSON.parse(frame.data) as StreamEvent);
        }
      } catch {
        // Whatever it was: the next attempt shows whether it has passed.
      }
      await pause(waitMs * (0.5 + Math.random() / 2), signal);
    }
  }

  close(): void {
    this.#stop.abort();
  }

  onEvent(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when what was read before may be out of date: at the beginning, and after a gap. */
  onReset(listener: () => void): () => void {
    this.#resets.add(listener);
    return () => this.#resets.delete(listener);
  }

  #ready({ isResumed }: { isResumed: boolean }): void {
    if (!isResumed) for (const listener of this.#resets) listener();
  }

  #tell(event: StreamEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
