/** How all charts look. */
export const AXIS = {
  tick: { fill: "var(--muted)", fontSize: 12 },
  tickLine: false,
  axisLine: false,
} as const;

export const TOOLTIP = {
  cursor: { fill: "var(--sunken)" },
  contentStyle: {
    background: "var(--surface)",
    border: "1px solid var(--line)",
    borderRadius: 12,
    color: "var(--ink)",
    fontSize: 13,
  },
  isAnimationActive: false,
} as const;
