import { useState } from "react";
import type { VoiceClient } from "voice-client";
import type { OpenCall } from "../app/calls.ts";
import { useFeed } from "../feed/FeedContext.ts";
import { type Problem, problemOf } from "../words/problems.ts";

export interface Recording {
  isActive: boolean;
  /** A change is under way. */
  isBusy: boolean;
  problem: Problem | null;
  toggle: () => void;
}

/** Whether the call is recorded, whoever has begun or ended that. */
export function useRecording(client: VoiceClient, { callId, roomName, recorded }: OpenCall): Recording {
  const [isActive, setActive] = useState(recorded);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  useFeed(({ callId: of, event }) => {
    if (of === callId && event.kind === "recording") setActive(event.state === "starting" || event.state === "active");
  });

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
