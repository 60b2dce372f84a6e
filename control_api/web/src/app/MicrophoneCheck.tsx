import { useEffect, useRef, useState } from "react";
import { Button, Select } from "../ui/controls.tsx";
import { Icon } from "../ui/icons.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { microphoneProblem, type Problem } from "../words/problems.ts";
import { chooseDevice, chosenDevice, type Device, devices, listen, meter } from "./microphone.ts";

/** Says whether one is heard before anybody else has to: a level, and the choice of another device. */
export function MicrophoneCheck() {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [found, setFound] = useState<Device[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function start(deviceId: string | undefined) {
    try {
      setStream(await listen(deviceId));
      setFound(await devices());
      setProblem(null);
    } catch (error) {
      setProblem(microphoneProblem(error));
    }
  }

  useEffect(() => () => stop(stream), [stream]);

  if (stream === null) {
    return (
      <div className="space-y-3">
        <Button className="w-full" onClick={() => start(chosenDevice())}>
          <Icon name="mic" /> Check your microphone
        </Button>
        {problem && <ProblemNotice problem={problem} />}
      </div>
    );
  }
  return (
    <div className="space-y-4">
      <Level stream={stream} />
      {found.length > 0 && (
        <Select
          label="Microphone"
          value={deviceOf(stream)}
          onChange={(event) => {
            chooseDevice(event.target.value);
            void start(event.target.value);
          }}
        >
          {found.map((device) => (
            <option key={device.id} value={device.id}>
              {device.label}
            </option>
          ))}
        </Select>
      )}
      {problem && <ProblemNotice problem={problem} />}
    </div>
  );
}

const HEARD = 0.35;

function Level({ stream }: { stream: MediaStream }) {
  const bar = useRef<HTMLDivElement>(null);
  const [isHeard, setHeard] = useState(false);
  const [hasLevel, setHasLevel] = useState(true);
  useEffect(() => {
    const stop = meter(stream, (level) => {
      if (bar.current) bar.current.style.scale = `${level} 1`;
      if (level > HEARD) setHeard(true);
    });
    setHasLevel(stop !== null);
    return stop ?? undefined;
  }, [stream]);
  if (!hasLevel) {
    return (
      <p role="status" className="text-sm text-muted">
        The microphone is open. This browser does not show how loud it is.
      </p>
    );
  }
  return (
    <div>
      <div className="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <div ref={bar} className="h-full origin-left scale-x-0 rounded-full bg-accent" />
      </div>
      <p role="status" className="mt-2 text-sm text-muted">
        {isHeard ? "You can be heard." : "Say something …"}
      </p>
    </div>
  );
}

function deviceOf(stream: MediaStream): string | undefined {
  return stream.getAudioTracks()[0]?.getSettings().deviceId;
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
