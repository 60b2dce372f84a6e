import { useEffect, useState } from "react";

/** Whole seconds since `runs` became true for the first time. */
export function useSeconds(runs: boolean): number {
  const [beganMs, setBegan] = useState<number | null>(null);
  const [nowMs, setNow] = useState(0);
  useEffect(() => {
    if (runs) setBegan((before) => before ?? Date.now());
  }, [runs]);
  useEffect(() => {
    if (beganMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [beganMs]);
  return beganMs === null ? 0 : Math.max(0, Math.floor((nowMs - beganMs) / 1000));
}
