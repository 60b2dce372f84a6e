/** One stream of events for the whole page, told to whoever listens. */
import type { Followed, StreamEvent, VoiceClient } from "voice-client";
import { followTogether } from "./shared_stream.ts";

export type FeedListener = (event: StreamEvent) => void;

export class Feed {
  readonly #listeners = new Set<FeedListener>();
  readonly #resets = new Set<() => void>();
  readonly #ofWorkers = new Set<() => void>();
  readonly #stop = new AbortController();

  /** `person`: whose events they are, and with what rights. Tabs of the same person share one stream. */
  constructor(
    private readonly client: VoiceClient,
    private readonly person: string,
  ) {}

  /** Until `close`. */
  async run(): Promise<void> {
    await followTogether(
      `voice.feed.1 ${this.person}`,
      (options) => this.client.events.follow({}, options),
      (followed) => this.#hear(followed),
      this.#stop.signal,
    );
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

  #hear(followed: Followed): void {
    if (followed.type === "event") call(this.#listeners, followed.event);
    // Of workers nothing is told again that was missed.
    else call(this.#ofWorkers, undefined);
    if (followed.type === "ready" && !followed.isResumed) call(this.#resets, undefined);
  }
}

/** One that fails is no reason that others do not hear it, nor that the stream is opened anew. */
function call<Told>(listeners: ReadonlySet<(told: Told) => void>, told: Told): void {
  for (const listener of listeners) {
    try {
      listener(told);
    } catch (error) {
      console.error(error);
    }
  }
}
