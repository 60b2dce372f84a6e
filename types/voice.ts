// Made from docs/openapi.json (sha256 60d704a5821093fe9dbf5baaf46a740bf40728dfc6d50102631e67a78204feb0) by `make reference`; do not edit.

export type Alive = components["schemas"]["Alive"];
export type CallState = components["schemas"]["CallState"];
export type CallType = components["schemas"]["CallType"];
export type CheckAliveResponse = operations["checkAlive"]["responses"]["200"]["content"]["application/json"];
export type CheckReadyResponse = operations["checkReady"]["responses"]["200"]["content"]["application/json"];
export type CreateSession = components["schemas"]["CreateSession"];
export type CreateSessionRequest = NonNullable<operations["createSession"]["requestBody"]>["content"]["application/json"];
export type CreateSessionResponse = operations["createSession"]["responses"]["200"]["content"]["application/json"];
export type CreatedSession = components["schemas"]["CreatedSession"];
export type EndReason = components["schemas"]["EndReason"];
export type EndSessionQuery = NonNullable<operations["endSession"]["parameters"]["query"]>;
export type EndSessionResponse = operations["endSession"]["responses"]["200"]["content"]["application/json"];
export type ErrorBody = components["schemas"]["ErrorBody"];
export type ErrorCode = components["schemas"]["ErrorCode"];
export type ErrorDetails = components["schemas"]["ErrorDetails"];
export type GetSessionQuery = NonNullable<operations["getSession"]["parameters"]["query"]>;
export type GetSessionResponse = operations["getSession"]["responses"]["200"]["content"]["application/json"];
export type RateLimitedBody = components["schemas"]["RateLimitedBody"];
export type Ready = components["schemas"]["Ready"];
export type ReceiveWebhookRequest = NonNullable<operations["receiveWebhook"]["requestBody"]>["content"]["application/webhook+json"];
export type ReceiveWebhookResponse = operations["receiveWebhook"]["responses"]["200"]["content"]["application/json"];
export type SessionCreated = components["schemas"]["SessionCreated"];
export type SessionDetail = components["schemas"]["SessionDetail"];
export type SessionEnded = components["schemas"]["SessionEnded"];
export type SessionFound = components["schemas"]["SessionFound"];
export type SessionItem = components["schemas"]["SessionItem"];
export type SessionList = components["schemas"]["SessionList"];
export type SessionUpdated = components["schemas"]["SessionUpdated"];
export type TranscriptSegment = components["schemas"]["TranscriptSegment"];
export type UnauthorizedBody = components["schemas"]["UnauthorizedBody"];
export type UpdateSession = components["schemas"]["UpdateSession"];
export type UpdateSessionRequest = NonNullable<operations["updateSession"]["requestBody"]>["content"]["application/json"];
export type UpdateSessionResponse = operations["updateSession"]["responses"]["200"]["content"]["application/json"];
export type WebhookPayload = components["schemas"]["WebhookPayload"];
export type WebhookReceived = components["schemas"]["WebhookReceived"];
export type Workers = components["schemas"]["Workers"];

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

export interface paths {
    "/api/voice/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get session details or list the user's sessions
         * @description With `roomName` or `callId`: that one call. Without: the calls of the user, newest first.
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
        Alive: {
            /**
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /** @enum {string} */
        CallState: "pending" | "ringing" | "connected" | "completed" | "missed" | "failed";
        /** @enum {string} */
        CallType: "support" | "user-to-user" | "conference";
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
            /** @description The address that the browser connects to. */
            livekitHost: string;
            participantName: string;
            recordingEnabled: boolean;
            roomName: string;
            status: components["schemas"]["CallState"];
            /** @description A LiveKit token to join the room with. */
            token: string;
            /**
             * Format: date-time
             * @description After this the token lets nobody in.
             */
            tokenExpiresAt: string;
        };
        CreateSession: {
            /** @description Required for user-to-user calls. */
            calleeId?: string | null;
            /** @default support */
            callType?: components["schemas"]["CallType"];
            /** @default true */
            enableAiAgent?: boolean;
            /** @default true */
            enableRecording?: boolean;
            /** @description What the agent says first; empty: it waits. At most 2 KiB of UTF-8. */
            greeting?: string | null;
            /** @description An object of at most 4 KiB of JSON, returned as it is and never sent to the media server. */
            metadata?: {
                [key: string]: unknown;
            };
            /** @description The Realtime model; the service's default if not given. */
            model?: string | null;
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
        /**
         * @description Why a call ended. Every ended call has exactly one; the first that is applied stands.
         * @enum {string}
         */
        EndReason: "caller_hung_up" | "callee_hung_up" | "agent_hung_up" | "ended_by_api" | "declined" | "no_answer" | "no_show" | "no_agent" | "caller_lost" | "idle_timeout" | "max_duration" | "agent_lost" | "callee_lost" | "everyone_left" | "busy" | "provider_down" | "provider_quota" | "provider_auth" | "media_server_lost" | "internal_error";
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
        ErrorCode: "invalid_request" | "invalid_json" | "unauthorized" | "invalid_signature" | "forbidden" | "not_found" | "method_not_allowed" | "room_taken" | "too_many_calls" | "state_conflict" | "body_too_large" | "rate_limited" | "unsupported_media_type" | "livekit_not_configured" | "livekit_unreachable" | "sign_in_unavailable" | "no_free_slot" | "not_implemented" | "internal_error";
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
            /** @description What is missing (`database`, `livekit`) -> why, in a word. */
            reasons: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "ready" | "not_ready";
            /** @description For information: no worker does not make the API unready. */
            workers: components["schemas"]["Workers"];
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
            calleeId: string | null;
            callerId: string;
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
            recordingUrl: string | null;
            roomName: string;
            /** Format: date-time */
            startedAt: string;
            status: components["schemas"]["CallState"];
            /** @description One line per stretch of speech, `Speaker: text`. */
            transcript: string | null;
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
            roomName: string;
            /** Format: date-time */
            startedAt: string;
            status: components["schemas"]["CallState"];
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
        TranscriptSegment: {
            endMs: number;
            /** @description An identity, or `agent`. */
            speaker: string;
            /** @description Milliseconds after `connectedAt`. */
            startMs: number;
            text: string;
        };
        UnauthorizedBody: {
            /** @constant */
            error: "Unauthorized";
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
        Workers: {
            freeSlots: number;
            seen: number;
        };
    };
    responses: never;
    parameters: {
        /**
         * @description Any unique text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
         * @example 6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
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
    getSession: {
        parameters: {
            query?: {
                /** @description That call, also when the room name was used again. */
                callId?: string;
                /** @description Results per page. */
                limit?: number;
                offset?: number;
                roomName?: string;
                /** @description Only calls in this state. */
                status?: components["schemas"]["CallState"];
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
            /**
             * @description Bad Request
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
                        error?: "Bad Request";
                    };
                };
            };
            /**
             * @description Unauthorized
             *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer.
             */
            401: {
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
             * @description Access denied to this session
             *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
             */
            403: {
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
             * @description Session not found
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
                        error?: "Session not found";
                    };
                };
            };
            /**
             * @description Too many requests
             *     - `rate_limited`: The user (or the address) has made as many requests of this kind as the window allows.
             */
            429: {
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
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
                    };
                };
            };
            /**
             * @description Service Unavailable
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
                            code?: "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any unique text, best a UUID. The same request with the same key within 24 hours is carried out once and answered alike, with a token that is signed afresh. Without a key, a repeated request is a new one.
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
             *     - `not_implemented`: The contract has this; this version does not yet.
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
                            code?: "invalid_request" | "invalid_json" | "not_implemented";
                        };
                        /** @enum {string} */
                        error?: "Bad Request" | "Invalid call type";
                    };
                };
            };
            /**
             * @description Unauthorized
             *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer.
             */
            401: {
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
             * @description Forbidden
             *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
             */
            403: {
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
             * @description Active session already exists for this room / Conflict
             *     - `room_taken`: The room has an active call.
             *     - `too_many_calls`: The user has as many open calls as one user may have.
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
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
                            code?: "room_taken" | "too_many_calls" | "state_conflict";
                        };
                        /** @enum {string} */
                        error?: "Active session already exists for this room" | "Conflict";
                    };
                };
            };
            /**
             * @description Payload Too Large
             *     - `body_too_large`: The body is larger than this path takes; `details.maxBytes` says how much that is.
             */
            413: {
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
             * @description Unsupported Media Type
             *     - `unsupported_media_type`: The body's content type is not one that this path takes.
             */
            415: {
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
             * @description Too many requests
             *     - `rate_limited`: The user (or the address) has made as many requests of this kind as the window allows.
             */
            429: {
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
            /**
             * @description Voice service not configured / Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             *     - `livekit_unreachable`: The media server is configured, and does not answer. No call was made.
             *     - `no_free_slot`: All agents are busy.
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
                            code?: "livekit_not_configured" | "livekit_unreachable" | "no_free_slot" | "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Voice service not configured" | "Service Unavailable";
                    };
                };
            };
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
            /**
             * @description Missing roomName
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
                            code?: "invalid_request";
                        };
                        /** @enum {string} */
                        error?: "Missing roomName";
                    };
                };
            };
            /**
             * @description Unauthorized
             *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer.
             */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnauthorizedBody"];
                };
            };
            /**
             * @description Access denied / Forbidden
             *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
             */
            403: {
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
            /**
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
                    };
                };
            };
            /**
             * @description Service Unavailable
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
                            code?: "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
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
             *     - `not_implemented`: The contract has this; this version does not yet.
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
                            code?: "invalid_request" | "invalid_json" | "not_implemented";
                        };
                        /** @enum {string} */
                        error?: "Invalid status or missing roomName";
                    };
                };
            };
            /**
             * @description Unauthorized
             *     - `unauthorized`: There is no session token, or it has expired or is not from the configured issuer.
             */
            401: {
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
             * @description Access denied / Forbidden
             *     - `forbidden`: The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.
             */
            403: {
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
             * @description Session not found
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
                        error?: "Session not found";
                    };
                };
            };
            /**
             * @description Conflict
             *     - `state_conflict`: What was asked for is not true of the call yet, or no longer; `details.current` says what is.
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
                            code?: "state_conflict";
                        };
                        /** @enum {string} */
                        error?: "Conflict";
                    };
                };
            };
            /**
             * @description Payload Too Large
             *     - `body_too_large`: The body is larger than this path takes; `details.maxBytes` says how much that is.
             */
            413: {
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
             * @description Unsupported Media Type
             *     - `unsupported_media_type`: The body's content type is not one that this path takes.
             */
            415: {
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
             * @description Too many requests
             *     - `rate_limited`: The user (or the address) has made as many requests of this kind as the window allows.
             */
            429: {
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
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
                    };
                };
            };
            /**
             * @description Service Unavailable
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
                            code?: "sign_in_unavailable";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
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
            /**
             * @description Unauthorized
             *     - `invalid_signature`: A webhook is not signed with the API key of the media server that this service is configured with.
             */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "invalid_signature";
                        };
                        /** @enum {string} */
                        error?: "Unauthorized";
                    };
                };
            };
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
            /**
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
                    };
                };
            };
            /**
             * @description Service Unavailable
             *     - `livekit_not_configured`: The service runs without a media server.
             */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"] & {
                        details?: {
                            /** @enum {string} */
                            code?: "livekit_not_configured";
                        };
                        /** @enum {string} */
                        error?: "Service Unavailable";
                    };
                };
            };
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
            /**
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
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
            /**
             * @description Internal Server Error
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
                        error?: "Internal Server Error";
                    };
                };
            };
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
