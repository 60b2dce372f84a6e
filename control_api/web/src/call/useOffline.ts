import { useSyncExternalStore } from "react";

/** The browser knows at once that there is no network; the connection to the call notices it some seconds later. */
export function useOffline(): boolean {
  return useSyncExternalStore(watch, () => !navigator.onLine);
}

function watch(onChange: () => void): () => void {
  addEventListener("online", onChange);
  addEventListener("offline", onChange);
  return () => {
    removeEventListener("online", onChange);
    removeEventListener("offline", onChange);
  };
}
