/** The calls that run now, kept up by events. */
import { createContext, useCallback, useContext, useMemo, useReducer } from "react";
import type { CallState, SessionItem, StreamEvent, VoiceClient } from "voice-client";
import { useFeed } from "../../feed/FeedContext.ts";

export interface LiveCall {
  session: SessionItem;
  /** The worker whose agent is in the call, as far as this page has heard. */
  workerId: string | null;
  agent: string;
  /** Of the agent's last answer. */
  responseMs: number | null;
}

export type LiveCalls = ReadonlyMap<string, LiveCall>;

const OPEN = new Set<CallState>(["pending", "ringing", "connected"]);

export type Change = { how: "read"; sessions: SessionItem[] } | { how: "heard"; event: StreamEvent };

/** Pure. */
export function changed(before: LiveCalls, change: Change): LiveCalls {
  if (change.how === "read") {
    return new Map(
      change.sessions.map((session) => [session.callId, withSession(before.get(session.callId), session)]),
    );
  }
  const { callId, session, event } = change.event;
  const call = session === null ? before.get(callId) : withSession(before.get(callId), session);
  if (call === undefined) return before;
  const after = new Map(before);
  if (OPEN.has(call.session.status)) after.set(callId, withEvent(call, event));
  else after.delete(callId);
  return after;
}

function withSession(call: LiveCall | undefined, session: SessionItem): LiveCall {
  return call ? { ...call, session } : { session, workerId: null, agent: "", responseMs: null };
}

function withEvent(call: LiveCall, event: StreamEvent["event"]): LiveCall {
  switch (event.kind) {
    case "dispatched":
      return { ...call, agent: "on its way", workerId: null };
    case "claimed":
      return { ...call, agent: "joining", workerId: event.workerId ?? null };
    case "agent_joined":
      return { ...call, agent: "in the call" };
    case "agent_lost":
      return { ...call, agent: "lost" };
    case "agent_gone":
      return { ...call, agent: "gone" };
    case "turn":
      return { ...call, responseMs: event.responseMs ?? call.responseMs };
    default:
      return call;
  }
}

/** For all views: one that is opened again shows them at once. */
export const LiveCallsContext = createContext<readonly LiveCall[]>([]);

export const useLiveCalls = (): readonly LiveCall[] => useContext(LiveCallsContext);

/** Newest first. */
export function useFollowedCalls(client: VoiceClient): readonly LiveCall[] {
  const [calls, change] = useReducer(changed, new Map() as LiveCalls);
  const read = useCallback(async () => {
    const lists = await Promise.all([...OPEN].map((status) => allOf(client, status)));
    change({ how: "read", sessions: lists.flat() });
  }, [client]);
  useFeed(
    (event) => change({ how: "heard", event }),
    // A read that fails is made up for by the events that follow.
    () => void read().catch(() => {}),
  );
  return useMemo(
    () => [...calls.values()].sort((one, other) => (one.session.createdAt < other.session.createdAt ? 1 : -1)),
    [calls],
  );
}

async function allOf(client: VoiceClient, status: CallState): Promise<SessionItem[]> {
  const query = { status, listAll: true };
  const found: SessionItem[] = [];
  for await (const session of client.sessions.all(query)) found.push(session);
  return found;
}
