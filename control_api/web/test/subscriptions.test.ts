import { ConnectionState, Room, RoomEvent, TrackPublication } from "livekit-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  FIRST_MS,
  keepSubscribed,
  LOOK_MS,
  PATIENCE_MS,
  SETTLES_MS,
  SubscriptionWatch,
} from "../src/call/subscriptions.ts";

const TRACK = "TR_voice";

/** Of a connection that was away, and is back. */
function afterABreak() {
  const watch = new SubscriptionWatch();
  watch.cameBack();
  return watch;
}

/** Everything that is wanted in so many ms of looks. */
function passes(watch: SubscriptionWatch, fromMs: number, forMs: number, isGiven: boolean, isConnected = true) {
  const steps = [];
  for (let nowMs = fromMs + LOOK_MS; nowMs <= fromMs + forMs; nowMs += LOOK_MS) {
    steps.push(...watch.look(nowMs, new Map([[TRACK, isGiven]]), isConnected));
  }
  return steps.map((step) => step.do);
}

test("a voice that is given is left alone", () => {
  expect(passes(new SubscriptionWatch(), 0, 60_000, true)).toEqual([]);
});

test("a connection that never broke waits until the server has looked again", () => {
  const watch = new SubscriptionWatch();
  expect(passes(watch, 0, FIRST_MS, false)).toEqual([]);
  expect(passes(watch, FIRST_MS, 2 * LOOK_MS, false)).toEqual(["refuse", "ask"]);
});

test("what goes and comes because it was refused is not refused again", () => {
  const watch = afterABreak();
  passes(watch, 0, PATIENCE_MS + LOOK_MS, false);
  expect(passes(watch, 1000, LOOK_MS, true)).toEqual(["ask"]);
  expect(passes(watch, 1250, SETTLES_MS - LOOK_MS, false)).toEqual([]);
  expect(passes(watch, 3000, 60_000, true)).toEqual([]);
});

test("one that is not given is refused and asked for, and left alone when it came", () => {
  const watch = afterABreak();
  expect(passes(watch, 0, PATIENCE_MS, false)).toEqual([]);
  expect(passes(watch, PATIENCE_MS, 2 * LOOK_MS, false)).toEqual(["refuse", "ask"]);
  expect(passes(watch, 2000, 60_000, true)).toEqual([]);
});

test("what came in the moment in which it was refused is asked for at once", () => {
  const watch = afterABreak();
  passes(watch, 0, PATIENCE_MS + LOOK_MS, false);
  expect(passes(watch, 1000, LOOK_MS, true)).toEqual(["ask"]);
});

test("a voice that never comes on a connection that never broke does not end it", () => {
  expect(passes(new SubscriptionWatch(), 0, 120_000, false)).not.toContain("connectAnew");
});

test("after a break it is connected anew, once for each break", () => {
  const watch = afterABreak();
  expect(passes(watch, 0, 4250, false)).toEqual(["refuse", "ask", "refuse", "ask", "connectAnew", "refuse", "ask"]);
  expect(passes(watch, 4250, 60_000, false)).not.toContain("connectAnew");
});

test("while we are not connected ourselves nothing counts", () => {
  const watch = afterABreak();
  expect(passes(watch, 0, 60_000, false, false)).toEqual([]);
  expect(passes(watch, 60_000, PATIENCE_MS, false)).toEqual(["refuse"]);
});

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => vi.useRealTimers());

/** A room in which somebody's microphone is there and its sound is not given. */
function deafRoom() {
  const room = new Room();
  room.state = ConnectionState.Connected;
  const voice = {
    trackSid: TRACK,
    kind: "audio",
    isSubscribed: false,
    permissionStatus: TrackPublication.PermissionStatus.Allowed,
    setSubscribed: vi.fn(),
  };
  room.remoteParticipants.set("ann", { audioTrackPublications: new Map([[TRACK, voice]]) } as never);
  const renew = vi.spyOn(room, "simulateScenario").mockResolvedValue(undefined);
  return { room, voice, renew };
}

test("a page that is not given a voice asks for it again", () => {
  const { room, voice } = deafRoom();
  const stop = keepSubscribed(room);
  vi.advanceTimersByTime(FIRST_MS + 2 * LOOK_MS);
  expect(voice.setSubscribed.mock.calls).toEqual([[false], [true]]);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(voice.setSubscribed).toHaveBeenCalledTimes(2);
});

test("a page whose connection was resumed and that stays deaf connects anew, and not for ever", () => {
  const { room, renew } = deafRoom();
  const stop = keepSubscribed(room);
  room.emit(RoomEvent.Reconnected);
  vi.advanceTimersByTime(5000);
  expect(renew.mock.calls).toEqual([["full-reconnect"]]);
  room.emit(RoomEvent.Reconnected);
  vi.advanceTimersByTime(60_000);
  expect(renew).toHaveBeenCalledTimes(1);
  stop();
});

test("who does not let us hear them is not asked", () => {
  const { room, voice } = deafRoom();
  voice.permissionStatus = TrackPublication.PermissionStatus.NotAllowed;
  const stop = keepSubscribed(room);
  vi.advanceTimersByTime(60_000);
  expect(voice.setSubscribed).not.toHaveBeenCalled();
  stop();
});
