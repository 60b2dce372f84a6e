/** One connection to a call's room: it joins, opens the microphone, and says once how it ended. */
import { DisconnectReason, Room, RoomEvent } from "livekit-client";
import type { EndReason } from "voice-client";
import type { OpenCall } from "../app/calls.ts";
import { chosenDevice } from "../app/microphone.ts";
import { keepSubscribed } from "./subscriptions.ts";
import { isOfService } from "./who.ts";

export type Ended =
  /** The call is over; null: the record knows why. */
  | { how: "over"; endReason: EndReason | null }
  /** Another device or tab of this person took its place. */
  | { how: "moved" }
  /** The connection is gone, and the call perhaps not. */
  | { how: "lost" };

export interface LineEvents {
  onEnded(ended: Ended): void;
  onMicrophone(error: unknown): void;
  /** The room could not be joined. */
  onUnreachable(): void;
}

// A tab in the background is frozen to save power and may go on later; LiveKit's client would hang up at once. Whoever is
// not back within the grace of a lost connection is missed all the same.
globalThis.window?.addEventListener("freeze", (event) => event.stopImmediatePropagation(), { capture: true });

const ENDED_TOPIC = "call.ended";

export class Line {
  readonly room: Room;
  #stopLooking = () => {};
  #endReason: EndReason | null = null;
  #isClosed = false;

  constructor(
    private readonly call: OpenCall,
    private readonly events: LineEvents,
  ) {
    const deviceId = chosenDevice();
    this.room = new Room({
      // Whoever loads the page again is back within seconds: the call must not take that for hanging up.
      disconnectOnPageLeave: false,
      audioCaptureDefaults: {
        autoGainControl: true,
        echoCancellation: true,
        noiseSuppression: true,
        ...(deviceId ? { deviceId } : {}),
      },
    });
    this.room.on(RoomEvent.DataReceived, (payload, from, _kind, topic, _encryption, identity) => {
      if (topic === ENDED_TOPIC && isOfService(identity, from)) this.#endReason ??= endReasonOf(payload);
    });
    this.room.on(RoomEvent.Disconnected, (reason) => this.#ended(reason));
  }

  async start(): Promise<void> {
    try {
      await this.room.connect(this.call.livekitHost, this.call.token);
    } catch {
      if (!this.#isClosed) this.events.onUnreachable();
      return;
    }
    if (this.#isClosed) return;
    this.#stopLooking = keepSubscribed(this.room);
    await this.openMicrophone();
  }

  async openMicrophone(): Promise<void> {
    try {
      await this.room.localParticipant.setMicrophoneEnabled(true);
    } catch (error) {
      if (!this.#isClosed) this.events.onMicrophone(error);
    }
  }

  /** Leaves on purpose, which ends a call of two. */
  async hangUp(): Promise<void> {
    try {
      await this.room.disconnect();
    } catch {
      this.#ended(DisconnectReason.CLIENT_INITIATED);
    }
  }

  /** The page does not want to hear of it any more. */
  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
    this.room.disconnect().catch(() => {});
  }

  #ended(reason: DisconnectReason | undefined): void {
    this.#stopLooking();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.events.onEnded(this.#endReason === null ? endedBy(reason) : { how: "over", endReason: this.#endReason });
  }
}

const OVER = new Set<DisconnectReason | undefined>([
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
  DisconnectReason.PARTICIPANT_REMOVED,
]);

export function endedBy(reason: DisconnectReason | undefined): Ended {
  if (reason === DisconnectReason.DUPLICATE_IDENTITY) return { how: "moved" };
  return OVER.has(reason) ? { how: "over", endReason: null } : { how: "lost" };
}

export function endReasonOf(payload: Uint8Array): EndReason | null {
  try {
    return (JSON.parse(new TextDecoder().decode(payload)) as { endReason?: EndReason }).endReason ?? null;
  } catch {
    return null;
  }
}
