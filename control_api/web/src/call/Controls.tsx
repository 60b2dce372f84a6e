import { useLocalParticipant } from "@livekit/components-react";
import { type ReactNode, useEffect } from "react";
import type { OpenCall } from "../app/calls.ts";
import { Icon } from "../ui/icons.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import type { Recording } from "./recording.ts";
import { useFacts } from "./useFacts.ts";

export interface ControlsProps {
  call: OpenCall;
  recording: Recording;
  onHangUp: () => void;
  /** It could not be muted, or opened again. */
  onMicrophone: (error: unknown) => void;
}

export function Controls({ call, recording, onHangUp, onMicrophone }: ControlsProps) {
  const { live: isLive } = useFacts(call);
  const { localParticipant, isMicrophoneEnabled, microphoneTrack } = useLocalParticipant();
  // Until it is open there is nothing to mute: an open one is what a call begins with.
  const isMuted = microphoneTrack !== undefined && !isMicrophoneEnabled;
  const toggleMicrophone = () => {
    if (microphoneTrack !== undefined) localParticipant.setMicrophoneEnabled(!isMicrophoneEnabled).catch(onMicrophone);
  };
  useKey("m", toggleMicrophone);

  return (
    <div className="sticky bottom-0 -mx-5 space-y-3 bg-canvas/90 px-5 pt-2 pb-4 backdrop-blur">
      {recording.problem && <ProblemNotice problem={recording.problem} />}
      <div className="flex items-start justify-center gap-4">
        <Round
          label={isMuted ? "Unmute" : "Mute"}
          pressed={isMuted}
          disabled={microphoneTrack === undefined}
          onClick={toggleMicrophone}
          shortcut="M"
        >
          <Icon name={isMuted ? "micOff" : "mic"} className="size-6" />
        </Round>
        <Round label="Hang up" danger onClick={onHangUp}>
          <Icon name="hangUp" className="size-7" />
        </Round>
        <Round
          label={recording.isActive && isLive ? "Stop recording" : "Record"}
          pressed={recording.isActive && isLive}
          disabled={recording.isBusy || !isLive}
          onClick={recording.toggle}
        >
          <Icon name="record" className={`size-6 ${recording.isActive ? "text-danger" : ""}`} />
        </Round>
      </div>
    </div>
  );
}

interface RoundProps {
  label: string;
  children: ReactNode;
  onClick: () => void;
  pressed?: boolean;
  danger?: boolean;
  disabled?: boolean;
  shortcut?: string;
}

function Round({ label, children, onClick, pressed, danger = false, disabled = false, shortcut }: RoundProps) {
  const look = danger
    ? "bg-danger text-on-danger hover:bg-danger-strong"
    : pressed
      ? "border border-accent bg-accent-soft text-ink"
      : "border border-line bg-surface text-ink hover:bg-sunken";
  return (
    <button
      type="button"
      onClick={onClick}
      disabled={disabled}
      aria-keyshortcuts={shortcut}
      className="group flex w-24 flex-col items-center gap-1.5 rounded-2xl text-xs whitespace-nowrap text-muted disabled:opacity-55"
    >
      <span className={`grid size-14 place-items-center rounded-full transition-colors ${look}`}>{children}</span>
      {label}
    </button>
  );
}

/** A letter that works wherever the focus is, but in a field. */
function useKey(key: string, action: () => void) {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key.toLowerCase() === key && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping) action();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [key, action]);
}
