import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Stats, VoiceClient } from "voice-client";
import { useFeed } from "../../feed/FeedContext.ts";
import { Select } from "../../ui/controls.tsx";
import { Title } from "../../ui/Title.tsx";
import { spell } from "../../words/times.ts";
import { Failed, Figure, Loading, Panel } from "../parts.tsx";
import { often } from "../throttle.ts";
import { CallsChart } from "./CallsChart.tsx";
import { PERIODS, type Period, queryOf, shares } from "./periods.ts";
import { ResponseChart } from "./ResponseChart.tsx";

const AT_MOST_EVERY_MS = 5_000;
/** What changes the figures. */
const COUNTED = new Set(["created", "connected", "ended", "turn"]);

/** Rates and latency over time. */
export default function TrendsView({ client }: { client: VoiceClient }) {
  const [period, setPeriod] = useState<Period>("day");
  const { data, error } = useStats(client, period);
  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <Title className="text-2xl">Trends</Title>
        <Select label="Period" value={period} onChange={(event) => setPeriod(event.target.value as Period)}>
          {Object.entries(PERIODS).map(([key, { title }]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </Select>
      </div>
      {error && <Failed error={error} />}
      {!data && !error && <Loading />}
      {data && <Known stats={data} />}
    </div>
  );
}

function Known({ stats }: { stats: Stats }) {
  const { total, buckets, bucket } = stats;
  const [answered, missed, failed, waiting] = shares([total.answered, total.missed, total.failed, total.waiting]);
  return (
    <>
      <dl className="grid grid-cols-2 gap-5 sm:grid-cols-4 lg:grid-cols-7">
        <Figure label="Calls" value={total.calls.toLocaleString()} />
        <Figure label="Answered" value={answered} />
        <Figure label="Missed" value={missed} />
        <Figure label="Failed" value={failed} />
        {total.waiting > 0 && <Figure label="Not yet answered" value={waiting} />}
        <Figure label="Median answer" value={total.responseP50Ms ?? "—"} unit="ms" />
        <Figure label="95 % within" value={total.responseP95Ms ?? "—"} unit="ms" />
        <Figure label="Talk" value={spell(total.talkSeconds)} />
      </dl>
      <Panel title={`Calls per ${bucket}`}>
        <CallsChart buckets={buckets} bucket={bucket} />
      </Panel>
      <Panel title="Time to an answer">
        <ResponseChart buckets={buckets} bucket={bucket} />
      </Panel>
      <p className="text-sm text-muted">
        {(total.tokens.input + total.tokens.output).toLocaleString()} tokens
        {total.tokens.costUsd === null
          ? ". Set VOICE_MODEL_PRICES to see what they cost."
          : `, about $${total.tokens.costUsd.toFixed(2)}.`}
      </p>
    </>
  );
}

function useStats(client: VoiceClient, period: Period) {
  const queries = useQueryClient();
  const again = useMemo(
    () => often(AT_MOST_EVERY_MS, () => void queries.invalidateQueries({ queryKey: ["stats"] })),
    [queries],
  );
  useFeed(({ event }) => {
    if (COUNTED.has(event.kind)) again();
  }, again);
  return useQuery({
    queryKey: ["stats", period],
    queryFn: ({ signal }) => client.stats.get(queryOf(period, Date.now()), { signal }),
    placeholderData: keepPreviousData,
  });
}
