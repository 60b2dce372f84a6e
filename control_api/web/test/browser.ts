/** What of a browser the tabs of a page share, made here: locks, channels, and a service with one log. */
import type { Followed, FollowOptions, StreamEvent } from "voice-client";

interface Waiting {
  take: () => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type How = { steal?: boolean; signal?: AbortSignal };

/** Web Locks. */
export class Locks {
  readonly #locks = new Map<string, Lock>();

  readonly request = (name: string, how: How, take: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => this.of(name).request({ take, resolve, reject }, how));

  of(name: string): Lock {
    const lock = this.#locks.get(name) ?? new Lock();
    this.#locks.set(name, lock);
    return lock;
  }
}

class Lock {
  #owner: Waiting | null = null;
  readonly #queue: Waiting[] = [];

  request(waiting: Waiting, how: How): void {
    how.signal?.addEventListener("abort", () => this.#leaveQueue(waiting));
    if (how.steal) {
      this.#owner?.reject(new DOMException("stolen", "AbortError"));
      this.#grant(waiting);
    } else this.#queue.push(waiting);
    this.#next();
  }

  /** As when the owner's process has crashed: nobody there is told. */
  crash(): void {
    this.#owner = null;
    this.#next();
  }

  #next(): void {
    const next = this.#owner === null ? this.#queue.shift() : undefined;
    if (next) this.#grant(next);
  }

  #grant(waiting: Waiting): void {
    this.#owner = waiting;
    void Promise.resolve()
      .then(waiting.take)
      .then(waiting.resolve, waiting.reject)
      .then(() => {
        if (this.#owner !== waiting) return;
        this.#owner = null;
        this.#next();
      });
  }

  #leaveQueue(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    waiting.reject(new DOMException("left", "AbortError"));
  }
}

/** BroadcastChannel; `all` in the order in which they were made. */
export class Channel {
  static all: Channel[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  /** Of a tab that is frozen: what comes waits. */
  isFrozen = false;
  /** What comes is lost, while this is more than 0: so many messages. */
  losesNext = 0;
  #waiting: unknown[] = [];

  constructor(readonly name: string) {
    Channel.all.push(this);
  }

  postMessage(data: unknown): void {
    if (this.isFrozen) return;
    for (const other of Channel.all)
      if (other !== this && other.name === this.name) other.#receive(structuredClone(data));
  }

  close(): void {
    Channel.all = Channel.all.filter((each) => each !== this);
  }

  wakeUp(): void {
    this.isFrozen = false;
    for (const data of this.#waiting.splice(0)) this.#receive(data);
  }

  #receive(data: unknown): void {
    if (this.losesNext > 0) this.losesNext -= 1;
    else if (this.isFrozen) this.#waiting.push(data);
    else queueMicrotask(() => this.onmessage?.({ data }));
  }
}

/** Gives each stream what comes after the last event of its reader. Ids have gaps, as those of one person's events have. */
export class Service {
  readonly log: number[] = [10];
  /** Streams that are open now, and that ever were. */
  open = 0;
  opened = 0;
  refusal: Error | null = null;
  #waiting: (() => void)[] = [];

  happens(): number {
    const id = (this.log.at(-1) ?? 0) + 1 + (this.log.length % 3);
    this.log.push(id);
    this.changes();
    return id;
  }

  changes(): void {
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  async *follow({ signal, lastEventId, onLost }: FollowOptions): AsyncGenerator<Followed> {
    if (this.refusal) throw this.refusal;
    this.open += 1;
    this.opened += 1;
    const gone = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("left"))));
    gone.catch(() => {});
    let here = lastEventId ?? this.log.at(-1) ?? 0;
    try {
      yield { type: "ready", isResumed: lastEventId !== undefined, lastEventId: here };
      while (!this.refusal) {
        for (const id of this.log.filter((each) => each > here)) {
          here = id;
          yield { type: "event", event: { id } as StreamEvent };
        }
        await Promise.race([new Promise<void>((goOn) => this.#waiting.push(goOn)), gone]);
      }
      throw this.refusal;
    } finally {
      this.open -= 1;
      onLost?.();
    }
  }
}
