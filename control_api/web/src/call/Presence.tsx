import { ConnectionState } from "livekit-client";
import { useEffect } from "react";
import type { OpenCall } from "../app/calls.ts";
import { play, RING_BACK } from "../app/ring_tone.ts";
import { Banner } from "../ui/Notice.tsx";
import { Title } from "../ui/Title.tsx";
import { initial } from "../words/names.ts";
import { clock } from "../words/times.ts";
import { Orb } from "./Orb.tsx";
import { People } from "./People.tsx";
import { Quality } from "./Quality.tsx";
import { statusOf } from "./status.ts";
import { connectedMs, useFacts } from "./useFacts.ts";
import { useOffline } from "./useOffline.ts";
import { useSeconds } from "./useSeconds.ts";

/** Who is there and what they do: the upper half of a call. */
export function Presence({ call, isRecorded }: { call: OpenCall; isRecorded: boolean }) {
  const { facts, live, connection, participants, agent } = useFacts(call);
  const seconds = useSeconds(live, connectedMs(call));
  const isOfTwo = call.callType === "user-to-user";
  useRingBack(isOfTwo && facts.isConnected && facts.people === 0 && !facts.wasLive);

  return (
    <section aria-label="Call" className="flex flex-col items-center gap-3 text-center">
      <Interruption connection={connection} />
      <div className="flex h-7 items-center gap-3 text-sm text-muted">
        {seconds !== null && (
          <span role="timer" aria-label="Length of the call" className="tabular-nums">
            {clock(seconds)}
          </span>
        )}
        {facts.isConnected && <Quality />}
        {isRecorded && live && <RecordingMark />}
      </div>
      <Orb
        state={agent?.state ?? (live ? "listening" : "initializing")}
        track={agent?.track}
        letter={isOfTwo ? initial(facts.title) : null}
      />
      <div>
        <Title className="text-2xl">
          <bdi>{facts.title}</bdi>
        </Title>
        <p role="status" className="mt-1 text-muted">
          {statusOf(facts)}
        </p>
      </div>
      {call.callType !== "support" && live && <People participants={participants} />}
    </section>
  );
}

function Interruption({ connection }: { connection: ConnectionState }) {
  const isOffline = useOffline();
  if (RECONNECTING.has(connection)) return <Banner>The connection was lost. Reconnecting …</Banner>;
  return isOffline ? <Banner>You are offline. The call waits for your network …</Banner> : null;
}

const RECONNECTING = new Set([ConnectionState.Reconnecting, ConnectionState.SignalReconnecting]);

function RecordingMark() {
  return (
    <span
      role="status"
      className="flex items-center gap-1.5 rounded-full bg-danger-soft px-2.5 py-1 text-xs font-medium text-ink"
    >
      <span className="size-2 rounded-full bg-danger" />
      Recording
    </span>
  );
}

function useRingBack(rings: boolean) {
  useEffect(() => (rings ? play(RING_BACK) : undefined), [rings]);
}
