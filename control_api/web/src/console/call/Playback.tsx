import { useEffect, useRef, useState } from "react";
import {
  type Place,
  placeInRecording,
  type SessionDetail,
  type TranscriptSegment,
  type VoiceClient,
} from "voice-client";
import WaveSurfer from "wavesurfer.js";
import { ASSISTANT } from "../../app/Transcript.tsx";
import { styleNonce } from "../../session/config.ts";
import { Button } from "../../ui/controls.tsx";
import { Icon } from "../../ui/icons.tsx";
import { clock } from "../../words/times.ts";
import { Panel } from "../parts.tsx";
import { type Peaks, pathOf, usePeaks } from "./peaks.ts";

/** What was said beside how it sounded: a click on words plays them. */
export function Playback({ call, me, client }: { call: SessionDetail; me: string; client: VoiceClient }) {
  const peaks = usePeaks(client, call);
  const segments = call.transcriptSegments;
  const [positionMs, setPosition] = useState(0);
  const [durationMs, setDuration] = useState<number>();
  const player = useRef<WaveSurfer | null>(null);
  const playFrom = (ms: number) => {
    player.current?.setTime(ms / 1000);
    player.current?.play().catch(() => {});
  };
  const placed = segments.map((segment) => ({
    segment,
    place: call.recordingUrl === null ? null : placeInRecording(call, segment, durationMs),
  }));
  if (segments.length === 0 && call.recordingUrl === null) return null;
  return (
    <Panel title="What was said">
      {call.recordingUrl && peaks !== undefined && (
        <Waveform
          key={pathOf(call.recordingUrl)}
          url={call.recordingUrl}
          peaks={peaks}
          player={player}
          onPosition={setPosition}
          onDuration={setDuration}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <ol className="grid max-h-96 gap-1 overflow-y-auto" aria-label="Words" tabIndex={0}>
        {placed.map(({ segment, place }) => (
          <li key={segment.segmentId}>
            <Words
              segment={segment}
              name={nameOf(segment.speaker, call, me)}
              isPlaying={place !== null && isWithin(place, positionMs)}
              onPlay={place === null ? undefined : () => playFrom(place.startMs)}
            />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

interface WordsProps {
  segment: TranscriptSegment;
  name: string;
  isPlaying: boolean;
  onPlay: (() => void) | undefined;
}

function Words({ segment, name, isPlaying, onPlay }: WordsProps) {
  const content = (
    <>
      <span className="w-12 shrink-0 text-right text-xs leading-5 text-muted tabular-nums">
        {clock(segment.startMs / 1000)}
      </span>
      <bdi className="w-24 shrink-0 truncate text-muted">{name}</bdi>
      <span dir="auto" className="min-w-0 flex-1 text-start wrap-anywhere">
        {segment.text}
      </span>
    </>
  );
  const look = `flex w-full gap-3 rounded-lg px-2 py-1.5 text-left text-sm ${isPlaying ? "bg-accent-soft" : ""}`;
  if (onPlay === undefined) return <div className={look}>{content}</div>;
  return (
    <button type="button" onClick={onPlay} className={`${look} hover:bg-sunken`}>
      {content}
    </button>
  );
}

/** A line: with peaks of any kind, WaveSurfer leaves the file to a plain media element. */
const NO_PICTURE = { peaks: [[0, 0]] };

interface WaveformProps {
  url: string;
  /** null: the sound has no picture. The file is never read for one: a bucket lets a page play it, and read it only
   * where somebody has configured CORS there. */
  peaks: Peaks | null;
  player: { current: WaveSurfer | null };
  onPosition: (ms: number) => void;
  onDuration: (ms: number) => void;
}

function Waveform({ url, peaks, player, onPosition, onDuration }: WaveformProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a fresh signature of the same file is no reason to load it again
  useEffect(() => {
    if (place.current === null) return;
    const surfer = WaveSurfer.create({
      container: place.current,
      url,
      ...(peaks ?? NO_PICTURE),
      barMinHeight: 1,
      height: 72,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      waveColor: colour("--line"),
      progressColor: colour("--orb-core"),
      cursorColor: colour("--accent"),
      cspNonce: styleNonce(),
    });
    surfer.on("play", () => setPlaying(true));
    surfer.on("pause", () => setPlaying(false));
    surfer.on("timeupdate", (seconds) => onPosition(seconds * 1000));
    surfer.on("ready", (seconds) => onDuration(seconds * 1000));
    surfer.on("error", () => setBroken(true));
    player.current = surfer;
    return () => {
      player.current = null;
      surfer.destroy();
    };
  }, []);

  if (isBroken) return <p className="mb-4 text-sm text-muted">The recording cannot be played here.</p>;
  return (
    <div className="mb-4 flex items-center gap-4">
      <Button
        tone="primary"
        className="size-12 shrink-0 rounded-full px-0"
        aria-label={isPlaying ? "Pause" : "Play the recording"}
        onClick={() => player.current?.playPause().catch(() => {})}
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </Button>
      <div ref={place} className="min-w-0 flex-1" />
    </div>
  );
}

function isWithin({ startMs, endMs }: Place, ms: number): boolean {
  return ms >= startMs && ms < endMs;
}

function nameOf(speaker: string, call: SessionDetail, me: string): string {
  if (speaker === "agent") return ASSISTANT;
  if (speaker === me) return "You";
  return speaker === call.callerId ? call.callerName : speaker;
}

/** The waveform is drawn on a canvas, which knows no variables. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
