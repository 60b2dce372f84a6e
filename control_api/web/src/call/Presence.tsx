import { useConnectionState, useParticipants } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";
import type { OpenCall } from "../app/calls.ts";
import { Banner } from "../ui/Notice.tsx";
import { clock } from "../words/times.ts";
import { useAgent } from "./agent.ts";
import { Orb } from "./Orb.tsx";
import { People } from "./People.tsx";
import { Quality } from "./Quality.tsx";
import { isLive, statusOf } from "./status.ts";
import { useSeconds } from "./useSeconds.ts";

/** Who is there and what they do: the upper half of a call. */
export function Presence({ call }: { call: OpenCall }) {
  const connection = useConnectionState();
  const participants = useParticipants();
  const agent = useAgent();
  const people = participants.filter((each) => !each.isAgent);
  const facts = {
    callType: call.callType,
    title: call.title,
    isConnected: connection !== ConnectionState.Disconnected && connection !== ConnectionState.Connecting,
    agentState: agent?.state,
    people: people.length - 1,
  };
  const seconds = useSeconds(isLive(facts));
  const isReconnecting =
    connection === ConnectionState.Reconnecting || connection === ConnectionState.SignalReconnecting;

  return (
    <section aria-label="Call" className="flex flex-col items-center gap-4 text-center">
      {isReconnecting && <Banner>The connection was lost. Reconnecting …</Banner>}
      <div className="flex items-center gap-3 text-sm text-muted">
        <span role="timer" aria-label="Length of the call" className="tabular-nums">
          {clock(seconds)}
        </span>
        <Quality />
      </div>
      <Orb state={agent?.state ?? (isLive(facts) ? "listening" : "initializing")} track={agent?.track} />
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{call.title}</h1>
        <p role="status" className="mt-1 text-muted">
          {statusOf(facts)}
        </p>
      </div>
      {call.callType !== "support" && <People participants={participants} />}
    </section>
  );
}
