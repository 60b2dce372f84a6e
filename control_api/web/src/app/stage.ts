import { useCallback, useState } from "react";
import type { EndReason, VoiceClient } from "voice-client";
import { type Problem, problemOf } from "../words/problems.ts";
import { type Choice, isOpen, join, type KnownCall, type OpenCall, open } from "./calls.ts";
import { forget, keep, kept } from "./kept_call.ts";

/** Where the person is on the way through a call. */
export type Stage =
  | { at: "home"; problem: Problem | null }
  | { at: "opening" }
  | { at: "call"; call: OpenCall }
  | After;

export interface After {
  at: "after";
  callId: string;
  /** null: this page does not know, but the record does. */
  endReason: EndReason | null;
}

const HOME: Stage = { at: "home", problem: null };

export function useStage(client: VoiceClient) {
  const [stage, setStage] = useState<Stage>(() => (kept() ? { at: "opening" } : HOME));

  const enter = useCallback((call: OpenCall) => {
    keep(call);
    setStage({ at: "call", call });
  }, []);

  const attempt = useCallback(
    async (action: () => Promise<OpenCall | Omit<After, "at">>) => {
      setStage({ at: "opening" });
      try {
        const opened = await action();
        if ("token" in opened) enter(opened);
        else setStage({ at: "after", ...opened });
      } catch (error) {
        forget();
        setStage({ at: "home", problem: problemOf(error) });
      }
    },
    [enter],
  );

  return {
    stage,
    open: useCallback(
      (choice: Choice, recorded: boolean) => attempt(() => open(client, choice, recorded)),
      [client, attempt],
    ),
    /** Goes back into the call that this tab was in, if it still runs. */
    resume: useCallback(async () => {
      const call = kept();
      if (call === null) return;
      await attempt(async () => {
        const record = await client.sessions.get({ callId: call.callId });
        if (isOpen(record)) return await join(client, call, record);
        forget();
        return { callId: call.callId, endReason: record.endReason };
      });
    }, [client, attempt]),
    answer: useCallback((call: KnownCall) => attempt(() => join(client, call)), [client, attempt]),
    over: useCallback((callId: string, endReason: EndReason | null) => {
      forget();
      setStage({ at: "after", callId, endReason });
    }, []),
    home: useCallback((problem: Problem | null) => {
      forget();
      setStage({ at: "home", problem });
    }, []),
  };
}
