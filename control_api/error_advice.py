"""What each error means and what to do about it, for people: in the published description and in docs/errors.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    meaning: str
    remedy: str


ADVICE: dict[str, Advice] = {
    "invalid_request": Advice(
        "A field or a parameter is missing, malformed, too long or not one of the allowed values.",
        "Read `message`; `details.problems` names every field. Correct the request; the same one will fail again.",
    ),
    "invalid_json": Advice(
        "The body is not JSON, or not a JSON object.",
        "Send one JSON object in UTF-8, with `Content-Type: application/json`.",
    ),
    "unauthorized": Advice(
        "There is no session token, or it has expired or is not from the configured issuer. Of a webhook: it is not "
        "signed with the API key of the media server that this service is configured with.",
        "Get a fresh session token (they live about a minute) and try once more; then let the user sign in. Of a "
        "webhook: compare the media server's `webhook.api_key` with `LIVEKIT_API_KEY`, and both machines' clocks.",
    ),
    "forbidden": Advice(
        "The call belongs to other people, or a write that is signed in by the cookie comes from a foreign page.",
        "Use a room of the signed-in user; list the front end's origin in `CLERK_AUTHORIZED_PARTIES`.",
    ),
    "not_found": Advice(
        "There is no such call, agent or recording, or nothing at this path.",
        "Check the room name. It may have been ended: ask for the session by `callId`.",
    ),
    "method_not_allowed": Advice(
        "The path exists, but not with this method.",
        "The `Allow` header names the methods that do.",
    ),
    "room_taken": Advice(
        "The room has an active call.",
        "End that call, join it with a token, or choose another room name (or none: one is made).",
    ),
    "too_many_calls": Advice(
        "The user has as many open calls as one user may have.",
        "End one of them: `GET /api/voice/session` lists them. The operator's limit: `VOICE_MAX_OPEN_CALLS_PER_USER`.",
    ),
    "state_conflict": Advice(
        "What was asked for is not true of the call yet, or no longer; `details.current` says what is.",
        "Read the session again and decide anew.",
    ),
    "idempotency_key_reused": Advice(
        "The same `Idempotency-Key` came with another body.",
        "Take a new key for a new request; repeat a request with exactly the body that it had.",
    ),
    "another_room_type": Advice(
        "The room has an active call of another type.",
        "Leave `roomType` out to join it as it is, or choose another room name.",
    ),
    "call_not_connected": Advice(
        "The call is not connected yet, or no longer.",
        "Wait until the session's `status` is `connected`.",
    ),
    "recording_in_progress": Advice(
        "The call is being recorded.",
        "Stop that recording first, or leave it running.",
    ),
    "output_path_taken": Advice(
        "There is a file at this `outputPath`; nothing is overwritten.",
        "Choose another path, or leave it out.",
    ),
    "claim_lost": Advice(
        "Between the service and its workers only: another agent has the call, or it is over.",
        "Nothing: the worker leaves the call to the other one.",
    ),
    "body_too_large": Advice(
        "The body is larger than this path takes; `details.maxBytes` says how much that is.",
        "Send less.",
    ),
    "rate_limited": Advice(
        "The user (or the address) has made as many requests of this kind as the window allows.",
        "Wait for as long as `Retry-After` says; do not poll, read the `X-RateLimit-*` headers.",
    ),
    "url_too_long": Advice(
        "The address of the request is longer than this service takes.",
        "Put less into the query.",
    ),
    "headers_too_large": Advice(
        "The headers of the request are larger than this service takes.",
        "Send fewer or smaller headers; cookies of other services are the usual reason.",
    ),
    "request_too_slow": Advice(
        "The request did not arrive whole in time.",
        "Send it again, best from a better network.",
    ),
    "too_many_connections": Advice(
        "The service, or this address, has as many connections as it may have.",
        "Try again after `Retry-After`, over connections that are kept open.",
    ),
    "unsupported_media_type": Advice(
        "The body's content type is not one that this path takes.",
        "Send `Content-Type: application/json`.",
    ),
    "livekit_not_configured": Advice(
        "The service runs without a media server.",
        "The operator sets `LIVEKIT_HOST`, `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`.",
    ),
    "livekit_unreachable": Advice(
        "The media server is configured, and does not answer. No call was made.",
        "Try again after `Retry-After`. The operator looks at `/readyz` and at the media server.",
    ),
    "sign_in_unavailable": Advice(
        "The keys that session tokens are checked with cannot be had at the moment; nobody is let in unchecked.",
        "Try again after `Retry-After`. The operator sets `CLERK_JWT_KEY` to need no network for it.",
    ),
    "no_free_slot": Advice(
        "All agents are busy.",
        "Try again after `Retry-After`. The operator starts more workers, or raises `VOICE_WORKER_SLOTS`.",
    ),
    "agent_not_ready": Advice(
        "The call has an agent, which is not active yet.",
        "Try again after `Retry-After`, or wait for `agentStatus` to be `active`.",
    ),
    "recording_not_configured": Advice(
        "The service has no place to put recordings. Calls go on without.",
        "The operator sets `LIVEKIT_RECORDING_BUCKET`.",
    ),
    "recording_unavailable": Advice(
        "The recorder or its storage does not answer. The call goes on.",
        "Try again after `Retry-After`. The operator looks at the storage.",
    ),
    "internal_error": Advice(
        "Something went wrong on our side.",
        "Tell the operator `details.requestId`: the log has the same id.",
    ),
}
