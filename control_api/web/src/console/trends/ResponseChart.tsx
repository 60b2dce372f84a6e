import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { AXIS, TOOLTIP } from "../charts.ts";
import type { OverTime } from "./CallsChart.tsx";
import { label, tick } from "./periods.ts";

/** How long callers waited for an answer. */
export function ResponseChart({ buckets, bucket }: OverTime) {
  if (buckets.every(({ answers }) => answers === 0)) {
    return <p className="text-sm text-muted">No agent has answered anybody in this time.</p>;
  }
  return (
    <figure aria-label={`Milliseconds to an answer, per ${bucket}: median and 95th percentile`} className="h-56">
      <ResponsiveContainer>
        <LineChart data={buckets} accessibilityLayer={false} margin={{ left: -8, right: 4, top: 4 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="start"
            tickFormatter={(start) => tick(start, bucket, buckets.length)}
            minTickGap={24}
            {...AXIS}
          />
          <YAxis unit=" ms" width={72} {...AXIS} />
          <Tooltip
            {...TOOLTIP}
            formatter={(value) => `${value} ms`}
            labelFormatter={(start) => label(String(start), bucket)}
          />
          <Legend
            iconType="circle"
            iconSize={8}
            formatter={(name) => <span className="text-sm text-ink">{name}</span>}
          />
          <Line
            dataKey="responseP50Ms"
            name="half within"
            stroke="var(--accent)"
            strokeWidth={2}
            dot={{ r: 2 }}
            isAnimationActive={false}
          />
          <Line
            dataKey="responseP95Ms"
            name="95 % within"
            stroke="var(--warn)"
            strokeWidth={2}
            dot={{ r: 2 }}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}
