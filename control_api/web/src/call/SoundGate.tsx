import { useAudioPlayback, useRoomContext } from "@livekit/components-react";
import { useState } from "react";
import { Button } from "../ui/controls.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";

const REFUSED = {
  title: "The browser plays no sound",
  advice: "Allow sound for this page in the browser (the icon beside the address), then try again.",
};

/** Browsers play nothing on a page that nobody has touched, as after it was loaded again. */
export function SoundGate() {
  const room = useRoomContext();
  const { canPlayAudio, startAudio } = useAudioPlayback(room);
  const [isRefused, setRefused] = useState(false);
  if (canPlayAudio) return null;
  const start = () =>
    startAudio().then(
      () => setRefused(false),
      () => setRefused(true),
    );
  return (
    <>
      {isRefused && <ProblemNotice problem={REFUSED} />}
      <Button tone="primary" onClick={start}>
        Turn the sound on
      </Button>
    </>
  );
}
