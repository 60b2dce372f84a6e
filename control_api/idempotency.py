"""``Idempotency-Key``: what counts as the same request, and which ids follow from it. Pure.

A key means one piece of work of one user at one route for 24 hours. The row that says so (`Reservation`) is written
before the work begins and gets the answer afterwards; ids of what the work makes derive from the row. So whoever finds
a row without an answer (the process was killed in between) can tell whether the work was done by looking for its ids.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from uuid import UUID

from shared.ids import CallId, EgressId, Identity

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
LIFE_MS = 24 * 3600 * 1000
MAX_KEY_CHARS = 255
_KEY = re.compile(r"[!-~]+")


def is_key(text: str) -> bool:
    """1 to 255 visible ASCII characters."""
    return len(text) <= MAX_KEY_CHARS and _KEY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """`id`: who, where and which key, as one hash. `fingerprint`: of the body."""

    id: str
    fingerprint: str


def keyed_request(user_id: Identity, route: str, key: str, body: bytes) -> KeyedRequest:
    """`body`: a JSON object, which was read before."""
    return KeyedRequest(_sha256("\0".join((user_id, route, key)).encode()), fingerprint(body))


def fingerprint(body: bytes) -> str:
    """The same for the same JSON, however a client orders and spaces it."""
    value = json.loads(body) if body else {}
    return _sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Reservation:
    """The key is taken. `answer` None: the work is under way, or was when the process died."""

    id: str
    fingerprint: str
    created_ms: int
    call_id: CallId | None = None
    """The call that the answer is about, for tokens that are signed anew."""
    answer: str | None = field(default=None, repr=False)
    """JSON; nothing in it opens anything."""

    def is_alive(self, now_ms: int) -> bool:
        return now_ms - self.created_ms < LIFE_MS

    def derived_call_id(self, number: int = 0) -> CallId:
        """The id of the call that this piece of work makes: a UUIDv7 of the row's time and hash. `number`: the next
        ones, for when the call by the first id was left unopened by a crash and has been given up since."""
        digest = hashlib.sha256(f"{self.id}\0{self.created_ms}\0{number}".encode()).digest()
        bits = (self.created_ms & (1 << 48) - 1) << 80 | int.from_bytes(digest[:10], "big")
        bits = bits & ~(0xF << 76) | 0x7 << 76  # version
        bits = bits & ~(0x3 << 62) | 0x2 << 62  # variant
        return CallId(str(UUID(int=bits)))

    def derived_egress_id(self, number: int = 0) -> EgressId:
        """The same for a recording."""
        return EgressId(f"EG_{_sha256(f'{self.id}/{self.created_ms}/{number}'.encode())[:24]}")


@dataclass(slots=True)
class Attempt:
    """One try at a reserved piece of work, as the use case sees it."""

    reservation: Reservation
    is_repeat: bool
    """An earlier try may have done all or part of it."""
    call_id: CallId | None = None
    """Set by the use case: the call that its answer is about."""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
