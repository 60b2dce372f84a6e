import type { ReactNode } from "react";
import type { VoiceClient } from "voice-client";
import { LiveCallsContext, useFollowedCalls } from "./live_calls.ts";

/** Follows the live calls for all that is in it, whichever view is open. */
export function LiveCalls({ client, children }: { client: VoiceClient; children: ReactNode }) {
  return <LiveCallsContext value={useFollowedCalls(client)}>{children}</LiveCallsContext>;
}
