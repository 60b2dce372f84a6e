import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { VoiceClient, WorkerItem } from "voice-client";
import { useWorkersFeed } from "../../feed/FeedContext.ts";
import { moment } from "../../words/times.ts";
import { Failed, Panel } from "../parts.tsx";
import { often } from "../throttle.ts";

const KEY = ["workers"];
const AT_MOST_EVERY_MS = 200;

/** The worker processes, how busy they are, and which of them are leaving. */
export function WorkersPanel({ client }: { client: VoiceClient }) {
  const { data, error } = useWorkers(client);
  if (error) return <Failed error={error} />;
  if (!data) return null;
  return (
    <Panel title={data.count === 0 ? "No workers" : data.count === 1 ? "1 worker" : `${data.count} workers`}>
      {data.workers.length === 0 ? (
        <p className="py-4 text-sm text-muted">No worker is connected: calls with an agent cannot begin.</p>
      ) : (
        <ul className="divide-y divide-line/60">
          {data.workers.map((worker) => (
            <Worker key={worker.workerId} worker={worker} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Worker({ worker }: { worker: WorkerItem }) {
  const used = worker.calls + worker.recorders;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 py-3 text-sm">
      <span className="min-w-0 flex-1 basis-48 truncate font-medium" title={worker.workerId}>
        {worker.workerId}
      </span>
      <State worker={worker} />
      <span className="flex w-44 items-center gap-3">
        <meter
          aria-label={`Load of ${worker.workerId}`}
          className="load h-2 flex-1"
          min={0}
          max={Math.max(1, worker.slots)}
          value={used}
        />
        <span className="tabular-nums">
          {used} of {worker.slots}
        </span>
      </span>
      <span className="w-full text-muted sm:w-auto">
        since {moment(worker.connectedAt, new Date())}
        {worker.version && ` · version ${worker.version}`}
      </span>
    </li>
  );
}

const STATES: Record<WorkerItem["state"], [string, string]> = {
  ready: ["ready", "bg-accent-soft"],
  full: ["takes no more calls", "bg-warn-soft"],
  draining: ["draining", "bg-warn-soft"],
  silent: ["silent", "bg-danger-soft"],
  gone: ["gone", "bg-danger-soft"],
};

function State({ worker }: { worker: WorkerItem }) {
  const [words, look] = STATES[worker.state];
  const since = worker.drainingSince ? ` since ${moment(worker.drainingSince, new Date())}` : "";
  return (
    <span className={`rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap ${look}`}>
      {words}
      {worker.state === "draining" && since}
    </span>
  );
}

function useWorkers(client: VoiceClient) {
  const queries = useQueryClient();
  const again = useMemo(
    () => often(AT_MOST_EVERY_MS, () => void queries.invalidateQueries({ queryKey: KEY })),
    [queries],
  );
  useWorkersFeed(again);
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => client.workers.list({ signal }) });
}
