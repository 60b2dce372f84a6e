/** Sounds made here, of two tones: no file to load. A page that nobody has touched yet may be kept silent by the browser. */
export interface Rhythm {
  /** Of both tones. */
  hertz: [number, number];
  /** Each beat sounds for so long, at these moments of a period. */
  beatMs: number;
  beatsAtMs: number[];
  periodMs: number;
}

/** At the one who is called. */
export const RING: Rhythm = { hertz: [523, 659], beatMs: 320, beatsAtMs: [0, 420], periodMs: 2600 };
/** At the one who waits for an answer. */
export const RING_BACK: Rhythm = { hertz: [440, 480], beatMs: 1000, beatsAtMs: [0], periodMs: 4000 };

const LOUDNESS = 0.08;
const EDGE_S = 0.03;

/** Sounds until the answer is called. A browser that refuses costs the sound, and nothing else. */
export function play(rhythm: Rhythm): () => void {
  try {
    return sounding(rhythm);
  } catch {
    return () => {};
  }
}

function sounding(rhythm: Rhythm): () => void {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  for (const hertz of rhythm.hertz) {
    const tone = new OscillatorNode(context, { frequency: hertz });
    tone.connect(gain);
    tone.start();
  }
  const beat = () => {
    for (const atMs of rhythm.beatsAtMs) sound(gain, context.currentTime + atMs / 1000, rhythm.beatMs / 1000);
  };
  beat();
  const timer = setInterval(beat, rhythm.periodMs);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}

/** Rises and falls within a moment, so that it does not click. */
function sound({ gain }: GainNode, beginS: number, lengthS: number): void {
  gain.setValueAtTime(0, beginS);
  gain.linearRampToValueAtTime(LOUDNESS, beginS + EDGE_S);
  gain.setValueAtTime(LOUDNESS, beginS + lengthS - EDGE_S);
  gain.linearRampToValueAtTime(0, beginS + lengthS);
}
