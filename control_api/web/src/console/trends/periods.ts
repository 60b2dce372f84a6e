/** Which stretch of time, in which steps. Pure. */
import type { GetStatsQuery } from "voice-client";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const PERIODS = {
  day: { title: "The last 24 hours", ms: DAY_MS, bucket: "hour" },
  week: { title: "The last 7 days", ms: 7 * DAY_MS, bucket: "hour" },
  month: { title: "The last 30 days", ms: 30 * DAY_MS, bucket: "day" },
  year: { title: "The last year", ms: 364 * DAY_MS, bucket: "day" },
} as const;

export type Period = keyof typeof PERIODS;

export function queryOf(period: Period, nowMs: number): GetStatsQuery {
  const { ms, bucket } = PERIODS[period];
  return { bucket, from: new Date(nowMs - ms).toISOString() };
}

/** `97 %` for each part: 100 together, though each is rounded. Dashes where there is nothing to take shares of. */
export function shares(parts: readonly number[]): string[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  if (whole === 0) return parts.map(() => "—");
  const exact = parts.map((part) => (part / whole) * 100);
  const missing = 100 - exact.reduce((sum, percent) => sum + Math.floor(percent), 0);
  const largestRests = exact
    .map((percent, index) => ({ index, rest: percent - Math.floor(percent) }))
    .sort((a, b) => b.rest - a.rest)
    .slice(0, missing)
    .map(({ index }) => index);
  return exact.map((percent, index) => `${Math.floor(percent) + (largestRests.includes(index) ? 1 : 0)} %`);
}

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const BOTH = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
/** Days are those of UTC. */
const UTC_DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

export function tick(start: string, bucket: "hour" | "day", steps: number): string {
  const at = new Date(start);
  if (bucket === "day") return UTC_DAY.format(at);
  return steps > 48 ? DAY.format(at) : HOUR.format(at);
}

export function label(start: string, bucket: "hour" | "day"): string {
  return bucket === "day" ? UTC_DAY.format(new Date(start)) : BOTH.format(new Date(start));
}
