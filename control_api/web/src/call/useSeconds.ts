import { useEffect, useState } from "react";

/** Whole seconds since `knownBeganMs`, or since `runs` became true for the first time; null before that. */
export function useSeconds(runs: boolean, knownBeganMs: number | null): number | null {
  const [beganMs, setBegan] = useState(knownBeganMs);
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (runs) setBegan((before) => before ?? Date.now());
  }, [runs]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return beganMs === null ? null : Math.max(0, Math.floor((nowMs - beganMs) / 1000));
}
