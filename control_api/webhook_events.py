"""LiveKit's webhooks as facts. Pure: a payload in, what it says out.

What the real server sends (1.13.5, captured in tests/data/webhooks): JSON in protobuf's mapping, so 64-bit numbers
are texts and zero values are left out. `participant_left` repeats when the participant had joined, so that it alone
tells the whole stay. Track events carry the room's SID and name and the participant's SID and identity only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from control_api.egress_facts import sanitised
from control_api.records import LeftWhy
from shared.ids import Identity, MediaRoom, RoomSid
from shared.wire import is_unicode

KNOWN = frozenset(
    {
        "room_started",
        "room_finished",
        "participant_joined",
        "participant_left",
        "track_published",
        "track_unpublished",
        "egress_started",
        "egress_ended",
    }
)
_MAX_CHARS = 256
_MAX_INTEGER = 2**63
# The room object carries `turnPassword`, the participant's its name and metadata: what is kept is named here.
_KEPT = {
    "room": ("sid", "name", "creationTime", "creationTimeMs"),
    "participant": ("sid", "identity", "joinedAt", "joinedAtMs", "kind", "disconnectReason"),
    "track": ("sid", "type", "source"),
}


@dataclass(frozen=True, slots=True)
class WebhookFact:
    """What one event says. Times in ms since 1970."""

    room_sid: RoomSid
    media_room: MediaRoom
    room_created_ms: int | None
    room_finished_ms: int | None = None
    participant_sid: str | None = None
    identity: Identity | None = None
    joined_ms: int | None = None
    left_ms: int | None = None
    left_why: LeftWhy | None = None


def sanitise(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a payload that may be stored."""
    kept: dict[str, Any] = {key: _short(payload.get(key)) for key in ("event", "id", "createdAt")}
    for part, names in _KEPT.items():
        value = payload.get(part)
        if isinstance(value, Mapping):
            kept[part] = {name: _short(value[name]) for name in names if name in value}
    egress = sanitised(payload.get("egressInfo"))
    return kept if egress is None else kept | {"egressInfo": egress}


def read(payload: Mapping[str, Any], received_ms: int) -> WebhookFact | None:
    """None for an event that says nothing about who is in which room (tracks, egress, what we do not know)."""
    room = payload.get("room")
    event = payload.get("event")
    if not isinstance(room, Mapping) or not _text(room, "sid") or not _text(room, "name"):
        return None
    base = WebhookFact(
        RoomSid(_text(room, "sid")), MediaRoom(_text(room, "name")), _ms(room, "creationTimeMs", "creationTime")
    )
    happened_ms = _happened_ms(payload, received_ms)
    match event:
        case "room_started":
            return base
        case "room_finished":
            return replace(base, room_finished_ms=happened_ms)
        case "participant_joined" | "participant_left":
            return _stay(base, payload.get("participant"), happened_ms, left=event == "participant_left")
        case _:
            return None


def _stay(base: WebhookFact, participant: Any, happened_ms: int, *, left: bool) -> WebhookFact | None:
    if not isinstance(participant, Mapping) or not _text(participant, "sid") or not _text(participant, "identity"):
        return None
    joined_ms = _ms(participant, "joinedAtMs", "joinedAt")
    fact = replace(
        base,
        participant_sid=_text(participant, "sid"),
        identity=Identity(_text(participant, "identity")),
        joined_ms=joined_ms if joined_ms is not None or left else happened_ms,
    )
    if not left:
        return fact
    on_purpose = participant.get("disconnectReason") == "CLIENT_INITIATED"
    return replace(
        fact,
        left_ms=max(happened_ms, joined_ms or 0),
        left_why=LeftWhy.ON_PURPOSE if on_purpose else LeftWhy.LOST,
    )


def _happened_ms(payload: Mapping[str, Any], received_ms: int) -> int:
    """An event's own time has whole seconds only. One that came at once happened when it came; a late one, by the
    end of its second."""
    created_s = _integer(payload.get("createdAt"))
    return received_ms if created_s is None else min(received_ms, created_s * 1000 + 999)


def _ms(source: Mapping[str, Any], ms_key: str, s_key: str) -> int | None:
    ms = _integer(source.get(ms_key))
    if ms:
        return ms
    seconds = _integer(source.get(s_key))
    return seconds * 1000 if seconds else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = int(value)
    except ValueError:
        return None
    return number if 0 <= number < 2**53 else None


def _text(source: Mapping[str, Any], key: str) -> str:
    value = source.get(key)
    return value if isinstance(value, str) and len(value) <= _MAX_CHARS and is_unicode(value) else ""


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MAX_CHARS and is_unicode(value) else None
    return value if isinstance(value, int) and abs(value) < _MAX_INTEGER else None
