import type * as voice from "./voice.js";

/** Milliseconds in a file. */
export interface Place {
  startMs: number;
  endMs: number;
}

/**
 * Where words are in the file at the session's `recordingUrl`; null when they are not in it. `durationMs` of the file:
 * what a player says once it knows; without it only what was said before the recording began is not in it.
 */
export function placeInRecording(
  session: Pick<voice.SessionDetail, "recordingStartOffsetMs">,
  segment: Pick<voice.TranscriptSegment, "startMs" | "endMs">,
  durationMs = Number.POSITIVE_INFINITY,
): Place | null {
  const beginsMs = session.recordingStartOffsetMs ?? 0;
  const [startMs, endMs] = [segment.startMs - beginsMs, segment.endMs - beginsMs];
  return endMs > 0 && startMs < durationMs ? { startMs: Math.max(startMs, 0), endMs } : null;
}
