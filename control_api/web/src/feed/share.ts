/**
 * One stream of events for all tabs of one person. Pure: what a tab does about what it reads and hears.
 *
 * A browser opens six connections to a host, and a stream keeps one: with a stream for each tab the seventh tab can do
 * nothing at all. So one tab leads. It reads the stream and tells the others, which follow.
 *
 * Every tab knows how far it has come (`lastEventId`), and each event says after which one it came. So nothing is told
 * twice, a tab that has missed something notices and asks for it, and whoever leads next goes on where it is itself. The
 * leader keeps the newest events for those who ask; who has missed more than that reads anew what it shows.
 *
 * Who leads is decided by a lock that the browser gives to the next one when its owner is gone. An owner that is there
 * and does not answer is deprived of it. Until it knows, there are two: the later term counts.
 */
import type { Followed } from "voice-client";

export type Message = FromLeader | Ask;

type FromLeader = { term: number } & (
  | { kind: "told"; followed: Followed; after: number | null; to: string | null }
  /** `isWell` false: the stream is lost, and a tab in the background may be slow in opening it again. */
  | { kind: "here"; isWell: boolean; lastEventId: number | null }
);

/** From one that follows: whether somebody leads, and what came after that. */
interface Ask {
  kind: "ask";
  from: string;
  lastEventId: number | null;
}

export type Step =
  | { do: "tell"; followed: Followed }
  | { do: "post"; message: Message }
  /** Take the lock away from whoever has it. */
  | { do: "takeOver" }
  /** Somebody else leads. */
  | { do: "stepDown" };

/** How often a tab sees whether somebody leads. */
export const LOOK_MS = 500;
/** Nothing was heard of a leader that often, whatever was asked: it counts as gone. */
export const UNHEARD = 4;
/** For tabs that have missed something. */
const KEPT = 200;

type Event = Extract<Followed, { type: "event" }>;

export class Share {
  #term = 0;
  #isLeader = false;
  #isOpen = false;
  #lastEventId: number | null = null;
  /** In their order, without a gap between them. */
  #kept: { after: number | null; followed: Event }[] = [];
  #unheard = 0;
  #hasHeard = false;

  /** `me`: a name that no other tab has. */
  constructor(private readonly me: string) {}

  get lastEventId(): number | null {
    return this.#lastEventId;
  }

  /** From now on this tab leads. Its term is later than all that it has heard of, or can have missed. */
  lead(nowMs: number, isVisible: boolean): Step[] {
    this.#isLeader = true;
    this.#isOpen = false;
    this.#term = Math.max(nowMs, this.#term + 1);
    return [this.#here(isVisible)];
  }

  /** From now on this tab follows. */
  follow(): Step[] {
    this.#isLeader = false;
    this.#unheard = 0;
    this.#hasHeard = false;
    return [this.#ask()];
  }

  /** What the stream of this tab says. */
  read(followed: Followed): Step[] {
    const after = this.#lastEventId;
    if (followed.type === "ready") this.#begin(followed);
    if (followed.type === "event") this.#keep(after, followed);
    return [{ do: "tell", followed }, this.#told(followed, after, null)];
  }

  /** The stream of this tab has ended, and is being opened again. */
  lost(): void {
    this.#isOpen = false;
  }

  heard(message: Message, isVisible: boolean): Step[] {
    if (message.kind === "ask") return this.#isLeader ? this.#answer(message, isVisible) : [];
    if (message.term < this.#term || (this.#isLeader && message.term === this.#term)) return [];
    const steps: Step[] = this.#isLeader ? [{ do: "stepDown" }] : [];
    this.#isLeader = false;
    this.#term = message.term;
    // One that is not well is left alone by tabs that are in the background themselves.
    this.#hasHeard ||= message.kind === "told" || message.isWell || !isVisible;
    return [...steps, ...(message.kind === "here" ? this.#compare(message.lastEventId) : this.#follow(message))];
  }

  /** Is asked every `LOOK_MS`. */
  look(): Step[] {
    if (this.#isLeader) return [];
    const hasHeard = this.#hasHeard;
    this.#hasHeard = false;
    this.#unheard = hasHeard ? 0 : this.#unheard + 1;
    // Everybody hears the answer to whoever asks first.
    if (hasHeard) return [];
    // Who knows no place to go on from lets the others be first.
    if (this.#unheard < (this.#lastEventId === null ? 2 * UNHEARD : UNHEARD)) return [this.#ask()];
    this.#unheard = 0;
    return [{ do: "takeOver" }];
  }

  #compare(leader: number | null): Step[] {
    const isBehind = leader !== null && (this.#lastEventId === null || this.#lastEventId < leader);
    return isBehind ? [this.#ask()] : [];
  }

  #follow({ followed, after, to }: Extract<FromLeader, { kind: "told" }>): Step[] {
    if (to !== null && to !== this.me) return [];
    switch (followed.type) {
      case "workers":
        return [{ do: "tell", followed }];
      case "event":
        return this.#followEvent(followed, after);
      case "ready":
        return this.#followReady(followed, to !== null);
    }
  }

  #followEvent(followed: Event, after: number | null): Step[] {
    const here = this.#lastEventId;
    if (here === null || (after !== null && after > here)) return [this.#ask()];
    if (followed.event.id <= here) return [];
    this.#keep(here, followed);
    return [{ do: "tell", followed }];
  }

  #followReady(ready: Extract<Followed, { type: "ready" }>, isAnswer: boolean): Step[] {
    const here = this.#lastEventId;
    // The answer to a question that was asked twice.
    if (isAnswer && here !== null && here >= ready.lastEventId) return [];
    if (here === null || !ready.isResumed) {
      const anew = { ...ready, isResumed: false };
      this.#begin(anew);
      return [{ do: "tell", followed: anew }];
    }
    return [{ do: "tell", followed: ready }, ...(here < ready.lastEventId ? [this.#ask()] : [])];
  }

  #answer({ from, lastEventId }: Ask, isVisible: boolean): Step[] {
    return [
      ...this.#since(lastEventId).map(({ after, followed }) => this.#told(followed, after, from)),
      this.#here(isVisible),
    ];
  }

  /** What came after that; from where on everything will come, if that is not known any more. */
  #since(lastEventId: number | null): { after: number | null; followed: Followed }[] {
    const here = this.#lastEventId;
    if (here === null || (lastEventId !== null && lastEventId >= here)) return [];
    const missed = this.#kept.filter(({ followed }) => followed.event.id > (lastEventId ?? here));
    const from = missed[0]?.after ?? null;
    if (lastEventId !== null && from !== null && from <= lastEventId) return missed;
    return [{ after: null, followed: { type: "ready", isResumed: false, lastEventId: here } }];
  }

  #begin({ isResumed, lastEventId }: { isResumed: boolean; lastEventId: number }): void {
    this.#isOpen = true;
    if (isResumed && this.#lastEventId !== null) return;
    this.#lastEventId = lastEventId;
    this.#kept = [];
  }

  #keep(after: number | null, followed: Event): void {
    this.#lastEventId = followed.event.id;
    this.#kept.push({ after, followed });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  #ask(): Step {
    return { do: "post", message: { kind: "ask", from: this.me, lastEventId: this.#lastEventId } };
  }

  #here(isVisible: boolean): Step {
    return {
      do: "post",
      message: { kind: "here", term: this.#term, isWell: this.#isOpen || isVisible, lastEventId: this.#lastEventId },
    };
  }

  #told(followed: Followed, after: number | null, to: string | null): Step {
    return { do: "post", message: { kind: "told", term: this.#term, followed, after, to } };
  }
}
