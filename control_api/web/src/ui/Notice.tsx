import type { ReactNode } from "react";
import type { Problem } from "../words/problems.ts";
import { Icon } from "./icons.tsx";

/** Something went wrong: what, and what to do. Told to screen readers at once. */
export function ProblemNotice({ problem, action }: { problem: Problem; action?: ReactNode }) {
  return (
    <div
      role="alert"
      className="flex animate-appear items-start gap-3 rounded-xl bg-danger-soft px-4 py-3 text-sm text-ink"
    >
      <Icon name="warn" className="mt-0.5 size-5 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{problem.title}</p>
        <p className="mt-0.5">{problem.advice}</p>
      </div>
      {action}
    </div>
  );
}

/** Something that passes by itself. */
export function Banner({ children }: { children: ReactNode }) {
  return (
    <p
      role="status"
      className="flex animate-appear items-center gap-3 rounded-xl bg-warn-soft px-4 py-3 text-sm font-medium text-ink"
    >
      <span className="size-2.5 animate-pulse rounded-full bg-warn" />
      {children}
    </p>
  );
}
