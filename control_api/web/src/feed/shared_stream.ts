/** The tabs of one person and their one stream: the lock, the channel and the clock around `Share`. */
import type { Followed, FollowOptions } from "voice-client";
import { onFreeze } from "./freeze.ts";
import { LOOK_MS, type Message, Share, type Step } from "./share.ts";

export type Follow = (options: FollowOptions) => AsyncIterable<Followed>;
export type Tell = (followed: Followed) => void;

/** The client opens a stream again by itself; this is for what it takes to be final, such as a sign-in that has ended. */
const AGAIN_MS = 15_000;

/** Tells what happens, until `signal`. Tabs with the same `name` share one stream where the browser lets them. */
export async function followTogether(name: string, follow: Follow, tell: Tell, signal: AbortSignal): Promise<void> {
  const channel = channelOf(name);
  if (channel === null || (await new SharedStream(name, channel, follow, tell, signal).run()) === "refused") {
    await followAlone(follow, tell, signal);
  }
}

async function followAlone(follow: Follow, tell: Tell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const followed of follow({ signal })) tell(followed);
    } catch {
      await pause(AGAIN_MS, signal);
    }
  }
}

/** Null where a browser has none, or not for this page; locks are for pages that came over HTTPS or from this machine. */
function channelOf(name: string): BroadcastChannel | null {
  try {
    return navigator.locks ? new BroadcastChannel(name) : null;
  } catch {
    return null;
  }
}

class SharedStream {
  readonly #share = new Share(`${Date.now()} ${Math.random()}`);
  /** One wait for the lock and the time that it is had. */
  #turn = new AbortController();
  #takesOver = false;
  /** Before the next turn. */
  #restMs = 0;

  constructor(
    private readonly name: string,
    private readonly channel: BroadcastChannel,
    private readonly follow: Follow,
    private readonly tell: Tell,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<"refused" | "ended"> {
    const stopTurn = () => this.#turn.abort();
    this.channel.onmessage = ({ data }) => this.#do(this.#share.heard(data as Message, isVisible()));
    const timer = setInterval(() => this.#do(this.#share.look()), LOOK_MS);
    const stopListening = onFreeze(() => this.#fallAsleep());
    this.signal.addEventListener("abort", stopTurn);
    try {
      while (!this.signal.aborted) {
        this.#do(this.#share.follow());
        if (this.#restMs > 0) await this.#rest();
        if (!(await this.#takeTurn())) return "refused";
      }
      return "ended";
    } finally {
      clearInterval(timer);
      stopListening();
      this.signal.removeEventListener("abort", stopTurn);
      this.channel.close();
    }
  }

  async #rest(): Promise<void> {
    await pause(this.#restMs, this.signal);
    this.#restMs = 0;
    // Whoever has come in the meantime is not known yet.
    this.#takesOver = false;
  }

  /** Waits for the lock, or takes it, and leads as long as it is had. False: the browser gives no locks here. */
  async #takeTurn(): Promise<boolean> {
    if (this.signal.aborted) return true;
    const turn = new AbortController();
    this.#turn = turn;
    const how = this.#takesOver ? { steal: true } : { signal: turn.signal };
    this.#takesOver = false;
    try {
      await navigator.locks.request(this.name, how, () =>
        Promise.race([this.#lead(turn.signal), aborted(turn.signal)]),
      );
      return true;
    } catch (error) {
      // It was stolen, or is not waited for any more.
      return error instanceof DOMException && error.name === "AbortError";
    } finally {
      turn.abort();
    }
  }

  async #lead(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#do(this.#share.lead(Date.now(), isVisible()));
    const { lastEventId } = this.#share;
    const onLost = () => this.#share.lost();
    try {
      for await (const followed of this.follow({ signal, onLost, ...(lastEventId === null ? {} : { lastEventId }) })) {
        if (signal.aborted) return;
        this.#do(this.#share.read(followed));
      }
    } catch {
      // Another tab may be let in.
      if (!signal.aborted) this.#restMs = AGAIN_MS;
    }
  }

  /** Somebody else leads meanwhile. The timer of the rest begins to run when the tab is awake again. */
  #fallAsleep(): void {
    this.#restMs = LOOK_MS;
    this.#turn.abort();
  }

  #do(steps: Step[]): void {
    for (const step of steps) {
      switch (step.do) {
        case "tell":
          this.tell(step.followed);
          break;
        case "post":
          this.#post(step.message);
          break;
        case "takeOver":
          this.#takesOver = true;
          this.#turn.abort();
          break;
        case "stepDown":
          this.#turn.abort();
      }
    }
  }

  #post(message: Message): void {
    try {
      this.channel.postMessage(message);
    } catch {
      // Who does not hear it asks for it, or opens a stream of their own.
    }
  }
}

/** Tabs in the background have slow timers. */
function isVisible(): boolean {
  return globalThis.document?.visibilityState !== "hidden";
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
