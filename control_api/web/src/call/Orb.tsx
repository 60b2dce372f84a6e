import { createAudioAnalyser, type RemoteAudioTrack } from "livekit-client";
import { useEffect, useRef } from "react";
import type { AgentState } from "./status.ts";

const HALO: Record<AgentState, string> = {
  initializing: "opacity-30",
  listening: "animate-breathe",
  thinking: "animate-pulse",
  speaking: "opacity-80",
};

export interface OrbProps {
  state: AgentState;
  /** Of the agent. */
  track: RemoteAudioTrack | undefined;
  /** Of the person whom one talks to. */
  letter: string | null;
}

/** A calm light that breathes while it listens and swells with the agent's voice. Its state is also said in words. */
export function Orb({ state, track, letter }: OrbProps) {
  const voice = useRef<HTMLDivElement>(null);
  useLoudness(track, (level) => {
    voice.current?.style.setProperty("scale", String(1 + level * 0.45));
  });
  return (
    <div className="relative grid size-40 place-items-center sm:size-48" data-agent-state={state} aria-hidden="true">
      <div
        className={`absolute inset-0 rounded-full bg-[radial-gradient(closest-side,var(--orb-glow),transparent)] ${HALO[state]}`}
      />
      <div
        ref={voice}
        className="absolute inset-[18%] rounded-full bg-[radial-gradient(closest-side,var(--orb-glow),transparent)] transition-[scale] duration-75"
      />
      <div className="absolute inset-[28%] grid place-items-center rounded-full bg-[radial-gradient(circle_at_35%_30%,var(--orb-glow),var(--orb-core)_70%)] text-3xl font-semibold text-[#06211d] shadow-card">
        {letter}
      </div>
      {state === "thinking" && (
        <div className="absolute inset-[20%] animate-turn rounded-full border-2 border-transparent border-t-accent" />
      )}
    </div>
  );
}

function useLoudness(track: RemoteAudioTrack | undefined, onLevel: (level: number) => void) {
  const latest = useRef(onLevel);
  latest.current = onLevel;
  useEffect(() => {
    const analyser = track && analyserOf(track);
    if (!analyser) return;
    const { calculateVolume, cleanup } = analyser;
    let frame = requestAnimationFrame(function look() {
      latest.current(calculateVolume());
      frame = requestAnimationFrame(look);
    });
    return () => {
      cancelAnimationFrame(frame);
      cleanup().catch(() => {});
      latest.current(0);
    };
  }, [track]);
}

/** Null where the browser does not let the page hear: the light is still, and the call goes on. */
function analyserOf(track: RemoteAudioTrack) {
  try {
    return createAudioAnalyser(track, { smoothingTimeConstant: 0.7 });
  } catch {
    return null;
  }
}
