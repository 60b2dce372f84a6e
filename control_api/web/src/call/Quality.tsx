import { useConnectionQualityIndicator, useLocalParticipant } from "@livekit/components-react";
import { ConnectionQuality } from "livekit-client";

const WORDS: Record<ConnectionQuality, { bars: number; text: string }> = {
  [ConnectionQuality.Excellent]: { bars: 3, text: "Connection is good" },
  [ConnectionQuality.Good]: { bars: 2, text: "Connection is fair" },
  [ConnectionQuality.Poor]: { bars: 1, text: "Connection is poor" },
  [ConnectionQuality.Lost]: { bars: 0, text: "Connection is lost" },
  [ConnectionQuality.Unknown]: { bars: 0, text: "Connection is being measured" },
};
const HEIGHTS = ["h-1.5", "h-2.5", "h-3.5"];

export function Quality() {
  const { localParticipant } = useLocalParticipant();
  const { quality } = useConnectionQualityIndicator({ participant: localParticipant });
  const { bars, text } = WORDS[quality];
  return (
    <span role="img" aria-label={text} title={text} className="flex items-end gap-0.5">
      {HEIGHTS.map((height, index) => (
        <span key={height} className={`w-1 rounded-full ${height} ${index < bars ? "bg-accent" : "bg-line"}`} />
      ))}
    </span>
  );
}
