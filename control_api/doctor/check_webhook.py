"""The webhook: what LiveKit must be told, and whether its events would reach us."""

from __future__ import annotations

import base64
import hashlib
import json
import time

import jwt
from uuid_utils import uuid7

from control_api.doctor.fetch import Answer, NoAnswer, fetch, place
from control_api.doctor.findings import Finding, ok, problem, skipped
from control_api.settings import Settings

NAME = "webhook"
PATH = "/api/voice/webhook"
TEST_EVENT = "doctor"
"""No event of LiveKit's: it is received and not kept."""
_LIFE_S = 60


async def check_webhook(settings: Settings, url: str | None) -> Finding:
    """`url`: as LiveKit would call it; None: nothing is sent."""
    key, secret = settings.livekit_api_key, settings.livekit_api_secret
    if key is None or secret is None:
        return skipped(NAME, "LiveKit is not configured.")
    if url is None:
        return skipped(
            NAME,
            "not tried: no --webhook-url was given.",
            "LiveKit's configuration needs `webhook: {api_key: <LIVEKIT_API_KEY>, urls: [<this API>"
            f"{PATH}]}}`; try that address with --webhook-url.",
        )
    body = json.dumps({"event": TEST_EVENT, "id": f"EV_doctor_{uuid7()}", "createdAt": str(int(time.time()))}).encode()
    headers = {
        "Authorization": signed(body, key, secret.get_secret_value()),
        "Content-Type": "application/webhook+json",
    }
    try:
        answer = await fetch("POST", url, headers=headers, body=body)
    except NoAnswer as why:
        return problem(
            NAME,
            f"{place(url)} cannot be reached: {why}.",
            "Is the API running, and does the proxy before it know the path?",
        )
    return _judge(answer, place(url))


def signed(body: bytes, key: str, secret: str) -> str:
    """As LiveKit signs: a JWT that carries the hash of the body."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return jwt.encode({"iss": key, "exp": int(time.time()) + _LIFE_S, "sha256": digest}, secret, algorithm="HS256")


def _judge(answer: Answer, where: str) -> Finding:
    if answer.status == 200 and _is_received(answer.body):
        return ok(NAME, f"a signed event was received at {where}.")
    if answer.status == 401:
        return problem(
            NAME,
            f"{where} refuses our signature.",
            "The API there must have the same LIVEKIT_API_KEY and LIVEKIT_API_SECRET.",
        )
    if 300 <= answer.status < 400:
        return problem(NAME, f"{where} redirects.", "Give the final address: LiveKit does not follow redirects.")
    return problem(
        NAME, f"{where} answered {answer.status}, not as this API would.", f"The address must end with {PATH}."
    )


def _is_received(body: bytes) -> bool:
    try:
        return bool(json.loads(body) == {"received": True, "event": TEST_EVENT})
    except ValueError:
        return False
