import { createContext, useContext, useEffect, useRef } from "react";
import type { Feed, FeedListener } from "./Feed.ts";

export const FeedContext = createContext<Feed | null>(null);

/** Hears every event while the component is there; and `onReset` when it should read anew what it shows. */
export function useFeed(onEvent: FeedListener, onReset?: () => void): void {
  const feed = useContext(FeedContext);
  const latest = useRef({ onEvent, onReset });
  latest.current = { onEvent, onReset };
  useEffect(() => {
    const stops = [
      feed?.onEvent((event) => latest.current.onEvent(event)),
      feed?.onReset(() => latest.current.onReset?.()),
    ];
    return () => {
      for (const stop of stops) stop?.();
    };
  }, [feed]);
}

/** Calls `onChange` whenever the list of workers may be out of date. */
export function useWorkersFeed(onChange: () => void): void {
  const feed = useContext(FeedContext);
  useEffect(() => feed?.onWorkers(onChange), [feed, onChange]);
}
