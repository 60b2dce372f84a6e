/** The waveform that lies beside a recording, since the file itself may lie where a page can only play it. */
import { useQuery } from "@tanstack/react-query";
import type { RecordingStatus, SessionDetail, VoiceClient } from "voice-client";

export interface Peaks {
  /** One list a channel, from -1 to 1. */
  peaks: number[][];
  /** Seconds. */
  duration: number;
}

/** undefined: not known yet; null: there are none. */
export function usePeaks(client: VoiceClient, call: SessionDetail): Peaks | null | undefined {
  const path = call.recordingUrl === null ? null : pathOf(call.recordingUrl);
  const { data } = useQuery({
    queryKey: ["peaks", path],
    enabled: path !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => read(client, call.roomName, path ?? "", signal).catch(() => null),
  });
  return data;
}

async function read(client: VoiceClient, roomName: string, path: string, signal: AbortSignal): Promise<Peaks | null> {
  const found = (await client.recordings.get({ roomName }, { signal })) as RecordingStatus;
  const ours = found.recordings.find((one) => one.recordingUrl !== null && pathOf(one.recordingUrl) === path);
  if (!ours?.peaksUrl || !ours.durationMs) return null;
  const response = await fetch(ours.peaksUrl, { signal });
  return response.ok ? peaksOf((await response.json()) as Drawn, ours.durationMs) : null;
}

/** As audiowaveform writes it: the lowest and the highest sample of each pixel, channel by channel. */
export interface Drawn {
  bits: number;
  channels?: number;
  data: number[];
}

/** Pure. */
export function peaksOf({ bits, channels = 1, data }: Drawn, durationMs: number): Peaks {
  const most = 2 ** (bits - 1);
  const peaks = Array.from({ length: channels }, () => [] as number[]);
  data.forEach((sample, index) => {
    peaks[Math.floor(index / 2) % channels]?.push(sample / most);
  });
  return { peaks, duration: durationMs / 1000 };
}

export function pathOf(url: string): string {
  return url.split("?")[0] ?? url;
}
