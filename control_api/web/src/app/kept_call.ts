/** The call that this tab is in, so that loading the page again does not end it. */
import type { KnownCall } from "./calls.ts";

const KEY = "voice.call";

/** But not its token: that lets somebody in. */
export function keep({ callId, roomName, callType, title, recorded }: KnownCall): void {
  sessionStorage.setItem(KEY, JSON.stringify({ callId, roomName, callType, title, recorded }));
}

export function kept(): KnownCall | null {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as KnownCall);
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}
