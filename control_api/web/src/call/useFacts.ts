import { useConnectionState, useParticipants } from "@livekit/components-react";
import { ConnectionState, type Participant } from "livekit-client";
import { useEffect, useState } from "react";
import type { OpenCall } from "../app/calls.ts";
import { useAgent } from "./agent.ts";
import { type CallFacts, isLive } from "./status.ts";
import { takingPart } from "./who.ts";

const WITHOUT_A_ROOM = new Set([ConnectionState.Disconnected, ConnectionState.Connecting]);

/** What the room says of the call at this moment. */
export function useFacts(call: OpenCall) {
  const connection = useConnectionState();
  const participants = takingPart(useParticipants());
  const agent = useAgent();
  const [wasLive, setWasLive] = useState(connectedMs(call) !== null);
  const others = participants.filter((each) => !each.isAgent && !each.isLocal);
  const facts: CallFacts = {
    callType: call.callType,
    title: titleOf(call, others),
    isConnected: !WITHOUT_A_ROOM.has(connection),
    agentState: agent?.state,
    people: others.length,
    wasLive,
  };
  const live = isLive(facts);
  useEffect(() => {
    if (live) setWasLive(true);
  }, [live]);
  return { facts, live, connection, participants, agent };
}

/** The name that somebody goes by, as soon as they are there: the caller may have known only their id. */
function titleOf({ callType, title }: OpenCall, others: Participant[]): string {
  const [other] = others;
  return (callType === "user-to-user" && other?.name) || title;
}

/** Milliseconds since 1970; null for a call that was not connected when this page came to it. */
export function connectedMs({ before }: OpenCall): number | null {
  return before?.connectedAt ? Date.parse(before.connectedAt) : null;
}
