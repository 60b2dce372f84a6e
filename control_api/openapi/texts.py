"""What the description says in prose."""

from __future__ import annotations

TITLE = "Voice AI System API"
VERSION = "1.0.0"
DESCRIPTION = """\
Real-time voice calls between people and an AI agent, on LiveKit and the OpenAI Realtime API: support calls with an
agent, calls between two users, and conferences, with recording and transcription.

**Sign-in.** Every request carries a session token, as `Authorization: Bearer` or in the `__session` cookie. Without a
valid one the answer is 401, exactly `{"error": "Unauthorized"}`.

**Errors.** All others are `{"error", "message", "details"}`: the words for this endpoint, a sentence for people, and
`details.code`, a stable word that a program decides by. `details.requestId` is in our logs too.

**Rate limits**, per user (per address without one), in moving windows. `X-RateLimit-*` headers tell where one stands; a
429 says in `Retry-After` when to come back. Ending something is never refused.

| Endpoint type | Limit | Window |
|---|---|---|
| Session creation | 10 requests | 1 hour |
| Realtime connections | 30 requests | 1 hour |
| Recording operations | 20 requests | 1 hour |
| Read operations | 100 requests | 15 minutes |

**Trying again.** A POST with an `Idempotency-Key` can be repeated without doing it twice; GET, PATCH and DELETE can be
repeated as they are.

**Values.** Times are ISO 8601 in UTC, absent values are `null`, lists are newest first. Unknown keys are ignored and
named in `X-Ignored-Fields`. What is marked as an addition goes beyond the original contract.
"""

TAG_TEXTS = {
    "Session Management": "Open, find, change and end calls.",
    "Realtime API": "The model session behind a call's agent.",
    "Recording Management": "Record a call, and get what was recorded.",
    "Agent Management": "Bring the AI agent into a running call, and take it out.",
    "Token Generation": "Tokens to join a call with.",
    "Events": "What happens in calls, as it happens.",
    "Operations": "For admins: the workers, and what all calls together were like.",
    "Erasure": "Forget a user.",
    "Webhooks": "What the media server tells us.",
    "Health": "For operators: whether the service runs, and can do its work.",
}
