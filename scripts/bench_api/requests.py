"""The requests as bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Sequence

import jwt

from scripts.bench_api.load import Request
from scripts.bench_api.records import room_of

SESSION = "/api/voice/session"
WEBHOOK = "/api/voice/webhook"
REPORTS = "/internal/reports"


def reads(tokens: Sequence[str]) -> Request:
    """``GET /session?roomName``, each user in turn."""
    prepared = [
        (
            f"GET {SESSION}?roomName={room_of(number)} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nAccept: application/json\r\n\r\n"
        ).encode()
        for number, token in enumerate(tokens)
    ]
    return lambda number: prepared[number % len(prepared)]


def opening(token: str) -> bytes:
    return _post(SESSION, b"{}", {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})


def ending(token: str, room: str) -> bytes:
    head = f"DELETE {SESSION}?roomName={room} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    return head.encode()


def following(token: str) -> bytes:
    return f"GET /api/voice/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def report(worker_token: str, call_id: str, turn: int) -> bytes:
    """A worker's report of one turn; no two may have the same number."""
    event = {"type": "turn", "turn": turn, "responseMs": 640, "interrupted": False, "playedMs": 2900}
    one = {"callId": call_id, "epoch": 1, "seq": turn + 1, "atMs": time.time_ns() // 1_000_000, "event": event}
    body = json.dumps({"workerId": "bench", "reports": [one]}).encode()
    headers = {"Authorization": f"Bearer {worker_token}", "Content-Type": "application/json"}
    return _post(REPORTS, body, headers)


def webhooks(key: str, secret: str, count: int) -> Request:
    """So many different events, signed as LiveKit signs them."""
    prepared = [_webhook(key, secret, number) for number in range(count)]
    return lambda number: prepared[number]


def _webhook(key: str, secret: str, number: int) -> bytes:
    body = json.dumps(
        {
            "event": "participant_joined",
            "id": f"EV_{number:08d}",
            "createdAt": str(int(time.time())),
            "room": {"sid": f"RM_{number:06d}", "name": f"room-{number:06d}", "creationTime": str(int(time.time()))},
            "participant": {"sid": f"PA_{number:06d}", "identity": f"user_{number}", "joinedAt": str(int(time.time()))},
        }
    ).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    signed = jwt.encode({"iss": key, "exp": int(time.time()) + 600, "sha256": digest}, secret, algorithm="HS256")
    return _post(WEBHOOK, body, {"Authorization": signed, "Content-Type": "application/webhook+json"})


def _post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    fields = headers | {"Host": "localhost", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
