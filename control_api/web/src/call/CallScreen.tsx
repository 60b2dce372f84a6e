import { RoomAudioRenderer, RoomContext } from "@livekit/components-react";
import { useEffect, useMemo, useState } from "react";
import type { EndReason, VoiceClient } from "voice-client";
import type { OpenCall } from "../app/calls.ts";
import type { User } from "../session/who.ts";
import { Button } from "../ui/controls.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { microphoneProblem, type Problem } from "../words/problems.ts";
import { Captions } from "./Captions.tsx";
import { Controls } from "./Controls.tsx";
import { Line } from "./line.ts";
import { Presence } from "./Presence.tsx";
import { useRecording } from "./recording.ts";
import { SoundGate } from "./SoundGate.tsx";

export interface CallScreenProps {
  call: OpenCall;
  client: VoiceClient;
  user: User;
  onOver: (callId: string, endReason: EndReason | null) => void;
  /** The connection is gone; the call may not be. */
  onLost: () => void;
  /** Leaves the call to another device, or gives it up. */
  onLeave: (problem: Problem) => void;
}

const MOVED: Problem = {
  title: "The call goes on elsewhere",
  advice: "You joined it on another device or in another tab.",
};
const UNREACHABLE: Problem = {
  title: "The call could not be joined",
  advice: "The media server does not answer. Check your network, then try again.",
};

export default function CallScreen({ call, client, user, onOver, onLost, onLeave }: CallScreenProps) {
  const [microphone, setMicrophone] = useState<Problem | null>(null);
  const recording = useRecording(client, call);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one line for one call, whatever is drawn anew
  const line = useMemo(
    () =>
      new Line(call, {
        onEnded: (ended) => {
          if (ended.how === "over") onOver(call.callId, ended.endReason);
          else if (ended.how === "moved") onLeave(MOVED);
          else onLost();
        },
        onMicrophone: (error) => setMicrophone(microphoneProblem(error)),
        onUnreachable: () => onLeave(UNREACHABLE),
      }),
    [call],
  );

  useEffect(() => {
    void line.start();
    return () => line.close();
  }, [line]);

  async function openMicrophone() {
    setMicrophone(null);
    await line.openMicrophone();
  }

  return (
    <RoomContext.Provider value={line.room}>
      <RoomAudioRenderer />
      <div className="flex flex-1 flex-col gap-4">
        <Presence call={call} isRecorded={recording.isActive} />
        <SoundGate />
        {microphone && (
          <ProblemNotice problem={microphone} action={<Button onClick={openMicrophone}>Try again</Button>} />
        )}
        <Captions call={call} me={user.id} />
        <Controls
          call={call}
          recording={recording}
          onHangUp={() => line.hangUp()}
          onMicrophone={(error) => setMicrophone(microphoneProblem(error))}
        />
      </div>
    </RoomContext.Provider>
  );
}
