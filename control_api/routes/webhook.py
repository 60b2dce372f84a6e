"""``POST /api/voice/webhook``: LiveKit's events. Verified over the raw bytes, kept, answered; applied behind it."""

from __future__ import annotations

import json

from starlette.requests import Request

from control_api.ports import WebhookRejected
from control_api.routes.registry import Model, Operation
from control_api.services.container import services
from control_api.services.livekit import configured
from control_api.services.webhook_inbox import inbox_event
from control_api.webhook_events import KNOWN
from shared.errors import Errors, VoiceError

PATH = "/api/voice/webhook"
_CONTENT_TYPES = ("application/webhook+json", "application/json")


class WebhookReceived(Model):
    received: bool = True
    event: str


async def receive_webhook(request: Request, _: None) -> WebhookReceived:
    livekit = configured(services(request).livekit)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in _CONTENT_TYPES:
        raise VoiceError(Errors.UNSUPPORTED_MEDIA_TYPE, "A webhook is application/webhook+json.")
    body = await request.body()
    try:
        livekit.webhooks.verify(body, request.headers.get("authorization", ""))
    except WebhookRejected:
        raise VoiceError(Errors.INVALID_SIGNATURE, "The webhook is not signed by our media server.") from None
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise VoiceError(Errors.INVALID_JSON, "The body is not valid JSON.") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("event"), str):
        raise VoiceError(Errors.INVALID_REQUEST, "The body is no webhook.", field="event")
    event = inbox_event(payload, body, services(request).clock.now_ms())
    if payload["event"] in KNOWN:
        await services(request).inbox.put(event)
    return WebhookReceived(event=payload["event"][:64])


OPERATIONS = (
    Operation("POST", PATH, "Receive LiveKit webhook events", receive_webhook, WebhookReceived, is_public=True),
)
