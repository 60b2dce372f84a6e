import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Stats } from "voice-client";
import { AXIS, TOOLTIP } from "../charts.ts";
import { label, tick } from "./periods.ts";

export interface OverTime {
  buckets: Stats["buckets"];
  bucket: Stats["bucket"];
}

/** How many calls there were, and what became of them. */
export function CallsChart({ buckets, bucket }: OverTime) {
  return (
    <figure aria-label={`Calls per ${bucket}: answered, missed, failed`} className="h-56">
      <ResponsiveContainer>
        <BarChart data={buckets} accessibilityLayer={false} margin={{ left: -16, right: 4, top: 4 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="start"
            tickFormatter={(start) => tick(start, bucket, buckets.length)}
            minTickGap={24}
            {...AXIS}
          />
          <YAxis allowDecimals={false} width={56} {...AXIS} />
          <Tooltip {...TOOLTIP} labelFormatter={(start) => label(String(start), bucket)} />
          <Legend
            iconType="circle"
            iconSize={8}
            formatter={(name) => <span className="text-sm text-ink">{name}</span>}
          />
          <Bar dataKey="answered" stackId="calls" fill="var(--orb-core)" maxBarSize={28} isAnimationActive={false} />
          <Bar dataKey="missed" stackId="calls" fill="var(--warn)" maxBarSize={28} isAnimationActive={false} />
          <Bar dataKey="failed" stackId="calls" fill="var(--danger)" maxBarSize={28} isAnimationActive={false} />
          <Bar
            dataKey="waiting"
            name="not yet answered"
            stackId="calls"
            fill="var(--line)"
            maxBarSize={28}
            isAnimationActive={false}
          />
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
