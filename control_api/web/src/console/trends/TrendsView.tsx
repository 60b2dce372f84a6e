import type { VoiceClient } from "voice-client";
import { Panel } from "../parts.tsx";

export default function TrendsView(_: { client: VoiceClient }) {
  return <Panel title="Trends">…</Panel>;
}
