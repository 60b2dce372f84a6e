// What the contract says of operations that docs/openapi.json does not have yet. As soon as it has one, its types are
// made from there and the block here is ignored. Blocks are separated by empty lines.

export type PlannedVoice = "alloy" | "echo" | "fable" | "onyx" | "nova" | "shimmer";

export type PlannedAgentStatus = "pending" | "active" | "disconnected";

export interface CreateTokenRequest {
  roomName?: string | null;
  participantName?: string | null;
  roomType?: "support" | "user-to-user" | "conference";
  spawnAiAgent?: boolean;
}

export interface CreateTokenResponse {
  token: string;
  roomName: string;
  participantName: string;
  livekitHost: string;
  agentSpawned: boolean;
  callId: string;
}

export interface SpawnAgentRequest {
  roomName: string;
  systemPrompt?: string | null;
  voice?: PlannedVoice;
}

export interface SpawnAgentResponse {
  success: boolean;
  message: string;
  session: {
    roomName: string;
    agentIdentity: string;
    status: PlannedAgentStatus;
    createdAt: string;
    token: string;
    serverUrl: string;
  };
}

export interface GetAgentQuery {
  roomName?: string;
  listAll?: boolean;
  limit?: number;
  offset?: number;
}

export interface GetAgentResponse {
  success: boolean;
}

export interface UpdateAgentRequest {
  roomName: string;
  status: PlannedAgentStatus;
}

export interface UpdateAgentResponse {
  success: boolean;
  message: string;
}

export interface RemoveAgentQuery {
  roomName: string;
}

export interface RemoveAgentResponse {
  success: boolean;
  message: string;
}

export interface StartRealtimeRequest {
  roomName: string;
  model?: string | null;
}

export interface StartRealtimeResponse {
  success: boolean;
  roomName: string;
  model: string;
  agentIdentity: string;
  configuration: Record<string, unknown>;
  livekit: { serverUrl: string; roomName: string };
}

export interface GetRealtimeQuery {
  roomName: string;
}

export interface GetRealtimeResponse {
  success: boolean;
  roomName: string;
  callStatus: string;
  agentStatus: PlannedAgentStatus | null;
  agentAvailable: boolean;
  duration: number;
  connectedAt: string | null;
  metadata: Record<string, unknown>;
}

export interface EndRealtimeQuery {
  roomName: string;
}

export interface EndRealtimeResponse {
  success: boolean;
  message: string;
  duration: number;
}

export interface StartRecordingRequest {
  roomName: string;
  outputPath?: string | null;
  fileType?: "mp4" | "ogg";
}

export interface StartRecordingResponse {
  success: boolean;
  message: string;
  recording: { egressId: string; roomName: string; startedAt: string; status: string };
}

export interface GetRecordingQuery {
  roomName?: string;
  egressId?: string;
  listAll?: boolean;
  limit?: number;
  offset?: number;
}

export interface GetRecordingResponse {
  success: boolean;
}

export interface StopRecordingQuery {
  roomName: string;
}

export interface StopRecordingResponse {
  success: boolean;
  message: string;
  recordingUrl: string | null;
}

export interface UpdateRecordingRequest {
  roomName: string;
  transcript?: string | null;
  recordingUrl?: string | null;
}

export interface UpdateRecordingResponse {
  success: boolean;
  message: string;
}
