import { useAudioPlayback, useRoomContext } from "@livekit/components-react";
import { Button } from "../ui/controls.tsx";

/** Browsers play nothing on a page that nobody has touched, as after it was loaded again. */
export function SoundGate() {
  const room = useRoomContext();
  const { canPlayAudio, startAudio } = useAudioPlayback(room);
  if (canPlayAudio) return null;
  return (
    <Button tone="primary" onClick={() => startAudio()}>
      Turn the sound on
    </Button>
  );
}
