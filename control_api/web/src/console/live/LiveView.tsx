import type { VoiceClient } from "voice-client";
import { Title } from "../../ui/Title.tsx";
import { useNow } from "../../ui/useNow.ts";
import { clock } from "../../words/times.ts";
import { Panel, StateChip } from "../parts.tsx";
import type { Route } from "../route.ts";
import { partiesOf, TYPES } from "../words.ts";
import { type LiveCall, useLiveCalls } from "./live_calls.ts";
import { WorkersPanel } from "./WorkersPanel.tsx";

export interface LiveViewProps {
  client: VoiceClient;
  go: (to: Partial<Route>) => void;
}

export function LiveView({ client, go }: LiveViewProps) {
  const calls = useLiveCalls();
  const nowMs = useNow();
  return (
    <div className="grid items-start gap-5">
      <Title className="sr-only">Live calls</Title>
      <Panel title={calls.length === 0 ? "No live calls" : `${calls.length} live`} className="overflow-x-auto">
        {calls.length === 0 ? (
          <p className="py-10 text-center text-sm text-muted">A call appears here the moment it begins.</p>
        ) : (
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b border-line text-left text-muted *:py-2 *:pr-4 *:font-normal">
                <th>Who</th>
                <th>Kind</th>
                <th>State</th>
                <th className="text-right">Length</th>
                <th>Agent</th>
                <th className="text-right">Last answer</th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <LiveRow key={call.session.callId} call={call} nowMs={nowMs} go={go} />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <WorkersPanel client={client} />
    </div>
  );
}

function LiveRow({ call, nowMs, go }: { call: LiveCall; nowMs: number; go: (to: Partial<Route>) => void }) {
  const { session } = call;
  const began = session.connectedAt ?? session.createdAt;
  return (
    <tr className="border-b border-line/60 last:border-0 *:py-2.5 *:pr-4">
      <td className="max-w-56">
        <button
          type="button"
          className="block max-w-full truncate font-medium underline-offset-4 hover:underline"
          onClick={() => go({ callId: session.callId })}
        >
          {partiesOf(session)}
        </button>
      </td>
      <td className="whitespace-nowrap text-muted">{TYPES[session.callType]}</td>
      <td>
        <StateChip status={session.status} />
      </td>
      <td className="text-right tabular-nums">{clock((nowMs - Date.parse(began)) / 1000)}</td>
      <td className="text-muted">
        {call.agent || "—"}
        {call.workerId && <span className="block max-w-36 truncate text-xs">{call.workerId}</span>}
      </td>
      <td className="text-right tabular-nums">{call.responseMs === null ? "—" : `${call.responseMs} ms`}</td>
    </tr>
  );
}
