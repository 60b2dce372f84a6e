import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { VoiceClient } from "voice-client";
import { Feed } from "../src/feed/Feed.ts";
import { LOOK_MS, UNHEARD } from "../src/feed/share.ts";
import { Channel, Locks, Service } from "./browser.ts";

let service: Service;
let locks: Locks;
const open: Tab[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  service = new Service();
  locks = new Locks();
  Channel.all = [];
  vi.stubGlobal("navigator", { locks });
  vi.stubGlobal("BroadcastChannel", Channel);
});
afterEach(async () => {
  for (const tab of open.splice(0)) tab.close();
  await settle();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A tab, and what it was told: ids of events, "reset", "workers". */
class Tab {
  readonly told: (number | string)[] = [];
  readonly #feed: Feed;
  readonly channel: Channel | undefined;

  constructor(person = "ann") {
    const client = { events: { follow: (_: object, options: object) => service.follow(options) } };
    this.#feed = new Feed(client as unknown as VoiceClient, person);
    this.#feed.onEvent(({ id }) => this.told.push(id));
    this.#feed.onReset(() => this.told.push("reset"));
    this.#feed.onWorkers(() => this.told.push("workers"));
    void this.#feed.run();
    this.channel = Channel.all.at(-1);
    open.push(this);
  }

  get events() {
    return this.told.filter((each) => each !== "workers");
  }

  close(): void {
    this.#feed.close();
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const untilMissed = () => vi.advanceTimersByTimeAsync((UNHEARD + 1) * LOOK_MS);

async function tabs(count: number): Promise<Tab[]> {
  const made = [];
  for (let number = 0; number < count; number += 1) {
    made.push(new Tab());
    await settle();
  }
  return made;
}

async function happen(count: number): Promise<number[]> {
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    ids.push(service.happens());
    await settle();
  }
  return ids;
}

test("eight tabs have one stream, and each is told everything", async () => {
  const all = await tabs(8);
  const ids = await happen(3);
  expect(service.opened).toBe(1);
  for (const tab of all) expect(tab.events).toEqual(["reset", ...ids]);
});

test("a tab that comes later begins where the others are", async () => {
  const [first] = await tabs(1);
  const before = await happen(2);
  const [late] = await tabs(1);
  const after = await happen(1);
  expect(first?.events).toEqual(["reset", ...before, ...after]);
  expect(late?.events).toEqual(["reset", ...after]);
});

test("when the leader is closed the next one goes on, without a gap or a repeat", async () => {
  const [leader, ...rest] = await tabs(3);
  const before = await happen(2);
  leader?.close();
  const after = [service.happens(), ...(await happen(2))];
  for (const tab of rest) expect(tab.events).toEqual(["reset", ...before, ...after]);
  expect([service.open, service.opened]).toEqual([1, 2]);
});

test("when its process has crashed, too", async () => {
  const [leader, ...rest] = await tabs(3);
  leader?.channel?.close();
  locks.of("voice.feed.1 ann").crash();
  const ids = await happen(2);
  for (const tab of rest) expect(tab.events).toEqual(["reset", ...ids]);
});

test("a leader that is frozen is missed within two seconds, and follows when it is awake", async () => {
  const [leader, ...rest] = await tabs(3);
  if (leader?.channel) leader.channel.isFrozen = true;
  await untilMissed();
  const ids = await happen(2);
  for (const tab of rest) expect(tab.events).toEqual(["reset", ...ids]);
  leader?.channel?.wakeUp();
  const more = await happen(1);
  for (const tab of [leader, ...rest]) expect(tab?.events).toEqual(["reset", ...ids, ...more]);
  expect(service.open).toBe(1);
});

test("a leader that the browser is about to freeze lets another one lead at once", async () => {
  const sleeping: (() => void)[] = [];
  vi.resetModules();
  vi.stubGlobal("window", { addEventListener: (_: string, listener: () => void) => sleeping.push(listener) });
  const { followTogether } = await import("../src/feed/shared_stream.ts");
  const stop = new AbortController();
  void followTogether(
    "voice.feed.1 ann",
    (options) => service.follow(options),
    () => {},
    stop.signal,
  );
  await settle();
  const [other] = await tabs(1);
  for (const sleeps of sleeping) sleeps();
  await settle();
  const ids = await happen(1);
  expect([service.opened, service.open]).toEqual([2, 1]);
  expect(other?.events).toEqual(["reset", ...ids]);
  stop.abort();
});

test("what a tab has missed it asks for", async () => {
  const [, deaf] = await tabs(2);
  if (deaf?.channel) deaf.channel.losesNext = 2;
  const ids = await happen(2);
  await vi.advanceTimersByTimeAsync(2 * LOOK_MS);
  const more = await happen(1);
  expect(deaf?.events).toEqual(["reset", ...ids, ...more]);
});

test("a tab that has missed more than is kept reads anew", async () => {
  const [, deaf] = await tabs(2);
  if (deaf?.channel) deaf.channel.losesNext = 300;
  await happen(300);
  const [last] = await happen(1);
  expect(deaf?.events).toEqual(["reset", "reset"]);
  const next = await happen(1);
  expect([last, deaf?.events.at(-1)]).toEqual([last, next[0]]);
});

test("that workers may have changed is told in all tabs, and at each change of the leader", async () => {
  const [leader, other] = await tabs(2);
  const before = other?.told.length ?? 0;
  leader?.close();
  await settle();
  expect(other?.told.slice(before)).toEqual(["workers"]);
});

test("two people in one browser have a stream each, and hear nothing of the other", async () => {
  const ann = new Tab("ann");
  const bob = new Tab("bob");
  await settle();
  expect(service.open).toBe(2);
  const ids = await happen(1);
  expect([ann.events, bob.events]).toEqual([
    ["reset", ...ids],
    ["reset", ...ids],
  ]);
});

test("whoever is refused lets another tab try, and tries again later", async () => {
  const [, other] = await tabs(2);
  service.refusal = new Error("401");
  service.changes();
  await settle();
  await vi.advanceTimersByTimeAsync(10_000);
  service.refusal = null;
  await vi.advanceTimersByTimeAsync(15_000);
  const ids = await happen(1);
  expect(other?.events).toEqual(["reset", ...ids]);
  expect(service.open).toBe(1);
});

test.each([
  ["no locks", () => vi.stubGlobal("navigator", {})],
  ["no channels", () => vi.stubGlobal("BroadcastChannel", undefined)],
  [
    "locks that are refused",
    () =>
      vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new DOMException("", "SecurityError")) } }),
  ],
])("in a browser with %s each tab has a stream of its own", async (_, takeAway) => {
  takeAway();
  const all = await tabs(2);
  const ids = await happen(2);
  for (const tab of all) expect(tab.events).toEqual(["reset", ...ids]);
  expect(service.open).toBe(2);
});

test("a listener that fails costs the others nothing", async () => {
  const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
  const client = { events: { follow: (_: object, options: object) => service.follow(options) } };
  const feed = new Feed(client as unknown as VoiceClient, "ann");
  const heard: number[] = [];
  feed.onEvent(() => {
    throw new Error("one of the page's own");
  });
  feed.onEvent(({ id }) => heard.push(id));
  void feed.run();
  await settle();
  expect([await happen(2), service.opened]).toEqual([heard, 1]);
  expect(complaint).toHaveBeenCalledTimes(2);
  complaint.mockRestore();
  feed.close();
});

/** Chance, from a seed. */
function chance(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

test.each(SEEDS)("tabs come and go, and no event is lost or told twice (%i)", async (seed) => {
  const roll = chance(seed + 1);
  const living = await tabs(5);
  for (let round = 0; round < 60; round += 1) {
    const what = roll(6);
    if (what < 2 && living.length > 2) living.splice(what * roll(living.length), 1)[0]?.close();
    else if (what === 2) living.push(...(await tabs(1)));
    service.happens();
    if (roll(2) === 0) await settle();
  }
  await vi.advanceTimersByTimeAsync(5000);
  for (const { events } of living) {
    const from = service.log.indexOf(events[1] as number);
    expect(events).toEqual(["reset", ...(from < 0 ? [] : service.log.slice(from))]);
  }
  expect(service.open).toBe(1);
});

test.each(SEEDS)("tabs sleep and miss things, and know it (%i)", async (seed) => {
  const roll = chance(seed + 1);
  const living = await tabs(5);
  for (let round = 0; round < 60; round += 1) {
    const what = roll(8);
    const tab = living[roll(living.length)];
    if (what === 0 && living.length > 2) {
      tab?.close();
      living.splice(living.indexOf(tab as Tab), 1);
    } else if (what === 1 && living.length < 7) living.push(...(await tabs(1)));
    else if (what === 2 && tab?.channel) tab.channel.isFrozen = true;
    else if (what === 3 && tab?.channel) tab.channel.losesNext = roll(4);
    else if (what === 4) for (const each of living) each.channel?.wakeUp();
    else if (what === 5) await vi.advanceTimersByTimeAsync(roll(3000));
    service.happens();
    if (roll(2) === 0) await settle();
  }
  for (const each of living) each.channel?.wakeUp();
  await vi.advanceTimersByTimeAsync(5000);
  const [last] = await happen(1);
  for (const { events } of living) {
    expect(events.at(-1)).toBe(last);
    for (const [at, id] of events.entries()) {
      const before = events[at - 1];
      // What it has read anew it need not be told.
      if (typeof id !== "number" || typeof before !== "number") continue;
      expect(service.log.indexOf(id)).toBe(service.log.indexOf(before) + 1);
    }
    expect(events.filter((each) => each !== "reset")).toEqual([...new Set(events.filter((each) => each !== "reset"))]);
  }
  expect(service.open).toBe(1);
});
