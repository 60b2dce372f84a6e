import { type RefObject, useEffect, useRef, useState } from "react";
import type { SessionDetail, VoiceClient } from "voice-client";
import type { User } from "../session/who.ts";
import { Button, Card } from "../ui/controls.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Title } from "../ui/Title.tsx";
import { endingOf, type Side } from "../words/endings.ts";
import { type Problem, problemOf } from "../words/problems.ts";
import { spell } from "../words/times.ts";
import type { After } from "./stage.ts";
import { Transcript } from "./Transcript.tsx";

export interface AfterCallProps {
  client: VoiceClient;
  user: User;
  ended: After;
  onDone: () => void;
}

/** What became of the call: why it ended, what was said, and the recording. */
export function AfterCall({ client, user, ended, onDone }: AfterCallProps) {
  const { record, problem, isLooking } = useFinalRecord(client, ended.callId);
  const player = useRef<HTMLAudioElement>(null);
  const ending = endingOf(record?.endReason ?? ended.endReason, sideOf(record, user.id));
  return (
    <div className="space-y-5 pt-2 sm:pt-8">
      <div>
        <Title key={ending.title}>{ending.title}</Title>
        <p className="mt-2 text-muted">
          {ending.advice}
          {record && record.duration > 0 && ` You talked for ${spell(record.duration)}.`}
        </p>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {record && expectsRecording(record) && (
        <Card className="p-5">
          <h2 className="mb-3 font-medium">Recording</h2>
          <Recording url={record.recordingUrl} isLooking={isLooking} player={player} />
        </Card>
      )}
      {record && record.transcriptSegments.length > 0 && (
        <Card className="p-5">
          <h2 className="mb-4 font-medium">What was said</h2>
          <Transcript record={record} me={user.id} onPlay={(ms) => playFrom(player.current, ms)} />
        </Card>
      )}
      <Button tone="primary" className="w-full" onClick={onDone}>
        Back to the start
      </Button>
    </div>
  );
}

interface RecordingProps {
  url: string | null;
  isLooking: boolean;
  player: RefObject<HTMLAudioElement | null>;
}

function Recording({ url, isLooking, player }: RecordingProps) {
  if (url === null) {
    return (
      <p role="status" className="text-sm text-muted">
        {isLooking ? "It is being prepared …" : "It is not ready yet."}
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: the transcript is below
    <audio ref={player} controls preload="metadata" src={url} aria-label="Recording of the call" className="w-full" />
  );
}

function playFrom(player: HTMLAudioElement | null, ms: number): void {
  if (player === null) return;
  player.currentTime = ms / 1000;
  player.play().catch(() => undefined);
}

function sideOf(record: SessionDetail | null, me: string): Side {
  if (record === null) return "other";
  if (record.callerId === me) return "caller";
  return record.calleeId === me ? "callee" : "other";
}

const LOOKS = 12;
const LOOK_EVERY_MS = 1500;

/** The record once the call is final in it: the room's end may be known here a moment earlier than there. */
function useFinalRecord(client: VoiceClient, callId: string) {
  const [record, setRecord] = useState<SessionDetail | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isLooking, setLooking] = useState(true);
  useEffect(() => {
    const stop = new AbortController();
    follow(client, callId, setRecord, stop.signal)
      .catch((error) => {
        if (!stop.signal.aborted) setProblem(problemOf(error));
      })
      .finally(() => setLooking(false));
    return () => stop.abort();
  }, [client, callId]);
  return { record, problem, isLooking };
}

async function follow(
  client: VoiceClient,
  callId: string,
  onRecord: (record: SessionDetail) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let look = 0; look < LOOKS && !signal.aborted; look += 1) {
    const record = await client.sessions.get({ callId }, { signal });
    onRecord(record);
    if (isWhole(record)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Nothing more is expected: it has ended, and what was recorded is there. */
function isWhole(record: SessionDetail): boolean {
  return record.endedAt !== null && (!expectsRecording(record) || record.recordingUrl !== null);
}

function expectsRecording(record: SessionDetail): boolean {
  return record.recordingUrl !== null || (record.recordingEnabled && record.connectedAt !== null);
}
