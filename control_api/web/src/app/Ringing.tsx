import { useEffect, useRef } from "react";
import type { SessionItem } from "voice-client";
import { Button } from "../ui/controls.tsx";
import { Icon } from "../ui/icons.tsx";
import { initial } from "../words/names.ts";
import { play, RING } from "./ring_tone.ts";

export interface RingingProps {
  call: SessionItem;
  onAccept: () => void;
  onDecline: () => void;
}

/** Somebody calls: above everything else until it is answered, declined, or over. */
export function Ringing({ call, onAccept, onDecline }: RingingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => play(RING), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="ringing-who"
      // Escape must not hide a call that still rings.
      onCancel={(event) => event.preventDefault()}
      className="m-auto w-[min(22rem,calc(100vw-2.5rem))] rounded-3xl border border-line bg-surface p-7 text-center text-ink shadow-card backdrop:bg-black/45"
    >
      <div className="relative mx-auto mb-5 grid size-24 place-items-center">
        <div className="absolute inset-0 animate-breathe rounded-full bg-accent-soft" />
        <span className="relative grid size-16 place-items-center rounded-full bg-accent text-2xl font-semibold text-on-accent">
          {initial(call.callerName)}
        </span>
      </div>
      <h2 id="ringing-who" className="text-xl font-semibold tracking-tight">
        <bdi>{call.callerName}</bdi> is calling
      </h2>
      <p className="mt-1.5 text-sm text-muted">{terms(call)}</p>
      <div className="mt-6 grid grid-cols-2 gap-3">
        <Button tone="danger" onClick={onDecline}>
          <Icon name="hangUp" /> Decline
        </Button>
        <Button tone="primary" onClick={onAccept} autoFocus>
          <Icon name="phone" /> Accept
        </Button>
      </div>
    </dialog>
  );
}

/** What one agrees to by answering. */
export function terms(call: Pick<SessionItem, "recordingEnabled" | "transcriptionEnabled">): string {
  if (call.recordingEnabled && call.transcriptionEnabled) return "This call is recorded and written down.";
  if (call.recordingEnabled) return "This call is recorded.";
  return call.transcriptionEnabled ? "This call is written down." : "A voice call";
}
