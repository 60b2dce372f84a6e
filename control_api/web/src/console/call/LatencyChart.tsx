import { Bar, BarChart, CartesianGrid, Cell, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { AXIS, TOOLTIP } from "../charts.ts";
import type { Turn } from "./facts.ts";

/** How long the caller waited for each answer. */
export function LatencyChart({ turns }: { turns: Turn[] }) {
  const answered = turns.filter((turn) => turn.responseMs !== null);
  if (answered.length === 0) return <p className="text-sm text-muted">The agent has not answered anybody yet.</p>;
  return (
    <figure aria-label={`Milliseconds to each of ${answered.length} answers`} className="h-48">
      <ResponsiveContainer>
        <BarChart data={answered} accessibilityLayer={false} margin={{ left: -8, right: 4, top: 4 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="turn" {...AXIS} />
          <YAxis unit=" ms" width={72} {...AXIS} />
          <Tooltip
            {...TOOLTIP}
            formatter={(value) => [`${value} ms`, "answered after"]}
            labelFormatter={(turn) => `Answer ${turn}`}
          />
          <Bar dataKey="responseMs" radius={[4, 4, 0, 0]} maxBarSize={28} isAnimationActive={false}>
            {answered.map((turn) => (
              <Cell key={turn.turn} fill={turn.interrupted ? "var(--warn)" : "var(--orb-core)"} />
            ))}
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
