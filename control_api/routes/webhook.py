"""``POST /api/voice/webhook``: LiveKit's events. Verified over the raw bytes, kept, answered; applied behind it."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic import ValidationError
from starlette.requests import Request

from control_api.ports import WebhookRejected
from control_api.routes.registry import Model, Operation, invalid
from control_api.services.container import services
from control_api.services.livekit import configured
from control_api.services.webhook_inbox import inbox_event
from control_api.webhook_events import KNOWN
from shared.errors import Errors, VoiceError
from shared.log import get_logger

log = get_logger(__name__)

PATH = "/api/voice/webhook"
_CONTENT_TYPES = ("application/webhook+json", "application/json")


class WebhookPayload(Model):
    """LiveKit's own object (`livekit.WebhookEvent`); what is not named here is allowed and left alone."""

    event: str
    room: dict[str, Any] | None = None
    participant: dict[str, Any] | None = None
    track: dict[str, Any] | None = None
    egress_info: dict[str, Any] | None = None


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
        log.warning("webhook is not signed by our media server")
        raise VoiceError(Errors.UNAUTHORIZED, "Unauthorized") from None
    payload = read_payload(body)
    event = inbox_event(payload, body, services(request).clock.now_ms())
    if payload["event"] in KNOWN:
        await services(request).inbox.put(event)
    return WebhookReceived(event=payload["event"][:64])


def read_payload(body: bytes) -> dict[str, Any]:
    """Raises `VoiceError` unless it has the shape that is published."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise VoiceError(Errors.INVALID_JSON, "The body is not valid JSON.") from None
    try:
        WebhookPayload.model_validate(payload, by_name=False)
    except ValidationError as error:
        raise invalid(error) from None
    return cast("dict[str, Any]", payload)


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Receive LiveKit webhook events",
        receive_webhook,
        WebhookReceived,
        description="For the media server only. The signature is verified over the raw body; an event is kept before "
        "it is answered and applied once, however often and in whatever order it comes.",
        is_public=True,
        raw_body=WebhookPayload,
        raw_body_type=_CONTENT_TYPES[0],
        signed_by="livekitSignature",
        raises=(
            Errors.INVALID_JSON,
            Errors.INVALID_REQUEST,
            Errors.UNAUTHORIZED,
            Errors.BODY_TOO_LARGE,
            Errors.UNSUPPORTED_MEDIA_TYPE,
            Errors.LIVEKIT_NOT_CONFIGURED,
        ),
    ),
)
