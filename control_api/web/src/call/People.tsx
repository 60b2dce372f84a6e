import type { Participant } from "livekit-client";
import { ASSISTANT } from "../app/Transcript.tsx";
import { Icon } from "../ui/icons.tsx";
import { isHeard } from "./who.ts";

export function People({ participants }: { participants: Participant[] }) {
  return (
    <ul aria-label="In this call" className="flex flex-wrap justify-center gap-2">
      {participants.map((participant) => (
        <Person key={participant.identity} participant={participant} />
      ))}
    </ul>
  );
}

function Person({ participant }: { participant: Participant }) {
  const isMuted = !isHeard(participant.trackPublications.values());
  const icon = participant.isAgent ? "spark" : isMuted ? "micOff" : "mic";
  return (
    <li
      className={`flex items-center gap-2 rounded-full border py-1.5 pr-3.5 pl-2.5 text-sm transition-colors ${
        participant.isSpeaking ? "border-accent bg-accent-soft" : "border-line bg-surface"
      }`}
    >
      <Icon name={icon} className="size-4 text-muted" />
      <bdi className="max-w-40 truncate">{nameOf(participant)}</bdi>
      {isMuted && !participant.isAgent && <span className="sr-only">muted</span>}
      {participant.isSpeaking && <span className="sr-only">is speaking</span>}
    </li>
  );
}

export function nameOf(participant: Participant): string {
  if (participant.isAgent) return ASSISTANT;
  return participant.isLocal ? "You" : participant.name || participant.identity;
}
