/** The microphone before a call: which there are, and how loud it is. The choice outlives the page. */
import { inBrowser } from "../session/storage.ts";

const KEY = "voice.microphone";

export interface Device {
  id: string;
  label: string;
}

export function chosenDevice(): string | undefined {
  return inBrowser.get(KEY) ?? undefined;
}

export function chooseDevice(id: string): void {
  inBrowser.set(KEY, id);
}

/** None where the browser does not tell: then its own choice is what there is. */
export async function devices(): Promise<Device[]> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return all
    .filter((device) => device.kind === "audioinput" && device.deviceId !== "")
    .map((device, index) => ({ id: device.deviceId, label: device.label || `Microphone ${index + 1}` }));
}

/** Raises what getUserMedia raises; a device that is gone is replaced by the browser's own choice. */
export async function listen(deviceId: string | undefined): Promise<MediaStream> {
  return await navigator.mediaDevices.getUserMedia({ audio: deviceId ? { deviceId: { ideal: deviceId } } : true });
}

/**
 * Calls `onLevel` with the loudness, 0 to 1, at each frame of the screen; the answer stops it. Null where the browser
 * does not let the page hear: that says nothing of the microphone.
 */
export function meter(stream: MediaStream, onLevel: (level: number) => void): (() => void) | null {
  try {
    return metering(new AudioContext(), stream, onLevel);
  } catch {
    return null;
  }
}

function metering(context: AudioContext, stream: MediaStream, onLevel: (level: number) => void): () => void {
  // It may be kept waiting for somebody to touch the page, who has: the check was begun by a button.
  if (context.state === "suspended") context.resume().catch(() => {});
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  let frame = requestAnimationFrame(function look() {
    analyser.getFloatTimeDomainData(samples);
    // Falls slowly, so that it can be read.
    level = Math.max(loudness(samples), level * 0.92);
    onLevel(level);
    frame = requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(frame);
    context.close().catch(() => {});
  };
}

const QUIETEST_DB = -60;

/** -60 dB and less is 0, full scale 1. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
}
