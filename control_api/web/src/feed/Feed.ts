/** One stream of events for the whole page, told to whoever listens. */
import type { StreamEvent, VoiceClient } from "voice-client";

export type FeedListener = (event: StreamEvent) => void;

/** The client itself waits out what passes; what it gives up at (nobody is signed in any more) may pass as well. */
const AGAIN_AFTER_MS = 15_000;

export class Feed {
  readonly #listeners = new Set<FeedListener>();
  readonly #resets = new Set<() => void>();
  readonly #stop = new AbortController();
  #lastEventId: number | undefined;

  constructor(private readonly client: VoiceClient) {}

  /** Until `close`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch {
        await pause(AGAIN_AFTER_MS, signal);
      }
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

  async #follow(): Promise<void> {
    const lastEventId = this.#lastEventId;
    const options = { signal: this.#stop.signal, ...(lastEventId === undefined ? {} : { lastEventId }) };
    for await (const followed of this.client.events.follow({}, options)) {
      if (followed.type === "event") {
        this.#lastEventId = followed.event.id;
        for (const listener of this.#listeners) listener(followed.event);
      } else {
        this.#lastEventId = followed.lastEventId;
        if (!followed.isResumed) for (const listener of this.#resets) listener();
      }
    }
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
