import type { ReactNode } from "react";
import type { CallState, EndReason } from "voice-client";
import { Card } from "../ui/controls.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { problemOf } from "../words/problems.ts";
import { reasonWords } from "./words.ts";

export function Loading() {
  return (
    <p role="status" className="animate-pulse py-16 text-center text-muted">
      Loading …
    </p>
  );
}

export function Failed({ error }: { error: unknown }) {
  return <ProblemNotice problem={problemOf(error)} />;
}

export function Panel({
  title,
  action,
  className = "",
  children,
}: {
  title: string;
  action?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Card className={`flex min-w-0 flex-col ${className}`}>
      <div className="flex min-h-14 items-center justify-between gap-3 px-5 pt-1">
        <h2 className="font-medium">{title}</h2>
        {action}
      </div>
      <div className="min-w-0 flex-1 px-5 pb-5">{children}</div>
    </Card>
  );
}

/** A number that is looked at often. */
export function Figure({ label, value, unit }: { label: string; value: ReactNode; unit?: string }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-2xl font-semibold tracking-tight tabular-nums">
        {value}
        {unit && <span className="ml-1 text-sm font-normal text-muted">{unit}</span>}
      </dd>
    </div>
  );
}

const TONES: Record<CallState, string> = {
  pending: "bg-sunken text-muted",
  ringing: "bg-warn-soft text-ink",
  connected: "bg-accent-soft text-ink",
  completed: "bg-sunken text-ink",
  missed: "bg-warn-soft text-ink",
  failed: "bg-danger-soft text-ink",
};

const DOTS: Record<CallState, string> = {
  pending: "bg-muted",
  ringing: "bg-warn",
  connected: "bg-accent",
  completed: "bg-muted",
  missed: "bg-warn",
  failed: "bg-danger",
};

export function StateChip({ status, reason }: { status: CallState; reason?: EndReason | null }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[status]}`}
    >
      <span className={`size-1.5 rounded-full ${DOTS[status]}`} />
      {status}
      {reason && <span className="font-normal text-muted">· {reasonWords(reason)}</span>}
    </span>
  );
}
