import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { SessionDetail, VoiceClient } from "voice-client";
import { useFeed } from "../../feed/FeedContext.ts";
import type { User } from "../../session/who.ts";
import { Title } from "../../ui/Title.tsx";
import { moment, spell } from "../../words/times.ts";
import { Failed, Figure, Loading, Panel, StateChip } from "../parts.tsx";
import { often } from "../throttle.ts";
import { partiesOf, TYPES } from "../words.ts";
import { CallActions } from "./CallActions.tsx";
import { factsOf } from "./facts.ts";
import { LatencyChart } from "./LatencyChart.tsx";
import { Playback } from "./Playback.tsx";
import { Timeline } from "./Timeline.tsx";

export interface CallViewProps {
  client: VoiceClient;
  callId: string;
  user: User;
}

/** All that is known of one call. */
export default function CallView({ client, callId, user }: CallViewProps) {
  const { data: call, error } = useCall(client, callId);
  if (error) return <Failed error={error} />;
  if (!call) return <Loading />;
  return <Known call={call} client={client} user={user} />;
}

function Known({ call, client, user }: { call: SessionDetail; client: VoiceClient; user: User }) {
  const events = call.timeline ?? [];
  const { tokens } = call;
  const facts = useMemo(() => factsOf(events), [events]);
  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-3">
            <Title className="text-2xl">{partiesOf(call)}</Title>
            <StateChip status={call.status} reason={call.endReason} />
          </div>
          <p className="mt-1 text-sm text-muted">
            {TYPES[call.callType]} · {moment(call.createdAt, new Date())} · voice {call.effectiveVoice} ·{" "}
            <span className="select-all">{call.callId}</span>
          </p>
        </div>
        <CallActions call={call} isRecording={facts.isRecording} client={client} />
      </div>
      <dl className="grid grid-cols-2 gap-5 sm:grid-cols-3 lg:grid-cols-6">
        <Figure label="Length" value={spell(call.duration)} />
        <Figure label="Agent there after" value={call.agentJoinedMs ?? "—"} unit="ms" />
        <Figure label="Answers" value={facts.turns.length} />
        <Figure label="Median answer" value={facts.medianMs ?? "—"} unit="ms" />
        <Figure label="Tokens" value={tokens ? (tokens.input + tokens.output).toLocaleString() : "—"} />
        <Figure label="Cost, about" value={tokens?.costUsd == null ? "—" : `$${tokens.costUsd.toFixed(3)}`} />
      </dl>
      <Playback call={call} me={user.id} client={client} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="space-y-5">
          <Panel title="Time to each answer">
            <LatencyChart turns={facts.turns} />
          </Panel>
          <Panel title="Faults and repairs">
            {facts.troubles.length === 0 ? (
              <p className="text-sm text-muted">Nothing went wrong.</p>
            ) : (
              <Timeline events={facts.troubles} beganAt={call.createdAt} />
            )}
          </Panel>
        </div>
        <Panel title="Everything that happened">
          <Timeline events={events} beganAt={call.createdAt} />
        </Panel>
      </div>
    </div>
  );
}

const AT_MOST_EVERY_MS = 300;

/** The record with its log; read again when something of the call is told, a burst of events once. */
function useCall(client: VoiceClient, callId: string) {
  const queries = useQueryClient();
  const key = ["call", callId];
  const again = useMemo(
    () => often(AT_MOST_EVERY_MS, () => void queries.invalidateQueries({ queryKey: ["call", callId] })),
    [queries, callId],
  );
  useFeed((event) => {
    if (event.callId === callId) again();
  }, again);
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.sessions.get({ callId, include: "timeline" }, { signal }),
  });
}
