import { useRemoteParticipants } from "@livekit/components-react";
import { type RemoteAudioTrack, type RemoteParticipant, RoomEvent, Track } from "livekit-client";
import { type AgentState, agentStateOf } from "./status.ts";
import { assistantAmong } from "./who.ts";

export interface Agent {
  state: AgentState;
  track: RemoteAudioTrack | undefined;
}

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
];

/** The AI agent that is in the room. */
export function useAgent(): Agent | undefined {
  const agent = assistantAmong(useRemoteParticipants({ updateOnlyOn: CHANGES }));
  return agent && { state: agentStateOf(agent.attributes["lk.agent.state"]), track: voiceOf(agent) };
}

function voiceOf(participant: RemoteParticipant): RemoteAudioTrack | undefined {
  return participant.getTrackPublication(Track.Source.Microphone)?.audioTrack as RemoteAudioTrack | undefined;
}
