/** Where in the console one is, kept in the address: it can be sent to somebody, and the browser's back button works. */
import { useCallback, useSyncExternalStore } from "react";

export type View = "live" | "history" | "trends";

export interface Filters {
  q: string;
  status: string;
  userId: string;
  /** Dates, `2026-03-31`. */
  from: string;
  to: string;
  /** From 0. */
  page: number;
}

export interface Route extends Filters {
  view: View;
  callId: string | null;
}

const VIEWS = new Set<string>(["live", "history", "trends"]);

export function routeOf(search: string): Route {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name) ?? "";
  const view = text("view");
  return {
    view: VIEWS.has(view) ? (view as View) : "live",
    callId: query.get("call"),
    q: text("q"),
    status: text("status"),
    userId: text("userId"),
    from: text("from"),
    to: text("to"),
    page: Math.max(0, Number.parseInt(text("page"), 10) || 0),
  };
}

export function addressOf(route: Partial<Route>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...route, callId: undefined, call: route.callId })) {
    if (value) query.set(name, String(value));
  }
  return query.size === 0 ? "/console" : `/console?${query}`;
}

export function useRoute(): [Route, (to: Partial<Route>) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const go = useCallback((to: Partial<Route>) => {
    history.pushState(null, "", addressOf(to));
    dispatchEvent(new PopStateEvent("popstate"));
  }, []);
  return [routeOf(search), go];
}

function subscribe(onChange: () => void): () => void {
  addEventListener("popstate", onChange);
  return () => removeEventListener("popstate", onChange);
}
