import { useState } from "react";
import type { SessionDetail, VoiceClient } from "voice-client";
import { isOpen } from "../../app/calls.ts";
import { Button } from "../../ui/controls.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { type Problem, problemOf } from "../../words/problems.ts";

export interface CallActionsProps {
  call: SessionDetail;
  isRecording: boolean;
  client: VoiceClient;
}

/** What an operator may do to a call that runs. The event stream shows what came of it. */
export function CallActions({ call, isRecording, client }: CallActionsProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const { roomName } = call;
  if (!isOpen(call)) return null;

  async function attempt(action: () => Promise<unknown>) {
    setProblem(null);
    try {
      await action();
    } catch (error) {
      setProblem(problemOf(error));
    }
  }

  return (
    <div className="space-y-2">
      <div className="flex flex-wrap gap-2">
        {call.status === "connected" && (
          <Button
            onClick={() =>
              attempt(() =>
                isRecording ? client.recordings.stop({ roomName }) : client.recordings.start({ roomName }),
              )
            }
          >
            {isRecording ? "Stop recording" : "Start recording"}
          </Button>
        )}
        {call.agentStatus === "active" && (
          <Button onClick={() => attempt(() => client.agents.remove({ roomName }))}>Stop the agent</Button>
        )}
        <Button tone="danger" onClick={() => attempt(() => client.sessions.end({ roomName }))}>
          End the call
        </Button>
      </div>
      {problem && <ProblemNotice problem={problem} />}
    </div>
  );
}
