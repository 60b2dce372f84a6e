// Made from docs/openapi.json (sha256 d0e33ae86b8e2887276e29cc6cfabe2857e742fdb6e4c2e16a5d6e024396b931) by `make reference`; do not edit.

export type AgentDone = components["schemas"]["AgentDone"];
export type AgentFound = components["schemas"]["AgentFound"];
export type AgentGoneEvent = components["schemas"]["AgentGoneEvent"];
export type AgentJoinedEvent = components["schemas"]["AgentJoinedEvent"];
export type AgentLeftEvent = components["schemas"]["AgentLeftEvent"];
export type AgentList = components["schemas"]["AgentList"];
export type AgentLostEvent = components["schemas"]["AgentLostEvent"];
export type AgentSession = components["schemas"]["AgentSession"];
export type AgentSpawned = components["schemas"]["AgentSpawned"];
export type Alive = components["schemas"]["Alive"];
export type AnsweredEvent = components["schemas"]["AnsweredEvent"];
export type CallState = components["schemas"]["CallState"];
export type CallType = components["schemas"]["CallType"];
export type CheckAliveResponse = operations["checkAlive"]["responses"]["200"]["content"]["application/json"];
export type CheckReadyResponse = operations["checkReady"]["responses"]["200"]["content"]["application/json"];
export type ClaimedEvent = components["schemas"]["ClaimedEvent"];
export type Configuration = components["schemas"]["Configuration"];
export type ConnectedEvent = components["schemas"]["ConnectedEvent"];
export type CreateLiveKitTokenRequest = NonNullable<operations["createLiveKitToken"]["requestBody"]>["content"]["application/json"];
export type CreateLiveKitTokenResponse = operations["createLiveKitToken"]["responses"]["201"]["content"]["application/json"];
export type CreateSession = components["schemas"]["CreateSession"];
export type CreateSessionRequest = NonNullable<operations["createSession"]["requestBody"]>["content"]["application/json"];
export type CreateSessionResponse = operations["createSession"]["responses"]["200"]["content"]["application/json"];
export type CreateToken = components["schemas"]["CreateToken"];
export type CreateTokenRequest = NonNullable<operations["createToken"]["requestBody"]>["content"]["application/json"];
export type CreateTokenResponse = operations["createToken"]["responses"]["200"]["content"]["application/json"];
export type CreatedEvent = components["schemas"]["CreatedEvent"];
export type CreatedSession = components["schemas"]["CreatedSession"];
export type DispatchedEvent = components["schemas"]["DispatchedEvent"];
export type EndRealtimeQuery = NonNullable<operations["endRealtime"]["parameters"]["query"]>;
export type EndRealtimeResponse = operations["endRealtime"]["responses"]["200"]["content"]["application/json"];
export type EndReason = components["schemas"]["EndReason"];
export type EndSessionQuery = NonNullable<operations["endSession"]["parameters"]["query"]>;
export type EndSessionResponse = operations["endSession"]["responses"]["200"]["content"]["application/json"];
export type EndedEvent = components["schemas"]["EndedEvent"];
export type EraseUser = components["schemas"]["EraseUser"];
export type EraseUserRequest = NonNullable<operations["eraseUser"]["requestBody"]>["content"]["application/json"];
export type EraseUserResponse = operations["eraseUser"]["responses"]["200"]["content"]["application/json"];
export type ErasureReceipt = components["schemas"]["ErasureReceipt"];
export type ErrorBody = components["schemas"]["ErrorBody"];
export type ErrorCode = components["schemas"]["ErrorCode"];
export type ErrorDetails = components["schemas"]["ErrorDetails"];
export type FailoverEvent = components["schemas"]["FailoverEvent"];
export type FollowEventsQuery = NonNullable<operations["followEvents"]["parameters"]["query"]>;
export type GetAgentQuery = NonNullable<operations["getAgent"]["parameters"]["query"]>;
export type GetAgentResponse = operations["getAgent"]["responses"]["200"]["content"]["application/json"];
export type GetErasureQuery = NonNullable<operations["getErasure"]["parameters"]["query"]>;
export type GetErasureResponse = operations["getErasure"]["responses"]["200"]["content"]["application/json"];
export type GetRealtimeQuery = NonNullable<operations["getRealtime"]["parameters"]["query"]>;
export type GetRealtimeResponse = operations["getRealtime"]["responses"]["200"]["content"]["application/json"];
export type GetRecordingQuery = NonNullable<operations["getRecording"]["parameters"]["query"]>;
export type GetRecordingResponse = operations["getRecording"]["responses"]["200"]["content"]["application/json"];
export type GetSessionQuery = NonNullable<operations["getSession"]["parameters"]["query"]>;
export type GetSessionResponse = operations["getSession"]["responses"]["200"]["content"]["application/json"];
export type GetStatsQuery = NonNullable<operations["getStats"]["parameters"]["query"]>;
export type GetStatsResponse = operations["getStats"]["responses"]["200"]["content"]["application/json"];
export type GetTranscriptQuery = NonNullable<operations["getTranscript"]["parameters"]["query"]>;
export type GetTranscriptResponse = operations["getTranscript"]["responses"]["200"]["content"]["application/json"];
export type GoneWhy = components["schemas"]["GoneWhy"];
export type HappenedEvent = components["schemas"]["HappenedEvent"];
export type HappenedKind = components["schemas"]["HappenedKind"];
export type InputTranscription = components["schemas"]["InputTranscription"];
export type ListWorkersResponse = operations["listWorkers"]["responses"]["200"]["content"]["application/json"];
export type LiveKitTokenCreated = components["schemas"]["LiveKitTokenCreated"];
export type LiveKitTokenRequest = components["schemas"]["LiveKitTokenRequest"];
export type MediaServer = components["schemas"]["MediaServer"];
export type ParticipantJoinedEvent = components["schemas"]["ParticipantJoinedEvent"];
export type ParticipantLeftEvent = components["schemas"]["ParticipantLeftEvent"];
export type RateLimitedBody = components["schemas"]["RateLimitedBody"];
export type Ready = components["schemas"]["Ready"];
export type RealtimeEnded = components["schemas"]["RealtimeEnded"];
export type RealtimeStarted = components["schemas"]["RealtimeStarted"];
export type RealtimeStatus = components["schemas"]["RealtimeStatus"];
export type ReceiveWebhookRequest = NonNullable<operations["receiveWebhook"]["requestBody"]>["content"]["application/webhook+json"];
export type ReceiveWebhookResponse = operations["receiveWebhook"]["responses"]["200"]["content"]["application/json"];
export type RecordingConsentEvent = components["schemas"]["RecordingConsentEvent"];
export type RecordingDetail = components["schemas"]["RecordingDetail"];
export type RecordingList = components["schemas"]["RecordingList"];
export type RecordingMovedEvent = components["schemas"]["RecordingMovedEvent"];
export type RecordingStarted = components["schemas"]["RecordingStarted"];
export type RecordingState = components["schemas"]["RecordingState"];
export type RecordingStatus = components["schemas"]["RecordingStatus"];
export type RecordingStopped = components["schemas"]["RecordingStopped"];
export type RecordingUpdated = components["schemas"]["RecordingUpdated"];
export type RecordingUrl = components["schemas"]["RecordingUrl"];
export type RecordingView = components["schemas"]["RecordingView"];
export type RemoveAgentQuery = NonNullable<operations["removeAgent"]["parameters"]["query"]>;
export type RemoveAgentResponse = operations["removeAgent"]["responses"]["200"]["content"]["application/json"];
export type RingingEvent = components["schemas"]["RingingEvent"];
export type RoomLostEvent = components["schemas"]["RoomLostEvent"];
export type SegmentEvent = components["schemas"]["SegmentEvent"];
export type SessionCreated = components["schemas"]["SessionCreated"];
export type SessionDetail = components["schemas"]["SessionDetail"];
export type SessionEnded = components["schemas"]["SessionEnded"];
export type SessionFound = components["schemas"]["SessionFound"];
export type SessionItem = components["schemas"]["SessionItem"];
export type SessionList = components["schemas"]["SessionList"];
export type SessionUpdated = components["schemas"]["SessionUpdated"];
export type SpawnAgent = components["schemas"]["SpawnAgent"];
export type SpawnAgentRequest = NonNullable<operations["spawnAgent"]["requestBody"]>["content"]["application/json"];
export type SpawnAgentResponse = operations["spawnAgent"]["responses"]["200"]["content"]["application/json"];
export type SpawnedAgent = components["schemas"]["SpawnedAgent"];
export type StartRealtime = components["schemas"]["StartRealtime"];
export type StartRealtimeRequest = NonNullable<operations["startRealtime"]["requestBody"]>["content"]["application/json"];
export type StartRealtimeResponse = operations["startRealtime"]["responses"]["200"]["content"]["application/json"];
export type StartRecording = components["schemas"]["StartRecording"];
export type StartRecordingRequest = NonNullable<operations["startRecording"]["requestBody"]>["content"]["application/json"];
export type StartRecordingResponse = operations["startRecording"]["responses"]["200"]["content"]["application/json"];
export type Stats = components["schemas"]["Stats"];
export type StatsOfTime = components["schemas"]["StatsOfTime"];
export type StopRecordingQuery = NonNullable<operations["stopRecording"]["parameters"]["query"]>;
export type StopRecordingResponse = operations["stopRecording"]["responses"]["200"]["content"]["application/json"];
export type StreamBye = components["schemas"]["StreamBye"];
export type StreamEvent = components["schemas"]["StreamEvent"];
export type StreamReady = components["schemas"]["StreamReady"];
export type TimelineEvent = components["schemas"]["TimelineEvent"];
export type TokenCreated = components["schemas"]["TokenCreated"];
export type TokensSpent = components["schemas"]["TokensSpent"];
export type Transcript = components["schemas"]["Transcript"];
export type TranscriptClock = components["schemas"]["TranscriptClock"];
export type TranscriptFormat = components["schemas"]["TranscriptFormat"];
export type TranscriptSegment = components["schemas"]["TranscriptSegment"];
export type TurnDetection = components["schemas"]["TurnDetection"];
export type TurnEvent = components["schemas"]["TurnEvent"];
export type UnauthorizedBody = components["schemas"]["UnauthorizedBody"];
export type UpdateAgent = components["schemas"]["UpdateAgent"];
export type UpdateAgentRequest = NonNullable<operations["updateAgent"]["requestBody"]>["content"]["application/json"];
export type UpdateAgentResponse = operations["updateAgent"]["responses"]["200"]["content"]["application/json"];
export type UpdateRecording = components["schemas"]["UpdateRecording"];
export type UpdateRecordingRequest = NonNullable<operations["updateRecording"]["requestBody"]>["content"]["application/json"];
export type UpdateRecordingResponse = operations["updateRecording"]["responses"]["200"]["content"]["application/json"];
export type UpdateSession = components["schemas"]["UpdateSession"];
export type UpdateSessionRequest = NonNullable<operations["updateSession"]["requestBody"]>["content"]["application/json"];
export type UpdateSessionResponse = operations["updateSession"]["responses"]["200"]["content"]["application/json"];
export type UsageEvent = components["schemas"]["UsageEvent"];
export type UserErased = components["schemas"]["UserErased"];
export type WebhookPayload = components["schemas"]["WebhookPayload"];
export type WebhookReceived = components["schemas"]["WebhookReceived"];
export type WorkerItem = components["schemas"]["WorkerItem"];
export type WorkerList = components["schemas"]["WorkerList"];
export type Workers = components["schemas"]["Workers"];

export type PlannedVoice = "alloy" | "echo" | "fable" | "onyx" | "nova" | "shimmer";

export type PlannedAgentStatus = "pending" | "active" | "disconnected";

export interface paths {
    "/api/voice/agent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the status of a call's agent or list active agents
         * @description With `roomName`: the agent of that call. With `listAll`: active agents, for admins everybody's.
         */
        get: operations["getAgent"];
        put?: never;
        /**
         * Spawn an AI agent in a running call
         * @description The agent that is there already is answered as it is.
         */
        post: operations["spawnAgent"];
        /** Remove the agent from a call */
        delete: operations["removeAgent"];
        options?: never;
        head?: never;
        /**
         * Update the status of a call's agent
         * @description `disconnected` removes the agent, `pending` brings one, `active` succeeds only if it is true.
         */
        patch: operations["updateAgent"];
        trace?: never;
    };
    "/api/voice/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the receipt of an erasure
         * @description Addition, for admins.
         */
        get: operations["getErasure"];
        put?: never;
        /**
         * Erase what is kept of a user
         * @description Addition, for admins. Recordings of their calls, their words and their name are deleted; the rows of the calls stay, without them. Refused while they have an open call. Files go from the store behind the answer; `GET` with the receipt's id says when the last is gone.
         */
        post: operations["eraseUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens in calls
         * @description A stream of server-sent events (`text/event-stream`) that lasts for at most five minutes, and not
         *     longer than the sign-in that it began with; then it is opened again with the id of the last event as `Last-Event-ID`,
         *     and goes on without a gap or a repeat.
         *
         *     - `event: ready` comes first. Its id is where the stream begins; `isResumed` false means that nothing before it will
         *       come: read what you show (`GET /api/voice/session`) after it.
         *     - An event without a name is one line of a call's log, as `StreamEvent`. At a callee it rings with `ringing`, until
         *       `answered` (on whichever of their devices) or `ended`.
         *     - `event: workers`, to admins who follow all calls: something has changed of `GET /api/voice/workers`. It has no id,
         *       and none is sent for what changed before the stream.
         *     - `event: bye` comes last: `expired`, `slow` (you did not read fast enough), `shutdown`. Come back.
         *     - A comment line every 15 seconds says that the connection lives.
         *
         *     A stream counts once, as a read.
         */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/realtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the Realtime session's status */
        get: operations["getRealtime"];
        put?: never;
        /**
         * Initialize the Realtime session of a call's agent
         * @description What the model session runs with, in the names of the contract; another `model` changes it.
         */
        post: operations["startRealtime"];
        /** End the Realtime session */
        delete: operations["endRealtime"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get recordings of a call or list active ones
         * @description With `roomName`: the recordings of that call. With `egressId` too: the address of that one. With `listAll`: what is being recorded, for admins.
         */
        get: operations["getRecording"];
        put?: never;
        /** Start recording a call */
        post: operations["startRecording"];
        /** Stop recording a call */
        delete: operations["stopRecording"];
        options?: never;
        head?: never;
        /** Update what is noted of a call's recording */
        patch: operations["updateRecording"];
        trace?: never;
    };
    "/api/voice/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get session details or list the user's sessions
         * @description With `roomName` or `callId`: that one call. Without: the calls of the user, newest first; with `listAll`, for admins, everybody's.
         */
        get: operations["getSession"];
        put?: never;
        /** Start a new voice call session */
        post: operations["createSession"];
        /** End a voice call session */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        /** Update session status or metadata */
        patch: operations["updateSession"];
        trace?: never;
    };
    "/api/voice/session/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the transcript of a call
         * @description Addition. A line that somebody spoke into ends where it was heard last, and is marked.
         */
        get: operations["getTranscript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get rates and latency over time
         * @description Addition, for admins.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate a LiveKit token
         * @description For the active call in that room; where there is none, one is made. Without a room: for the user's own call that was made so and to which nobody has come yet, or for a new one. The first token of a callee answers.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/token/livekit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate a LiveKit token, for LiveKit's TokenSource
         * @description For the active call in that room; where there is none, one is made. Without a room: for the user's own call that was made so and to which nobody has come yet, or for a new one. The first token of a callee answers.
         */
        post: operations["createLiveKitToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive LiveKit webhook events
         * @description For the media server only. The signature is verified over the raw body; an event is kept before it is answered and applied once, however often and in whatever order it comes.
         */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the worker processes
         * @description Addition, for admins. Those that are connected to this API process, and those that were until a minute ago.
         */
        get: operations["listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this process runs */
        get: operations["checkAlive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether calls can be served */
        get: operations["checkReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AgentDone: {
            message: string;
            /** @default true */
            success: boolean;
        };
        AgentFound: {
            available: boolean;
            /** @description Null for a call without an agent. */
            session: components["schemas"]["AgentSession"] | null;
            /** @default true */
            success: boolean;
        };
        /** @description From here the call goes on without this agent: it was lost, left or was removed. */
        AgentGoneEvent: {
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent_gone";
        };
        /** @description The agent is in the room and its model answers. */
        AgentJoinedEvent: {
            /** @description Milliseconds since it was asked for. */
            afterMs: number | null;
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent_joined";
        };
        /** @description The worker says that its agent has left. */
        AgentLeftEvent: {
            detail: string | null;
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent_left";
            why: components["schemas"]["GoneWhy"];
        };
        AgentList: {
            /** @description On this page. */
            count: number;
            limit: number;
            offset: number;
            sessions: components["schemas"]["AgentSession"][];
            /** @default true */
            success: boolean;
            /** @description On all pages. */
            total: number;
        };
        /** @description The agent never came, or its worker is dead, wedged or does not know of the call any more. */
        AgentLostEvent: {
            /**
             * @description `worker_gone` (its connection closed), `worker_silent` (no heartbeats), `worker_unknown` (not back since
             *     the API was restarted), `not_named` (it does not know of the call), `left_room` or `not_joined`.
             */
            detail: string | null;
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent_lost";
        };
        AgentSession: {
            agentIdentity: string;
            /** Format: uuid */
            callId: string;
            /** Format: date-time */
            createdAt: string;
            roomName: string;
            /** @enum {string} */
            status: "pending" | "active" | "disconnected";
        };
        AgentSpawned: {
            /** @default Agent spawned successfully */
            message: string;
            session: components["schemas"]["SpawnedAgent"];
            /** @default true */
            success: boolean;
        };
        Alive: {
            /**
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /** @description The callee took their first token: at their other devices it rings no more. */
        AnsweredEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "answered";
        };
        /** @enum {string} */
        CallState: "pending" | "ringing" | "connected" | "completed" | "missed" | "failed";
        /** @enum {string} */
        CallType: "support" | "user-to-user" | "conference";
        /** @description A worker took the call. */
        ClaimedEvent: {
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "claimed";
            /** @description For admins only. */
            workerId: string | null;
        };
        /** @description The contract's names are those of an older version of the model's own protocol. */
        Configuration: {
            /** @default pcm16 */
            input_audio_format: string;
            input_audio_transcription: components["schemas"]["InputTranscription"];
            /** @description Empty for whoever is neither the caller nor an admin. */
            instructions: string;
            /**
             * @default [
             *       "text",
             *       "audio"
             *     ]
             */
            modalities: string[];
            /** @default pcm16 */
            output_audio_format: string;
            /**
             * @default {
             *       "type": "server_vad",
             *       "threshold": 0.5,
             *       "prefix_padding_ms": 300,
             *       "silence_duration_ms": 500
             *     }
             */
            turn_detection: components["schemas"]["TurnDetection"];
            /** @enum {string} */
            voice: "alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse";
        };
        /** @description Everybody whom this kind of call needs is there. */
        ConnectedEvent: {
            /** @description Milliseconds since the call was created. */
            afterMs: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "connected";
        };
        /** @description Somebody asked for the call. */
        CreatedEvent: {
            aiEnabled: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "created";
            recordingEnabled: boolean;
            transcriptionEnabled: boolean;
        };
        CreatedSession: {
            agentSpawned: boolean;
            /** @description Null for a call without an agent. */
            agentStatus: ("pending" | "active" | "disconnected") | null;
            /** Format: uuid */
            callId: string;
            callType: components["schemas"]["CallType"];
            /** Format: date-time */
            createdAt: string;
            /**
             * @description The voice that speaks.
             * @enum {string}
             */
            effectiveVoice: "alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse";
            /** @description `busy` for a callee who is in another call: this one was over at once. */
            endReason: components["schemas"]["EndReason"] | null;
            /** @description The address that the browser connects to. */
            livekitHost: string;
            participantName: string;
            /** @description Whether it is recorded once it is connected: it was asked for, and there is a place to keep it. */
            recordingEnabled: boolean;
            roomName: string;
            status: components["schemas"]["CallState"];
            /** @description A LiveKit token to join the room with; empty for a call that was over at once. */
            token: string;
            /**
             * Format: date-time
             * @description After this the token lets nobody in.
             */
            tokenExpiresAt: string;
            /** @description Whether the words are written down. */
            transcriptionEnabled: boolean;
        };
        CreateSession: {
            /** @description Required for user-to-user calls, and for these only; not oneself. */
            calleeId?: string | null;
            /** @default support */
            callType?: components["schemas"]["CallType"];
            /** @description If not given: true for support calls, false for the others. */
            enableAiAgent?: boolean | null;
            /** @default true */
            enableRecording?: boolean;
            /** @description Whether the words of a call between people are written down; as `enableRecording` if not given. */
            enableTranscription?: boolean | null;
            /** @description What the agent says first; empty: it waits. At most 2 KiB of UTF-8. */
            greeting?: string | null;
            /** @description An object of at most 4 KiB of JSON, returned as it is and never sent to the media server. */
            metadata?: {
                [key: string]: unknown;
            };
            /** @description The Realtime model; the service's default if not given. */
            model?: string | null;
            /** @description Who may join a conference; if not given, whoever is signed in and knows its room name. */
            participantIds?: string[] | null;
            /** @description Made by the service if not given. */
            roomName?: string | null;
            /** @description What the agent is told about its task; at most 32 KiB of UTF-8. */
            systemPrompt?: string | null;
            /**
             * @description `effectiveVoice` in the answer says which voice speaks.
             * @default alloy
             * @enum {string}
             */
            voice?: "alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse";
        };
        /** @description What is not given changes nothing in a call that is there. */
        CreateToken: {
            participantName?: string | null;
            roomName?: string | null;
            /** @description Of a call that is made: `support` if not given. For one that is there, another type is refused. */
            roomType?: components["schemas"]["CallType"] | null;
            /** @description Of a call that is made: true if not given. To one that is there, an agent is added when this is true. */
            spawnAiAgent?: boolean | null;
        };
        /** @description A worker was asked to send an agent. */
        DispatchedEvent: {
            /** @description How often this agent has been asked for by now. */
            attempt: number;
            /** @description Which agent of this call, counted from 1. */
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "dispatched";
        };
        /** @description The call is over. A second one corrects the first: something that had happened before was heard of later. */
        EndedEvent: {
            /** @description A short machine word for operators, such as an error code of the model's provider. */
            detail: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "ended";
            reason: components["schemas"]["EndReason"];
            status: components["schemas"]["CallState"];
        };
        /**
         * @description Why a call ended. Every ended call has exactly one; the first that is applied stands.
         * @enum {string}
         */
        EndReason: "caller_hung_up" | "callee_hung_up" | "agent_hung_up" | "ended_by_api" | "declined" | "no_answer" | "no_show" | "no_agent" | "caller_lost" | "idle_timeout" | "max_duration" | "agent_lost" | "callee_lost" | "everyone_left" | "busy" | "provider_down" | "provider_quota" | "provider_auth" | "media_server_lost" | "internal_error";
        EraseUser: {
            userId: string;
        };
        ErasureReceipt: {
            /** @description That they were in. */
            calls: number;
            /** @description When the last file was gone from the store; null until then. */
            completedAt: string | null;
            erasureId: string;
            /** @description That are still to be deleted from the store. */
            filesLeft: number;
            recordings: number;
            /** Format: date-time */
            requestedAt: string;
            requestedBy: string;
            /** @description Stretches of speech in transcripts. */
            segments: number;
            /** @description SHA-256 of the user's id, in hexadecimal. The id itself is not kept. */
            userHash: string;
        };
        ErrorBody: {
            details: components["schemas"]["ErrorDetails"];
            /** @description The contract's words for this endpoint and status. */
            error: string;
            /** @description A sentence for people. */
            message: string;
        };
        /**
         * @description Stable: what a program decides by.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "invalid_json" | "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "room_taken" | "too_many_calls" | "state_conflict" | "idempotency_key_reused" | "another_room_type" | "call_not_connected" | "recording_in_progress" | "output_path_taken" | "body_too_large" | "rate_limited" | "url_too_long" | "headers_too_large" | "request_too_slow" | "too_many_connections" | "unsupported_media_type" | "livekit_not_configured" | "livekit_unreachable" | "sign_in_unavailable" | "no_free_slot" | "agent_not_ready" | "recording_not_configured" | "recording_unavailable" | "internal_error";
        /** @description Machine-readable; more keys depend on the code. */
        ErrorDetails: {
            code: components["schemas"]["ErrorCode"];
            /** @description The field that is at fault. */
            field?: string;
            /** @description All that is wrong with the request. */
            problems?: {
                field: string;
                problem: string;
            }[];
            /** @description As in `X-Request-Id`. */
            requestId: string;
        };
        /** @description Another agent takes the place of one that was lost, with the conversation so far. */
        FailoverEvent: {
            epoch: number;
            fromEpoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "failover";
        };
        /**
         * @description Why an agent left a call that goes on without it, or that the API must decide about.
         * @enum {string}
         */
        GoneWhy: "removed" | "drained" | "superseded" | "not_started" | "hung_up" | "failed" | "deaf" | "path_lost";
        /** @description A fault of the agent's model, or what was done about it. */
        HappenedEvent: {
            /** @description A short machine word or number; what it means depends on `what`. */
            detail: string | null;
            epoch: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "happened";
            what: components["schemas"]["HappenedKind"];
        };
        /**
         * @description What an operator wants to know of a call beside its words: faults of the model, and what was done about them.
         * @enum {string}
         */
        HappenedKind: "model_away" | "model_back" | "answer_stalled" | "answer_failed" | "rate_limited" | "session_renewed" | "model_changed" | "tool_loop_stopped" | "clip_played" | "audio_dropped" | "transcription_off" | "turn_too_long" | "words_lost" | "message_left_out" | "microphone_lost" | "microphone_back" | "path_lost" | "path_gap";
        InputTranscription: {
            /**
             * @description What writes down the caller's words in sessions of this system (`VOICE_INPUT_TRANSCRIPTION_MODEL`); the example
             *     is the contract's, and its model is shut down on 2027-02-26.
             */
            model: string;
        };
        LiveKitTokenCreated: {
            participant_token: string;
            server_url: string;
        };
        /**
         * @description What `TokenSource` of LiveKit's clients sends. Who somebody is and what they may do is not theirs to say:
         *     metadata, attributes and a room configuration are refused unless they are empty.
         */
        LiveKitTokenRequest: {
            participant_attributes?: {
                [key: string]: unknown;
            } | null;
            /** @description One's own user id, or nothing. */
            participant_identity?: string | null;
            participant_metadata?: string | null;
            participant_name?: string | null;
            room_config?: {
                [key: string]: unknown;
            } | null;
            room_name?: string | null;
        };
        MediaServer: {
            roomName: string;
            serverUrl: string;
        };
        /** @description Somebody is in the room. */
        ParticipantJoinedEvent: {
            identity: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "participant_joined";
            /** @enum {string} */
            party: "caller" | "callee" | "agent" | "other";
        };
        /** @description Somebody is not in the room any more. */
        ParticipantLeftEvent: {
            identity: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "participant_left";
            /** @enum {string} */
            party: "caller" | "callee" | "agent" | "other";
            /** @description `on_purpose`: their client said so. `unseen`: nobody said anything, they are just not there. */
            why: ("on_purpose" | "lost" | "unseen") | null;
        };
        RateLimitedBody: {
            details: components["schemas"]["ErrorDetails"];
            /** @constant */
            error: "Too many requests";
            limit: number;
            message: string;
            remaining: number;
            /** @description Seconds since 1970 UTC. */
            reset: number;
            /** @description Seconds, as in `Retry-After`. */
            retryAfter: number;
        };
        Ready: {
            /**
             * @description What is not as it should be, although calls can be served -> what, in a word. `clock`: it differs
             *     from LiveKit's by more than tokens allow for. `storage`: the store of recordings does not answer. `model`: the
             *     service shuts `VOICE_MODEL` down within 60 days (`ends_2027-01-20`).
             */
            degraded: {
                [key: string]: string;
            };
            /** @description What is missing (`database`, `livekit`) -> why, in a word. */
            reasons: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "ready" | "not_ready";
            /** @description For information: no worker does not make the API unready. */
            workers: components["schemas"]["Workers"];
        };
        RealtimeEnded: {
            /** @description For how many seconds an agent was in the call. */
            duration: number;
            /** @default Realtime session ended */
            message: string;
            /** @default true */
            success: boolean;
        };
        RealtimeStarted: {
            agentIdentity: string;
            configuration: components["schemas"]["Configuration"];
            /** @description What runs, or will from the next pause. */
            effectiveModel: string;
            /**
             * @description The voice that speaks.
             * @enum {string}
             */
            effectiveVoice: "alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse";
            livekit: components["schemas"]["MediaServer"];
            /** @description As it was asked for; `effectiveModel` says what runs. */
            model: string;
            roomName: string;
            /** @default true */
            success: boolean;
        };
        RealtimeStatus: {
            /** @description The agent is active and was heard from within the last seconds. */
            agentAvailable: boolean;
            /** @enum {string} */
            agentStatus: "pending" | "active" | "disconnected";
            callStatus: components["schemas"]["CallState"];
            connectedAt: string | null;
            /** @description Of the call, in whole seconds. */
            duration: number;
            metadata: {
                [key: string]: unknown;
            };
            roomName: string;
            /** @default true */
            success: boolean;
        };
        /** @description Somebody is in a call that is being recorded, and how they know it. */
        RecordingConsentEvent: {
            /**
             * @description `asked`: they asked for it. `knew`: it was announced before they came in, in the call that they answered and in
             *     the room. `told`: it began while they were there; the room says so, and a spoken notice where one is set.
             * @enum {string}
             */
            basis: "asked" | "knew" | "told";
            egressId: string;
            identity: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "recordingConsent";
        };
        RecordingDetail: {
            /** @description Of what can be played. */
            durationMs: number | null;
            egressId: string;
            endedAt: string | null;
            fileType: string;
            isActive: boolean;
            /**
             * @description Of its waveform (JSON), once it is ready; lives an hour. For a recording in a bucket, too, it leads to
             *     this API where the address of that is known (`VOICE_PUBLIC_URL`): a page may read it without CORS rules there.
             */
            peaksUrl: string | null;
            /** @description Of this file, once it is ready; lives an hour. */
            recordingUrl: string | null;
            roomName: string;
            sizeBytes: number | null;
            /** Format: date-time */
            startedAt: string;
            /**
             * @description Milliseconds from the call's `connectedAt` to the first sample of the file. A segment's `startMs` less
             *     this is its place in the file. Null until the recording has begun, and where nobody has said when it did: take 0
             *     then. (`startedAt` is when it was asked for.)
             */
            startOffsetMs: number | null;
            /** @description `active`, `stopping`, `uploading`, and at last `ready`, `partial` or `failed`. */
            status: string;
        };
        RecordingList: {
            /** @description On this page. */
            count: number;
            limit: number;
            offset: number;
            recordings: components["schemas"]["RecordingView"][];
            /** @default true */
            success: boolean;
            /** @description On all pages. */
            total: number;
        };
        /** @description A recording of the call is in another state. */
        RecordingMovedEvent: {
            egressId: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "recording";
            state: components["schemas"]["RecordingState"];
        };
        RecordingStarted: {
            /** @default Recording started successfully */
            message: string;
            recording: components["schemas"]["RecordingView"];
            /** @default true */
            success: boolean;
        };
        /** @enum {string} */
        RecordingState: "starting" | "active" | "stopping" | "uploading" | "ready" | "partial" | "failed";
        RecordingStatus: {
            /** @description The newest; null where there is only an address that somebody has noted. */
            recording: components["schemas"]["RecordingDetail"] | null;
            /** @description All of the call, newest first. */
            recordings: components["schemas"]["RecordingDetail"][];
            recordingUrl: string | null;
            /** @default true */
            success: boolean;
        };
        RecordingStopped: {
            /** @default Recording stopped successfully */
            message: string;
            recordingUrl: string | null;
            /** @default true */
            success: boolean;
        };
        RecordingUpdated: {
            /** @default Recording metadata updated successfully */
            message: string;
            /** @default true */
            success: boolean;
        };
        RecordingUrl: {
            recordingUrl: string | null;
            /** @default true */
            success: boolean;
        };
        RecordingView: {
            egressId: string;
            roomName: string;
            /** Format: date-time */
            startedAt: string;
            /** @description `active`, `stopping`, `uploading`, and at last `ready`, `partial` or `failed`. */
            status: string;
        };
        /** @description The room is open; somebody is still missing. At the callee of a call between two users it rings. */
        RingingEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "ringing";
        };
        /** @description The media server had lost the room; the call has another one by the same name. */
        RoomLostEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "room_lost";
        };
        /** @description Words were written down. Told again with the same `segmentId`, they take the place of the earlier ones. */
        SegmentEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "segment";
            segmentId: string;
            /** @description An identity, or `agent`. */
            speaker: string;
        };
        SessionCreated: {
            /** @default Voice session created successfully */
            message: string;
            session: components["schemas"]["CreatedSession"];
            /** @default true */
            success: boolean;
        };
        SessionDetail: {
            /** @description The agent is active and was heard from within the last seconds. */
            agentAvailable: boolean;
            /** @description Milliseconds from `createdAt` to the agent in the room. */
            agentJoinedMs: number | null;
            /** @description Null for a call without an agent. */
            agentStatus: ("pending" | "active" | "disconnected") | null;
            /** @description When the callee took their first token: their other devices need not ring any more. */
            answeredAt: string | null;
            calleeId: string | null;
            callerId: string;
            callerName: string;
            /** Format: uuid */
            callId: string;
            callType: components["schemas"]["CallType"];
            connectedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description Whole seconds since `connectedAt`, until `endedAt`; 0 for a call that was never connected. */
            duration: number;
            /**
             * @description The voice that speaks.
             * @enum {string}
             */
            effectiveVoice: "alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse";
            endedAt: string | null;
            /** @description Null while the call is open. */
            endReason: components["schemas"]["EndReason"] | null;
            metadata: {
                [key: string]: unknown;
            };
            /** @description Whether it is recorded once it is connected. */
            recordingEnabled: boolean;
            /**
             * @description Where the file at `recordingUrl` begins on the clock of `transcriptSegments`: what is said at `startMs`
             *     is heard at `startMs - recordingStartOffsetMs` of the file. Null where there is no file of ours, or where nobody has
             *     said when it begins: take 0 then.
             */
            recordingStartOffsetMs: number | null;
            recordingUrl: string | null;
            /** @description How often an agent that was lost was replaced by another one. */
            recoveries: number;
            roomName: string;
            /** Format: date-time */
            startedAt: string;
            status: components["schemas"]["CallState"];
            /**
             * @description With `include=timeline`: what happened, in the order in which it happened; at most the newest 2,000
             *     events. Their kinds: docs/events.md.
             */
            timeline: components["schemas"]["TimelineEvent"][] | null;
            /** @description For admins: what the model has used. */
            tokens: components["schemas"]["TokensSpent"] | null;
            /** @description One line per stretch of speech, `Speaker: text`. */
            transcript: string | null;
            /** @description Whether the words are written down. */
            transcriptionEnabled: boolean;
            transcriptSegments: components["schemas"]["TranscriptSegment"][];
        };
        SessionEnded: {
            duration: number;
            /** @default Session ended successfully */
            message: string;
            /** @default true */
            success: boolean;
        };
        SessionFound: {
            session: components["schemas"]["SessionDetail"];
            /** @default true */
            success: boolean;
        };
        SessionItem: {
            /** @description When the callee took their first token: their other devices need not ring any more. */
            answeredAt: string | null;
            calleeId: string | null;
            callerId: string;
            callerName: string;
            /** Format: uuid */
            callId: string;
            callType: components["schemas"]["CallType"];
            connectedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description Whole seconds since `connectedAt`, until `endedAt`; 0 for a call that was never connected. */
            duration: number;
            endedAt: string | null;
            /** @description Null while the call is open. */
            endReason: components["schemas"]["EndReason"] | null;
            hasRecording: boolean;
            hasTranscript: boolean;
            /** @description Whether it is recorded once it is connected. */
            recordingEnabled: boolean;
            roomName: string;
            /** Format: date-time */
            startedAt: string;
            status: components["schemas"]["CallState"];
            /** @description Whether the words are written down. */
            transcriptionEnabled: boolean;
        };
        SessionList: {
            /** @description On this page. */
            count: number;
            limit: number;
            offset: number;
            sessions: components["schemas"]["SessionItem"][];
            /** @default true */
            success: boolean;
            /** @description On all pages. */
            total: number;
        };
        SessionUpdated: {
            /** @default Session updated successfully */
            message: string;
            /** @default true */
            success: boolean;
        };
        SpawnAgent: {
            roomName: string;
            /** @description As the call has it if not given; at most 32 KiB of UTF-8. */
            systemPrompt?: string | null;
            /** @description As the call has it if not given, at first `alloy`. */
            voice?: ("alloy" | "ash" | "ballad" | "cedar" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse") | null;
        };
        SpawnedAgent: {
            agentIdentity: string;
            /** Format: uuid */
            callId: string;
            /** Format: date-time */
            createdAt: string;
            roomName: string;
            serverUrl: string;
            /** @enum {string} */
            status: "pending" | "active" | "disconnected";
            /** @description For whoever asked, not for the agent. */
            token: string;
            /**
             * Format: date-time
             * @description After this the token lets nobody in.
             */
            tokenExpiresAt: string;
        };
        StartRealtime: {
            /**
             * @description As the call has it if not given, at first `gpt-4o-realtime-preview-2024-12-17`. Another one than what runs is
             *     changed to at the next pause, and the conversation goes on.
             */
            model?: string | null;
            roomName: string;
        };
        StartRecording: {
            /**
             * @default mp4
             * @enum {string}
             */
            fileType?: "mp4" | "ogg";
            /**
             * @description A relative path below the folder of the call, with the extension of the file type; made by the service if not
             *     given. Nothing is overwritten.
             */
            outputPath?: string | null;
            roomName: string;
        };
        Stats: {
            /** @enum {string} */
            bucket: "hour" | "day";
            /**
             * @description One for each hour or day (UTC), oldest first, also where there was no call. Calls count when they were
             *     created.
             */
            buckets: components["schemas"]["StatsOfTime"][];
            /** Format: date-time */
            from: string;
            /** @default true */
            success: boolean;
            /** Format: date-time */
            to: string;
            total: components["schemas"]["StatsOfTime"];
        };
        StatsOfTime: {
            /** @description Were connected, and have not failed. */
            answered: number;
            /** @description Of the agents, to somebody who had spoken. */
            answers: number;
            /** @description `answered`, `missed`, `failed` and `waiting` together. */
            calls: number;
            /** @description Before or after they were connected. */
            failed: number;
            missed: number;
            /** @description From the end of the caller's speech to the first sound of the answer: the median. */
            responseP50Ms: number | null;
            responseP95Ms: number | null;
            /** Format: date-time */
            start: string;
            /** @description The `duration` of those that are over, added up. */
            talkSeconds: number;
            tokens: components["schemas"]["TokensSpent"];
            /** @description Are open and were not connected yet. */
            waiting: number;
        };
        /** @description The last event of a stream, `event: bye`. */
        StreamBye: {
            /** @enum {string} */
            why: "expired" | "slow" | "shutdown";
        };
        StreamEvent: {
            /**
             * Format: date-time
             * @description When it happened; it may have become known later.
             */
            at: string;
            /** Format: uuid */
            callId: string;
            event: components["schemas"]["CreatedEvent"] | components["schemas"]["RingingEvent"] | components["schemas"]["AnsweredEvent"] | components["schemas"]["ConnectedEvent"] | components["schemas"]["EndedEvent"] | components["schemas"]["ParticipantJoinedEvent"] | components["schemas"]["ParticipantLeftEvent"] | components["schemas"]["RoomLostEvent"] | components["schemas"]["DispatchedEvent"] | components["schemas"]["ClaimedEvent"] | components["schemas"]["AgentJoinedEvent"] | components["schemas"]["AgentLeftEvent"] | components["schemas"]["AgentLostEvent"] | components["schemas"]["AgentGoneEvent"] | components["schemas"]["FailoverEvent"] | components["schemas"]["TurnEvent"] | components["schemas"]["SegmentEvent"] | components["schemas"]["UsageEvent"] | components["schemas"]["HappenedEvent"] | components["schemas"]["RecordingMovedEvent"] | components["schemas"]["RecordingConsentEvent"];
            /** @description Grows, over all calls. Some ids are left out: events that this user must not see. */
            id: number;
            roomName: string;
            /** @description With `segment` events: the words. */
            segment: components["schemas"]["TranscriptSegment"] | null;
            /** @description The call as it is now, with events that change what of it is shown in lists. */
            session: components["schemas"]["SessionItem"] | null;
        };
        /** @description The first event of a stream, `event: ready`. */
        StreamReady: {
            /** @description False: nothing from before the stream will come. */
            isResumed: boolean;
        };
        TimelineEvent: {
            /**
             * Format: date-time
             * @description When it happened; what happened earlier may have become known later.
             */
            at: string;
            event: components["schemas"]["CreatedEvent"] | components["schemas"]["RingingEvent"] | components["schemas"]["AnsweredEvent"] | components["schemas"]["ConnectedEvent"] | components["schemas"]["EndedEvent"] | components["schemas"]["ParticipantJoinedEvent"] | components["schemas"]["ParticipantLeftEvent"] | components["schemas"]["RoomLostEvent"] | components["schemas"]["DispatchedEvent"] | components["schemas"]["ClaimedEvent"] | components["schemas"]["AgentJoinedEvent"] | components["schemas"]["AgentLeftEvent"] | components["schemas"]["AgentLostEvent"] | components["schemas"]["AgentGoneEvent"] | components["schemas"]["FailoverEvent"] | components["schemas"]["TurnEvent"] | components["schemas"]["SegmentEvent"] | components["schemas"]["UsageEvent"] | components["schemas"]["HappenedEvent"] | components["schemas"]["RecordingMovedEvent"] | components["schemas"]["RecordingConsentEvent"];
            /** @description Grows, over all calls, in the order in which things became known. */
            id: number;
        };
        TokenCreated: {
            agentSpawned: boolean;
            /** @description For a callee: the call had been answered before, by this device or another. */
            answeredElsewhere: boolean;
            /** Format: uuid */
            callId: string;
            livekitHost: string;
            participantName: string;
            roomName: string;
            token: string;
            /**
             * Format: date-time
             * @description After this the token lets nobody in.
             */
            tokenExpiresAt: string;
        };
        TokensSpent: {
            /** @description Of both, without what is `cached`. */
            audio: number;
            /** @description Of `input`: what the model had seen before. */
            cached: number;
            /**
             * @description By the prices that are set for each call's model (`VOICE_MODEL_PRICES`); of a call that names none, for
             *     `VOICE_MODEL`; of one whose model was changed, for the last. Null when no prices are set, and when a model that was
             *     used has none: what the others cost would be taken for the whole.
             */
            costUsd: number | null;
            input: number;
            output: number;
        };
        Transcript: {
            /** Format: uuid */
            callId: string;
            roomName: string;
            segments: components["schemas"]["TranscriptSegment"][];
            /** @default true */
            success: boolean;
            /** @description The text; what somebody put in its place, if they did. */
            transcript: string | null;
        };
        /** @enum {string} */
        TranscriptClock: "recording" | "call";
        /** @enum {string} */
        TranscriptFormat: "json" | "txt" | "vtt" | "srt";
        TranscriptSegment: {
            endMs: number;
            /** @description It ended before its last word: `text` is the part that was heard. */
            isCut: boolean;
            /**
             * @description Somebody spoke, and nobody knows what: `text` is `[not understood]`. A later segment of the same id
             *     may bring the words.
             */
            isUnclear: boolean;
            /** @description What a `segment` event names. */
            segmentId: string;
            /** @description An identity, or `agent`. */
            speaker: string;
            /** @description Milliseconds after `connectedAt`. (In a recording: `recordingStartOffsetMs` of the session.) */
            startMs: number;
            text: string;
        };
        TurnDetection: {
            /** @default 300 */
            prefix_padding_ms: number;
            /** @default 500 */
            silence_duration_ms: number;
            /** @default 0.5 */
            threshold: number;
            /** @default server_vad */
            type: string;
        };
        /** @description The agent answered. */
        TurnEvent: {
            epoch: number;
            interrupted: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "turn";
            /** @description How much of the answer was heard. */
            playedMs: number;
            /** @description From the end of the caller's speech to the first sound of the answer; null when it spoke of its own accord. */
            responseMs: number | null;
            turn: number;
        };
        UnauthorizedBody: {
            /** @constant */
            error: "Unauthorized";
        };
        UpdateAgent: {
            roomName: string;
            /** @enum {string} */
            status: "pending" | "active" | "disconnected";
        };
        UpdateRecording: {
            recordingUrl?: string | null;
            roomName: string;
            /** @description Replaces the text; the segments stay. */
            transcript?: string | null;
        };
        UpdateSession: {
            agentStatus?: ("pending" | "active" | "disconnected") | null;
            /** @description Takes the place of what was stored. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            roomName: string;
            status?: components["schemas"]["CallState"] | null;
        };
        /** @description Tokens of one response of the model. */
        UsageEvent: {
            /**
             * @description Those of `audioTokens` that are output.
             * @default 0
             */
            audioOutputTokens: number;
            /** @description Of input and output. */
            audioTokens: number;
            /**
             * @description Those of `cachedTokens` that are audio.
             * @default 0
             */
            cachedAudioTokens: number;
            cachedTokens: number;
            epoch: number;
            inputTokens: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "usage";
            outputTokens: number;
        };
        UserErased: {
            receipt: components["schemas"]["ErasureReceipt"];
            /** @default true */
            success: boolean;
        };
        /** @description LiveKit's own object (`livekit.WebhookEvent`); what is not named here is allowed and left alone. */
        WebhookPayload: {
            egressInfo?: {
                [key: string]: unknown;
            } | null;
            event: string;
            participant?: {
                [key: string]: unknown;
            } | null;
            room?: {
                [key: string]: unknown;
            } | null;
            track?: {
                [key: string]: unknown;
            } | null;
        };
        WebhookReceived: {
            event: string;
            /** @default true */
            received: boolean;
        };
        WorkerItem: {
            /** @description In which its agents are. */
            calls: number;
            /** Format: date-time */
            connectedAt: string;
            drainingSince: string | null;
            freeSlots: number;
            /** Format: date-time */
            lastHeardAt: string;
            /** @description Calls that it only hears. */
            recorders: number;
            /** @description That it writes now. */
            recordings: number;
            /** @description Calls that it takes at once. */
            slots: number;
            /**
             * @description `full`: it takes no call now, or none at all while its model refuses them. `draining`: it ends when its last call
             *     does. `silent`: it is connected and says nothing. `gone`: its connection is closed, for a minute at most.
             * @enum {string}
             */
            state: "ready" | "full" | "draining" | "silent" | "gone";
            /** @description Of its program; null for one that is too old to say it. */
            version: string | null;
            workerId: string;
        };
        WorkerList: {
            count: number;
            freeSlots: number;
            /** @description Of those that are connected. */
            slots: number;
            /** @default true */
            success: boolean;
            /** @description By their ids. */
            workers: components["schemas"]["WorkerItem"][];
        };
        Workers: {
            freeSlots: number;
            seen: number;
        };
    };
    responses: {
        /**
         * @description Access denied
         *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
         */
        AccessDenied: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "forbidden";
                    };
                    /** @enum {string} */
                    error?: "Access denied";
                };
            };
        };
        /**
         * @description Access denied / Forbidden
         *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
         */
        AccessDeniedForbidden: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "forbidden";
                    };
                    /** @enum {string} */
                    error?: "Access denied" | "Forbidden";
                };
            };
        };
        /**
         * @description Access denied / Forbidden
         *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
         */
        AccessDeniedForbidden2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "forbidden";
                    };
                    /** @enum {string} */
                    error?: "Access denied" | "Forbidden";
                };
            };
        };
        /**
         * @description Access denied to this session
         *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
         */
        AccessDeniedToThisSession: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "forbidden";
                    };
                    /** @enum {string} */
                    error?: "Access denied to this session";
                };
            };
        };
        /**
         * @description Bad Request
         *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
         */
        BadRequest: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "invalid_request";
                    };
                    /** @enum {string} */
                    error?: "Bad Request";
                };
            };
        };
        /**
         * @description Bad Request
         *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
         *     - `invalid_json`: The body is not JSON, or not a JSON object.
         */
        BadRequest2: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "invalid_request" | "invalid_json";
                    };
                    /** @enum {string} */
                    error?: "Bad Request";
                };
            };
        };
        /**
         * @description Call session not found
         *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
         */
        CallSessionNotFound: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "not_found";
                    };
                    /** @enum {string} */
                    error?: "Call session not found";
                };
            };
        };
        /**
         * @description Call session or agent not found
         *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
         */
        CallSessionOrAgentNotFound: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "not_found";
                    };
                    /** @enum {string} */
                    error?: "Call session or agent not found";
                };
            };
        };
        /**
         * @description Call session or agent not found
         *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
         */
        CallSessionOrAgentNotFound2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "not_found";
                    };
                    /** @enum {string} */
                    error?: "Call session or agent not found";
                };
            };
        };
        /**
         * @description Conflict
         *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
         */
        Conflict: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "state_conflict";
                    };
                    /** @enum {string} */
                    error?: "Conflict";
                };
            };
        };
        /**
         * @description Conflict
         *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
         */
        Conflict2: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "idempotency_key_reused";
                    };
                    /** @enum {string} */
                    error?: "Conflict";
                };
            };
        };
        /**
         * @description Failed to spawn agent
         *     - `internal_error`: Something went wrong on our side.
         */
        FailedToSpawnAgent: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "internal_error";
                    };
                    /** @enum {string} */
                    error?: "Failed to spawn agent";
                };
            };
        };
        /**
         * @description Forbidden
         *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
         */
        Forbidden: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "forbidden";
                    };
                    /** @enum {string} */
                    error?: "Forbidden";
                };
            };
        };
        /**
         * @description Internal Server Error
         *     - `internal_error`: Something went wrong on our side.
         */
        InternalServerError: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "internal_error";
                    };
                    /** @enum {string} */
                    error?: "Internal Server Error";
                };
            };
        };
        /**
         * @description Internal Server Error
         *     - `internal_error`: Something went wrong on our side.
         */
        InternalServerError2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "internal_error";
                    };
                    /** @enum {string} */
                    error?: "Internal Server Error";
                };
            };
        };
        /**
         * @description Missing roomName
         *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
         */
        MissingRoomname: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "invalid_request";
                    };
                    /** @enum {string} */
                    error?: "Missing roomName";
                };
            };
        };
        /**
         * @description Missing roomName
         *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
         */
        MissingRoomname2: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "invalid_request";
                    };
                    /** @enum {string} */
                    error?: "Missing roomName";
                };
            };
        };
        /**
         * @description Missing roomName / Bad Request
         *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
         *     - `invalid_json`: The body is not JSON, or not a JSON object.
         */
        MissingRoomnameBadRequest: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "invalid_request" | "invalid_json";
                    };
                    /** @enum {string} */
                    error?: "Missing roomName" | "Bad Request";
                };
            };
        };
        /**
         * @description Not Found
         *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
         */
        NotFound: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "not_found";
                    };
                    /** @enum {string} */
                    error?: "Not Found";
                };
            };
        };
        /**
         * @description Payload Too Large
         *     - `body_too_large`: The body is larger than this path takes; `details.maxBytes` says how much that is.
         */
        PayloadTooLarge: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "body_too_large";
                    };
                    /** @enum {string} */
                    error?: "Payload Too Large";
                };
            };
        };
        /**
         * @description Recording service not configured / Service Unavailable
         *     - `recording_not_configured`: The service has no place to put recordings. Calls go on without.
         *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
         *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
         */
        RecordingServiceNotConfiguredServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "recording_not_configured" | "too_many_connections" | "sign_in_unavailable";
                    };
                    /** @enum {string} */
                    error?: "Recording service not configured" | "Service Unavailable";
                };
            };
        };
        /**
         * @description Request Header Fields Too Large
         *     - `headers_too_large`: The headers of the request are larger than this service takes.
         */
        RequestHeaderFieldsTooLarge: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "headers_too_large";
                    };
                    /** @enum {string} */
                    error?: "Request Header Fields Too Large";
                };
            };
        };
        /**
         * @description Request Header Fields Too Large
         *     - `headers_too_large`: The headers of the request are larger than this service takes.
         */
        RequestHeaderFieldsTooLarge2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "headers_too_large";
                    };
                    /** @enum {string} */
                    error?: "Request Header Fields Too Large";
                };
            };
        };
        /**
         * @description Request Timeout
         *     - `request_too_slow`: The request did not arrive whole in time.
         */
        RequestTimeout: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "request_too_slow";
                    };
                    /** @enum {string} */
                    error?: "Request Timeout";
                };
            };
        };
        /**
         * @description Request Timeout
         *     - `request_too_slow`: The request did not arrive whole in time.
         */
        RequestTimeout2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "request_too_slow";
                    };
                    /** @enum {string} */
                    error?: "Request Timeout";
                };
            };
        };
        /**
         * @description Service Unavailable
         *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
         *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
         */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "too_many_connections" | "sign_in_unavailable";
                    };
                    /** @enum {string} */
                    error?: "Service Unavailable";
                };
            };
        };
        /**
         * @description Service Unavailable
         *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
         *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
         */
        ServiceUnavailable2: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "too_many_connections" | "sign_in_unavailable";
                    };
                    /** @enum {string} */
                    error?: "Service Unavailable";
                };
            };
        };
        /**
         * @description Session not found
         *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
         */
        SessionNotFound: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "not_found";
                    };
                    /** @enum {string} */
                    error?: "Session not found";
                };
            };
        };
        /**
         * @description Too many requests
         *     - `rate_limited`: The user (or the address) has made as many requests of this kind as the window allows.
         */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RateLimitedBody"];
            };
        };
        /**
         * @description Unauthorized
         *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer. Of a webhook: it is not signed with the API key of the media server that this service is configured with.
         */
        Unauthorized: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UnauthorizedBody"];
            };
        };
        /**
         * @description Unauthorized
         *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer. Of a webhook: it is not signed with the API key of the media server that this service is configured with.
         */
        Unauthorized2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UnauthorizedBody"];
            };
        };
        /**
         * @description Unsupported Media Type
         *     - `unsupported_media_type`: The body's content type is not one that this path takes.
         */
        UnsupportedMediaType: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "unsupported_media_type";
                    };
                    /** @enum {string} */
                    error?: "Unsupported Media Type";
                };
            };
        };
        /**
         * @description URI Too Long
         *     - `url_too_long`: The address of the request is longer than this service takes.
         */
        UriTooLong: {
            headers: {
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "url_too_long";
                    };
                    /** @enum {string} */
                    error?: "URI Too Long";
                };
            };
        };
        /**
         * @description URI Too Long
         *     - `url_too_long`: The address of the request is longer than this service takes.
         */
        UriTooLong2: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "url_too_long";
                    };
                    /** @enum {string} */
                    error?: "URI Too Long";
                };
            };
        };
        /**
         * @description Voice service not configured / Service Unavailable
         *     - `livekit_not_configured`: The service runs without a media server.
         *     - `livekit_unreachable`: The media server is configured, and does not answer. No call was made.
         *     - `no_free_slot`: All agents are busy.
         *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
         *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
         */
        VoiceServiceNotConfiguredServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    details?: {
                        /** @enum {string} */
                        code?: "livekit_not_configured" | "livekit_unreachable" | "no_free_slot" | "too_many_connections" | "sign_in_unavailable";
                    };
                    /** @enum {string} */
                    error?: "Voice service not configured" | "Service Unavailable";
                };
            };
        };
    };
    parameters: {
        /**
         * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
         * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description `true` when this is the answer of an earlier request with the same `Idempotency-Key`.
         * @example true
         */
        "Idempotent-Replayed": "true";
        /**
         * @description Of a list: where the next page is and the one before, by `rel`, as far as there are such.
         * @example </api/voice/session?limit=10&offset=10>; rel="next"
         */
        Link: string;
        /**
         * @description After how many seconds it is worth trying again. Only with errors that can pass.
         * @example 3600
         */
        "Retry-After": number;
        /**
         * @description The keys of the body, or the query parameters, that are not known and were ignored.
         * @example colour, shape
         */
        "X-Ignored-Fields": string;
        /**
         * @description How many requests of this kind the window allows.
         * @example 10
         */
        "X-RateLimit-Limit": number;
        /**
         * @description How many of them are left.
         * @example 7
         */
        "X-RateLimit-Remaining": number;
        /**
         * @description When the window is empty again, in seconds since 1970 UTC.
         * @example 1640995200
         */
        "X-RateLimit-Reset": number;
        /**
         * @description Names this request in our logs. The client's own is kept when it is 8 to 64 of the characters `A-Z a-z 0-9 _ . -`.
         * @example 0198c0de-7a31-7cc1-8d52-3f6f4f1c9a10
         */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getAgent: {
        parameters: {
            query?: {
                /** @description Of `listAll`: results per page. */
                limit?: number;
                listAll?: boolean;
                offset?: number;
                roomName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the status of a call's agent or list active agents */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentFound"] | components["schemas"]["AgentList"];
                };
            };
            /**
             * @description Missing roomName / Bad Request
             *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
             */
            400: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "invalid_request";
                        };
                        /** @enum {string} */
                        error?: "Missing roomName" | "Bad Request";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            404: components["responses"]["CallSessionOrAgentNotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["FailedToSpawnAgent"];
            /**
             * @description Voice service not configured / Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "livekit_not_configured" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Voice service not configured" | "Service Unavailable";
                    };
                };
            };
        };
    };
    spawnAgent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpawnAgent"];
            };
        };
        responses: {
            /** @description Spawn an AI agent in a running call */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentSpawned"];
                };
            };
            400: components["responses"]["MissingRoomnameBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["CallSessionOrAgentNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict2"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["FailedToSpawnAgent"];
            503: components["responses"]["VoiceServiceNotConfiguredServiceUnavailable"];
        };
    };
    removeAgent: {
        parameters: {
            query: {
                roomName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove the agent from a call */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentDone"];
                };
            };
            400: components["responses"]["MissingRoomname"];
            401: components["responses"]["Unauthorized2"];
            403: components["responses"]["AccessDeniedForbidden2"];
            404: components["responses"]["CallSessionOrAgentNotFound2"];
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            /**
             * @description Failed to spawn agent
             *     - `internal_error`: Something went wrong on our side.
             */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "internal_error";
                        };
                        /** @enum {string} */
                        error?: "Failed to spawn agent";
                    };
                };
            };
            /**
             * @description Voice service not configured / Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "livekit_not_configured" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Voice service not configured" | "Service Unavailable";
                    };
                };
            };
        };
    };
    updateAgent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateAgent"];
            };
        };
        responses: {
            /** @description Update the status of a call's agent */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentDone"];
                };
            };
            400: components["responses"]["MissingRoomnameBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["CallSessionOrAgentNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["FailedToSpawnAgent"];
            503: components["responses"]["VoiceServiceNotConfiguredServiceUnavailable"];
        };
    };
    getErasure: {
        parameters: {
            query: {
                erasureId: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the receipt of an erasure */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserErased"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            /**
             * @description Receipt not found
             *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
             */
            404: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                        /** @enum {string} */
                        error?: "Receipt not found";
                    };
                };
            };
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    eraseUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseUser"];
            };
        };
        responses: {
            /** @description Erase what is kept of a user */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserErased"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            408: components["responses"]["RequestTimeout"];
            /**
             * @description Conflict
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
             *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
             */
            409: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "state_conflict" | "idempotency_key_reused";
                        };
                        /** @enum {string} */
                        error?: "Conflict";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    followEvents: {
        parameters: {
            query?: {
                /** @description Only of the newest call of that name; if not given, of all calls that the user may read (admins: of all). */
                roomName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Follow what happens in calls */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        data: string;
                        event?: string;
                        id?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedToThisSession"];
            404: components["responses"]["SessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRealtime: {
        parameters: {
            query: {
                roomName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the Realtime session's status */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RealtimeStatus"];
                };
            };
            400: components["responses"]["MissingRoomname2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            404: components["responses"]["CallSessionOrAgentNotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    startRealtime: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRealtime"];
            };
        };
        responses: {
            /** @description Initialize the Realtime session of a call's agent */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RealtimeStarted"];
                };
            };
            400: components["responses"]["MissingRoomnameBadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["CallSessionOrAgentNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict2"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /**
             * @description AI agent not ready / Voice service not configured / Service Unavailable
             *     - `agent_not_ready`: The call has an agent, which is not active yet.
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "agent_not_ready" | "livekit_not_configured" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "AI agent not ready" | "Voice service not configured" | "Service Unavailable";
                    };
                };
            };
        };
    };
    endRealtime: {
        parameters: {
            query: {
                roomName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End the Realtime session */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RealtimeEnded"];
                };
            };
            400: components["responses"]["MissingRoomname"];
            401: components["responses"]["Unauthorized2"];
            403: components["responses"]["AccessDeniedForbidden2"];
            404: components["responses"]["CallSessionOrAgentNotFound2"];
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            503: components["responses"]["ServiceUnavailable2"];
        };
    };
    getRecording: {
        parameters: {
            query?: {
                egressId?: string;
                /** @description Of `listAll`: results per page. */
                limit?: number;
                listAll?: boolean;
                offset?: number;
                roomName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get recordings of a call or list active ones */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingStatus"] | components["schemas"]["RecordingUrl"] | components["schemas"]["RecordingList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            /**
             * @description Recording not found
             *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
             */
            404: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                        /** @enum {string} */
                        error?: "Recording not found";
                    };
                };
            };
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["RecordingServiceNotConfiguredServiceUnavailable"];
        };
    };
    startRecording: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRecording"];
            };
        };
        responses: {
            /** @description Start recording a call */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingStarted"];
                };
            };
            /**
             * @description Invalid file type or call not active / Bad Request
             *     - `call_not_connected`: The call is not connected yet, or no longer.
             *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
             *     - `invalid_json`: The body is not JSON, or not a JSON object.
             */
            400: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "call_not_connected" | "invalid_request" | "invalid_json";
                        };
                        /** @enum {string} */
                        error?: "Invalid file type or call not active" | "Bad Request";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["CallSessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            /**
             * @description Recording already in progress / Conflict
             *     - `recording_in_progress`: The call is being recorded.
             *     - `output_path_taken`: There is a file at this `outputPath`; nothing is overwritten.
             *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
             */
            409: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "recording_in_progress" | "output_path_taken" | "idempotency_key_reused";
                        };
                        /** @enum {string} */
                        error?: "Recording already in progress" | "Conflict";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /**
             * @description Recording service not configured / Service Unavailable
             *     - `recording_not_configured`: The service has no place to put recordings. Calls go on without.
             *     - `recording_unavailable`: The recorder or its storage does not answer. The call goes on.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "recording_not_configured" | "recording_unavailable" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Recording service not configured" | "Service Unavailable";
                    };
                };
            };
        };
    };
    stopRecording: {
        parameters: {
            query: {
                roomName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stop recording a call */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingStopped"];
                };
            };
            400: components["responses"]["MissingRoomname"];
            401: components["responses"]["Unauthorized2"];
            403: components["responses"]["AccessDeniedForbidden2"];
            /**
             * @description No active recording or call not found
             *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
             */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                        /** @enum {string} */
                        error?: "No active recording or call not found";
                    };
                };
            };
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            /**
             * @description Recording service not configured / Service Unavailable
             *     - `recording_not_configured`: The service has no place to put recordings. Calls go on without.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "recording_not_configured" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Recording service not configured" | "Service Unavailable";
                    };
                };
            };
        };
    };
    updateRecording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRecording"];
            };
        };
        responses: {
            /** @description Update what is noted of a call's recording */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingUpdated"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["CallSessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["RecordingServiceNotConfiguredServiceUnavailable"];
        };
    };
    getSession: {
        parameters: {
            query?: {
                /** @description That call, also when the room name was used again. */
                callId?: string;
                /** @description Only calls that were created then or later. */
                from?: string;
                /** @description With one call: also everything that happened in it. */
                include?: "timeline";
                /** @description Results per page. */
                limit?: number;
                /** @description For admins: the calls of everybody. */
                listAll?: boolean;
                offset?: number;
                /**
                 * @description Only calls in which all of these words were said, be it by different people; what stands in double
                 *     quotes, in this order. Of the last word of each the beginning is enough. Accents and capitals do not matter.
                 */
                q?: string;
                roomName?: string;
                /** @description Only calls in this state. */
                status?: components["schemas"]["CallState"];
                /** @description Only calls that were created before. */
                to?: string;
                /** @description With `listAll`: only calls of which they are caller or callee. */
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get session details or list the user's sessions */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionFound"] | components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedToThisSession"];
            404: components["responses"]["SessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateSession"];
            };
        };
        responses: {
            /** @description Start a new voice call session */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionCreated"];
                };
            };
            /**
             * @description Bad Request / Invalid call type
             *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
             *     - `invalid_json`: The body is not JSON, or not a JSON object.
             */
            400: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "invalid_request" | "invalid_json";
                        };
                        /** @enum {string} */
                        error?: "Bad Request" | "Invalid call type";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            /**
             * @description Active session already exists for this room / Conflict
             *     - `room_taken`: The room has an active call.
             *     - `too_many_calls`: The user has as many open calls as one user may have.
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
             *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
             */
            409: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "room_taken" | "too_many_calls" | "state_conflict" | "idempotency_key_reused";
                        };
                        /** @enum {string} */
                        error?: "Active session already exists for this room" | "Conflict";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            /**
             * @description Failed to create session
             *     - `internal_error`: Something went wrong on our side.
             */
            500: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "internal_error";
                        };
                        /** @enum {string} */
                        error?: "Failed to create session";
                    };
                };
            };
            503: components["responses"]["VoiceServiceNotConfiguredServiceUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query: {
                roomName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End a voice call session */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionEnded"];
                };
            };
            400: components["responses"]["MissingRoomname"];
            401: components["responses"]["Unauthorized2"];
            403: components["responses"]["AccessDeniedForbidden2"];
            /**
             * @description Session not found
             *     - `not_found`: There is no such call, agent or recording, or nothing at this path.
             */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "not_found";
                        };
                        /** @enum {string} */
                        error?: "Session not found";
                    };
                };
            };
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            503: components["responses"]["ServiceUnavailable2"];
        };
    };
    updateSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateSession"];
            };
        };
        responses: {
            /** @description Update session status or metadata */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionUpdated"];
                };
            };
            /**
             * @description Invalid status or missing roomName
             *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
             *     - `invalid_json`: The body is not JSON, or not a JSON object.
             */
            400: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "invalid_request" | "invalid_json";
                        };
                        /** @enum {string} */
                        error?: "Invalid status or missing roomName";
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedForbidden"];
            404: components["responses"]["SessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /**
             * @description Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `livekit_unreachable`: The media server is configured, and does not answer. No call was made.
             *     - `no_free_slot`: All agents are busy.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             *     - `sign_in_unavailable`: The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "livekit_not_configured" | "livekit_unreachable" | "no_free_slot" | "too_many_connections" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
        };
    };
    getTranscript: {
        parameters: {
            query?: {
                callId?: string;
                /**
                 * @description Of captions. `recording`: their times are of the file at the session's `recordingUrl`, without what is not in it;
                 *     where there is no file of ours that can be played, as `call`. `call`: all of them, from `connectedAt`, as the times
                 *     of `json`.
                 */
                clock?: components["schemas"]["TranscriptClock"];
                /** @description Another recording of the call, for `clock=recording`. */
                egressId?: string;
                /** @description `txt`: one line per stretch of speech. `vtt`, `srt`: captions. */
                format?: components["schemas"]["TranscriptFormat"];
                /** @description This or `callId`. */
                roomName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the transcript of a call */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcript"];
                    "application/x-subrip": string;
                    "text/plain": string;
                    "text/vtt": string;
                };
            };
            400: components["responses"]["MissingRoomname2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDeniedToThisSession"];
            404: components["responses"]["SessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description At most 744 hours, or 366 days. */
                bucket?: "hour" | "day";
                /**
                 * @description Calls that were created then or later; rounded down to the beginning of an hour or day (UTC). If not given: 24
                 *     hours, or 30 days, before `to`.
                 */
                from?: string;
                /** @description Calls that were created before. Now, if not given. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get rates and latency over time */
            200: {
                headers: {
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description Generate a LiveKit token */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            /**
             * @description Conflict
             *     - `room_taken`: The room has an active call.
             *     - `too_many_calls`: The user has as many open calls as one user may have.
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
             *     - `another_room_type`: The room has an active call of another type.
             *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
             */
            409: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "room_taken" | "too_many_calls" | "state_conflict" | "another_room_type" | "idempotency_key_reused";
                        };
                        /** @enum {string} */
                        error?: "Conflict";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["VoiceServiceNotConfiguredServiceUnavailable"];
        };
    };
    createLiveKitToken: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
                 * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LiveKitTokenRequest"];
            };
        };
        responses: {
            /** @description Generate a LiveKit token, for LiveKit's TokenSource */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-Ignored-Fields": components["headers"]["X-Ignored-Fields"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveKitTokenCreated"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            /**
             * @description Conflict
             *     - `room_taken`: The room has an active call.
             *     - `too_many_calls`: The user has as many open calls as one user may have.
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
             *     - `idempotency_key_reused`: The same `Idempotency-Key` came with another body.
             */
            409: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "room_taken" | "too_many_calls" | "state_conflict" | "idempotency_key_reused";
                        };
                        /** @enum {string} */
                        error?: "Conflict";
                    };
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["UriTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["VoiceServiceNotConfiguredServiceUnavailable"];
        };
    };
    receiveWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/webhook+json": components["schemas"]["WebhookPayload"];
            };
        };
        responses: {
            /** @description Receive LiveKit webhook events */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReceived"];
                };
            };
            /**
             * @description Bad Request
             *     - `invalid_json`: The body is not JSON, or not a JSON object.
             *     - `invalid_request`: A field or a parameter is missing, malformed, too long or not one of the allowed values.
             */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "invalid_json" | "invalid_request";
                        };
                        /** @enum {string} */
                        error?: "Bad Request";
                    };
                };
            };
            401: components["responses"]["Unauthorized2"];
            408: components["responses"]["RequestTimeout2"];
            /**
             * @description Payload Too Large
             *     - `body_too_large`: The body is larger than this path takes; `details.maxBytes` says how much that is.
             */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "body_too_large";
                        };
                        /** @enum {string} */
                        error?: "Payload Too Large";
                    };
                };
            };
            414: components["responses"]["UriTooLong2"];
            /**
             * @description Unsupported Media Type
             *     - `unsupported_media_type`: The body's content type is not one that this path takes.
             */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "unsupported_media_type";
                        };
                        /** @enum {string} */
                        error?: "Unsupported Media Type";
                    };
                };
            };
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            /**
             * @description Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "livekit_not_configured" | "too_many_connections";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
        };
    };
    listWorkers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the worker processes */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AccessDenied"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["UriTooLong"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    checkAlive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether this process runs */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            /**
             * @description Service Unavailable
             *     - `too_many_connections`: The service, or this address, has as many connections as it may have.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "too_many_connections";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
        };
    };
    checkReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether calls can be served */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            408: components["responses"]["RequestTimeout2"];
            414: components["responses"]["UriTooLong2"];
            431: components["responses"]["RequestHeaderFieldsTooLarge2"];
            500: components["responses"]["InternalServerError2"];
            /** @description Whether calls can be served */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
}
