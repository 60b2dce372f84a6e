/** One stream of events for the whole page, told to whoever listens. */
import type { StreamEvent, VoiceClient } from "voice-client";

export type FeedListener = (event: StreamEvent) => void;

/** The client opens a stream again by itself; this is for what it takes to be final, such as a sign-in that has ended. */
const AGAIN_MS = 15_000;

export class Feed {
  readonly #listeners = new Set<FeedListener>();
  readonly #resets = new Set<() => void>();
  readonly #ofWorkers = new Set<() => void>();
  readonly #stop = new AbortController();

  constructor(private readonly client: VoiceClient) {}

  /** Until `close`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const followed of this.client.events.follow({}, { signal })) {
          if (followed.type === "event") this.#tell(followed.event);
          else if (followed.type === "workers") call(this.#ofWorkers);
          else {
            // Of workers nothing is told again that was missed.
            call(this.#ofWorkers);
            if (!followed.isResumed) call(this.#resets);
          }
        }
      } catch {
        await pause(AGAIN_MS, signal);
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

  /** Called when the list of workers may be out of date. */
  onWorkers(listener: () => void): () => void {
    this.#ofWorkers.add(listener);
    return () => this.#ofWorkers.delete(listener);
  }

  #tell(event: StreamEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function call(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
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
