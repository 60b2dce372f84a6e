"""What operations are called in the published description, and so in generated clients.

A name is a promise to those who generate code from it: it does not change when a function inside is renamed.
"""

from __future__ import annotations

from control_api.routes.registry import Operation

_IDS = {
    "POST /api/voice/session": "createSession",
    "GET /api/voice/session": "getSession",
    "PATCH /api/voice/session": "updateSession",
    "DELETE /api/voice/session": "endSession",
    "GET /api/voice/session/transcript": "getTranscript",
    "POST /api/voice/realtime": "startRealtime",
    "GET /api/voice/realtime": "getRealtime",
    "DELETE /api/voice/realtime": "endRealtime",
    "POST /api/voice/recording": "startRecording",
    "GET /api/voice/recording": "getRecording",
    "DELETE /api/voice/recording": "stopRecording",
    "PATCH /api/voice/recording": "updateRecording",
    "POST /api/voice/erasure": "eraseUser",
    "GET /api/voice/erasure": "getErasure",
    "POST /api/voice/agent": "spawnAgent",
    "GET /api/voice/agent": "getAgent",
    "PATCH /api/voice/agent": "updateAgent",
    "DELETE /api/voice/agent": "removeAgent",
    "POST /api/voice/token": "createToken",
    "POST /api/voice/token/livekit": "createLiveKitToken",
    "GET /api/voice/events": "followEvents",
    "GET /api/voice/workers": "listWorkers",
    "GET /api/voice/stats": "getStats",
    "POST /api/voice/webhook": "receiveWebhook",
    "GET /healthz": "checkAlive",
    "GET /readyz": "checkReady",
}
_TAGS = {
    "session": "Session Management",
    "realtime": "Realtime API",
    "recording": "Recording Management",
    "agent": "Agent Management",
    "token": "Token Generation",
    "events": "Events",
    "workers": "Operations",
    "stats": "Operations",
    "webhook": "Webhooks",
    "erasure": "Erasure",
}
PREFIX = "/api/voice/"
OPERATOR_TAG = "Health"


def operation_id(operation: Operation) -> str:
    """From the table; else from the method and the path, which are as stable."""
    known = _IDS.get(f"{operation.method} {operation.path}")
    if known is not None:
        return known
    words = operation.path.removeprefix(PREFIX).replace("{", "").replace("}", "").replace("-", "/").split("/")
    return operation.method.lower() + "".join(word.capitalize() for word in words if word)


def tag(operation: Operation) -> str:
    """The contract's headline for this part of the API."""
    if not operation.path.startswith(PREFIX):
        return OPERATOR_TAG
    noun = operation.path.removeprefix(PREFIX).partition("/")[0]
    return _TAGS.get(noun, noun.capitalize())
