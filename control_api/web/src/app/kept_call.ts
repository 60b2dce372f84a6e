/** The call that this tab is in, so that loading the page again does not end it. */
import { inTab } from "../session/storage.ts";
import type { KnownCall } from "./calls.ts";

const KEY = "voice.call";

/** But not its token: that lets somebody in. */
export function keep({ callId, roomName, callType, title, recorded }: KnownCall): void {
  inTab.set(KEY, JSON.stringify({ callId, roomName, callType, title, recorded }));
}

export function kept(): KnownCall | null {
  try {
    const call = JSON.parse(inTab.get(KEY) ?? "null") as KnownCall | null;
    return typeof call?.callId === "string" && typeof call.roomName === "string" ? call : null;
  } catch {
    // Not what we wrote: as if nothing had been kept.
    return null;
  }
}

export function forget(): void {
  inTab.remove(KEY);
}
