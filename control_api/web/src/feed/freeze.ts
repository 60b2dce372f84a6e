/** A tab that the browser puts to sleep to save power: its script stops, its connections may not. */
const listeners = new Set<() => void>();

// Here before the call's own code, which lets nobody behind it hear of this (call/line.ts).
globalThis.window?.addEventListener(
  "freeze",
  () => {
    for (const listener of listeners) listener();
  },
  { capture: true },
);

export function onFreeze(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
