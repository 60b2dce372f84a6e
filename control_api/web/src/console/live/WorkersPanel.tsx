import type { VoiceClient } from "voice-client";
import { Panel } from "../parts.tsx";
import type { LiveCall } from "./live_calls.ts";

export function WorkersPanel({ calls }: { client: VoiceClient; calls: LiveCall[] }) {
  return (
    <Panel title="Workers">
      <p className="text-sm text-muted">{calls.length}</p>
    </Panel>
  );
}
