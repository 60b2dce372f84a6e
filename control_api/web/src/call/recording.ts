import { useState } from "react";
import type { VoiceClient } from "voice-client";
import type { OpenCall } from "../app/calls.ts";
import { type Problem, problemOf } from "../words/problems.ts";

export interface RecordingSwitch {
  isActive: boolean;
  /** A change is under way. */
  isBusy: boolean;
  problem: Problem | null;
  toggle: () => void;
}

export function useRecording(client: VoiceClient, call: OpenCall): RecordingSwitch {
  const { roomName } = call;
  const [isActive, setActive] = useState(call.recorded);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function toggle() {
    setBusy(true);
    setProblem(null);
    try {
      if (isActive) await client.recordings.stop({ roomName });
      else await client.recordings.start({ roomName });
      setActive(!isActive);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  }

  return { isActive, isBusy, problem, toggle: () => void toggle() };
}
