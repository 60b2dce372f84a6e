"""Webhooks as LiveKit sends them, or nearly so."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from scripts.faults.lab import Lab

PATH = "/api/voice/webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    body: bytes
    authorization: str


def signed(lab: Lab, body: Mapping[str, Any], **claims: Any) -> Webhook:
    """With LiveKit's key; `claims` replace those of the signature."""
    raw = json.dumps(body).encode()
    return Webhook(raw, token(lab, {**claims_of(lab, raw), **claims}))


def claims_of(lab: Lab, raw: bytes) -> dict[str, Any]:
    """What LiveKit signs."""
    now = int(time.time())
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    return {"iss": lab.stack.secrets["LIVEKIT_API_KEY"], "nbf": now, "exp": now + 300, "sha256": digest}


def token(lab: Lab, claims: Mapping[str, Any], secret: str | None = None) -> str:
    return jwt.encode(dict(claims), secret or lab.stack.secrets["LIVEKIT_API_SECRET"], algorithm="HS256")


async def post(lab: Lab, webhook: Webhook) -> int:
    """The status of the answer."""
    headers = {"Authorization": webhook.authorization, "Content-Type": "application/webhook+json"}
    async with lab.stack.http.post(lab.stack.api_url + PATH, data=webhook.body, headers=headers) as answer:
        return answer.status
