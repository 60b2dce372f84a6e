"""Loaded by Schemathesis: signs what only the media server may send, and asks why a valid request was refused."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from typing import Any

import jwt
import requests
import schemathesis
from requests.auth import AuthBase

AnyCase = schemathesis.Case[Any]
WEBHOOK = "POST /api/voice/webhook"

_BYTES = "bytes of UTF-8"
_CHOOSE = "roomName or listAll is required"
_PRINTABLE = "must not be blank, nor hold control"
REASONS: dict[str, tuple[str, ...]] = {
    "POST /api/voice/session": (
        "calleeId: must be somebody else",
        "calleeId: must be the id of a user",
        "participantIds",
        f"calleeId: {_PRINTABLE}",
        f"systemPrompt: must be at most 32768 {_BYTES}",
        f"greeting: must be at most 2048 {_BYTES}",
        "metadata: must be at most 4096 bytes of JSON",
    ),
    "PATCH /api/voice/session": ("metadata: must be at most 4096 bytes of JSON",),
    "GET /api/voice/session": (
        "q: must hold a letter or a digit",
        "q: must have at most",
        "from: must be a time",
        "to: must be",
        f"userId: {_PRINTABLE}",
        "userId: must be the id of a user",
        "userId: is for listAll only",
    ),
    "GET /api/voice/stats": ("from: must be", "to: must be"),
    "GET /api/voice/session/transcript": ("roomName or callId is required",),
    "POST /api/voice/erasure": (f"userId: {_PRINTABLE}", "userId: must be the id of a user"),
    "POST /api/voice/token": (
        "A call between two users is opened with POST /api/voice/session",
        "There is no active call in this room, and names of this pattern are made by the service only.",
        f"participantName: {_PRINTABLE}",
    ),
    "POST /api/voice/token/livekit": (
        "participant_identity: must be your own user id",
        "There is no active call in this room, and names of this pattern are made by the service only.",
        f"participant_name: {_PRINTABLE}",
    ),
    "GET /api/voice/agent": (_CHOOSE,),
    "POST /api/voice/agent": (f"systemPrompt: must be at most 32768 {_BYTES}",),
    "GET /api/voice/recording": (_CHOOSE,),
    "POST /api/voice/recording": ("The call is ",),
}
"""By operation: how a 400 to a request that the description calls valid may begin."""


class Signed(AuthBase):
    """As the media server signs: a JWT, bare, over the hash of the body."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body
        assert body is None or isinstance(body, str | bytes), "the hash needs all of it"
        data = body.encode() if isinstance(body, str) else body or b""
        now_s = int(time.time())
        claims = {
            "iss": os.environ["FUZZ_LIVEKIT_KEY"],
            "nbf": now_s - 5,
            "exp": now_s + 60,
            "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
        }
        request.headers["Authorization"] = jwt.encode(claims, os.environ["FUZZ_LIVEKIT_SECRET"], algorithm="HS256")
        return request


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    """A request to the webhook with a good sign-in gets a good signature; a bad or missing one is left as it is."""
    shown: str = dict(case.headers or {}).get("Authorization", "")
    if case.operation.label == WEBHOOK and shown.startswith("Bearer ey"):
        kwargs["auth"] = Signed()


@schemathesis.check
def refuses_valid_requests_for_a_reason(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    message = str(response.json()["message"])
    allowed = REASONS.get(case.operation.label, ())
    assert message.startswith(allowed), f"a valid request was refused: {message}"
