/**
 * Whether this page is given every voice that is in the room, and what to do when not.
 *
 * LiveKit tells that somebody's microphone is there, and then that we are given its sound. The second may never come:
 * after a connection that was resumed late a client makes everybody anew and their sound is nobody's, with no error
 * anywhere. So it is looked for, as the worker does it (`worker/subscription_watch.py`): refused, asked for, once more,
 * and then, where the connection is not the one that we came with, connected anew.
 */
import {
  ConnectionState,
  type RemoteTrackPublication,
  type Room,
  RoomEvent,
  Track,
  TrackPublication,
} from "livekit-client";

export const LOOK_MS = 250;
/** Of a connection that was away and is back. */
export const PATIENCE_MS = 750;
/** Of one that never was: the server looks every 3 s by itself, and to refuse what is only late makes it later. */
export const FIRST_MS = 4000;
/** Before what came while it was refused, and was asked for again, counts as missing: it goes and comes meanwhile. */
export const SETTLES_MS = 2000;
const AGAIN_MS = 750;
const SELDOM_MS = 12_000;
const TRIES = 2;

export type Step = { do: "refuse" | "ask"; trackId: string } | { do: "connectAnew" };

interface Missing {
  dueMs: number;
  tries: number;
  isRefused: boolean;
}

/** Pure; milliseconds on one growing clock. */
export class SubscriptionWatch {
  #missing = new Map<string, Missing>();
  #cameBack = false;
  #patienceMs = FIRST_MS;
  #settledMs = new Map<string, number>();

  /** Our connection was away, and is there again. */
  cameBack(): void {
    this.#cameBack = true;
    this.#patienceMs = PATIENCE_MS;
  }

  /** `voices`: those that are there, and whether we are given their sound. While we are not connected nothing counts. */
  look(nowMs: number, voices: ReadonlyMap<string, boolean>, isConnected: boolean): Step[] {
    this.#missing = new Map([...this.#missing].filter(([trackId]) => voices.has(trackId)));
    return [...voices].flatMap(([trackId, isGiven]) => {
      if (isGiven) return this.#given(trackId, nowMs);
      const dueMs = Math.max(nowMs + this.#patienceMs, this.#settledMs.get(trackId) ?? 0);
      const missing = this.#missing.get(trackId) ?? { dueMs, tries: 0, isRefused: false };
      this.#missing.set(trackId, missing);
      if (isConnected) return nowMs < missing.dueMs ? [] : this.#next(trackId, missing, nowMs);
      missing.tries = 0;
      missing.dueMs = dueMs;
      return [];
    });
  }

  #given(trackId: string, nowMs: number): Step[] {
    const missing = this.#missing.get(trackId);
    this.#missing.delete(trackId);
    if (!missing?.isRefused) return [];
    // What came in the moment in which it was refused would go again.
    this.#settledMs.set(trackId, nowMs + SETTLES_MS);
    return [{ do: "ask", trackId }];
  }

  #next(trackId: string, missing: Missing, nowMs: number): Step[] {
    if (missing.isRefused) {
      missing.isRefused = false;
      missing.dueMs = nowMs + Math.min(AGAIN_MS * 2 ** (missing.tries - 1), SELDOM_MS);
      return [{ do: "ask", trackId }];
    }
    if (missing.tries >= TRIES && this.#cameBack) {
      this.#cameBack = false;
      return [{ do: "connectAnew" }];
    }
    missing.tries += 1;
    missing.isRefused = true;
    return [{ do: "refuse", trackId }];
  }
}

/** From now on, until what is given back is called. */
export function keepSubscribed(room: Room): () => void {
  const watch = new SubscriptionWatch();
  let isRenewing = false;

  function onReconnected(): void {
    // A new connection that we asked for ourselves is no reason for another one.
    if (!isRenewing) watch.cameBack();
    isRenewing = false;
  }

  function look(): void {
    const voices = new Map(voicesIn(room).map((voice) => [voice.trackSid, voice]));
    const given = new Map([...voices].map(([trackId, voice]) => [trackId, voice.isSubscribed]));
    for (const step of watch.look(performance.now(), given, room.state === ConnectionState.Connected)) {
      if (step.do === "connectAnew") {
        isRenewing = true;
        room.simulateScenario("full-reconnect").catch(() => {
          isRenewing = false;
        });
      } else voices.get(step.trackId)?.setSubscribed(step.do === "ask");
    }
  }

  room.on(RoomEvent.Reconnected, onReconnected);
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    room.off(RoomEvent.Reconnected, onReconnected);
  };
}

/** But for those that do not want to be heard by us. */
function voicesIn(room: Room): RemoteTrackPublication[] {
  return [...room.remoteParticipants.values()]
    .flatMap((each) => [...each.audioTrackPublications.values()] as RemoteTrackPublication[])
    .filter(
      ({ kind, permissionStatus }) =>
        kind === Track.Kind.Audio && permissionStatus !== TrackPublication.PermissionStatus.NotAllowed,
    );
}
