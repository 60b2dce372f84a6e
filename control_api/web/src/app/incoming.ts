import { useCallback, useState } from "react";
import type { SessionItem, VoiceClient } from "voice-client";
import { useFeed } from "../feed/FeedContext.ts";
import { problemOf } from "../words/problems.ts";
import type { KnownCall } from "./calls.ts";

/** The calls that ring here, oldest first: somebody calls this person, who has not answered on any device. */
export function useIncoming(client: VoiceClient, me: string) {
  const [ringing, setRinging] = useState<SessionItem[]>([]);
  const look = useCallback(async () => {
    const { sessions } = await client.sessions.list({ status: "ringing" });
    setRinging(sessions.filter((call) => ringsAt(call, me)).reverse());
  }, [client, me]);

  useFeed(
    ({ session }) => {
      if (session !== null) setRinging((before) => withRinging(before, session, me));
    },
    () => void look().catch(problemOf),
  );

  const decline = useCallback(
    async (call: SessionItem) => {
      setRinging((before) => before.filter((each) => each.callId !== call.callId));
      await client.sessions.update({ roomName: call.roomName, status: "missed" });
    },
    [client],
  );
  return { ringing, decline };
}

export function withRinging(before: SessionItem[], call: SessionItem, me: string): SessionItem[] {
  const others = before.filter((each) => each.callId !== call.callId);
  return ringsAt(call, me) ? [...others, call] : others;
}

function ringsAt(call: SessionItem, me: string): boolean {
  return call.status === "ringing" && call.calleeId === me && call.answeredAt === null;
}

/** As it is answered. */
export function known(call: SessionItem): KnownCall {
  const { callId, roomName, callType } = call;
  return { callId, roomName, callType, title: call.callerName, recorded: call.recordingEnabled };
}
