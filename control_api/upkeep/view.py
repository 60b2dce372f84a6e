"""What the upkeep can see at one moment: all that its plan is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from control_api.limits import Limits
from control_api.records import Call
from control_api.services.workers import WorkerView
from shared.ids import CallId, MediaRoom, RoomSid, WorkerId


@dataclass(frozen=True, slots=True)
class RoomsSeen:
    """What LiveKit listed."""

    asked_ms: int
    sids: Mapping[MediaRoom, RoomSid]
    missing_since_ms: Mapping[CallId, int]
    """Calls whose room was not listed -> at the first listing in a row that missed it."""
    stray_since_ms: Mapping[MediaRoom, int] = field(default_factory=dict)
    """Rooms that look like ours and belong to no open call -> at the first listing in a row that had them."""


@dataclass(frozen=True, slots=True)
class Seen:
    now_ms: int
    started_ms: int
    """When this API process began: what could not happen before does not count as late."""
    open_calls: Sequence[Call]
    unclosed: Sequence[Call]
    workers: Mapping[WorkerId, WorkerView]
    hears_workers: bool
    rooms: RoomsSeen | None
    """None while LiveKit does not answer."""
    limits: Limits
    looked_ms: Mapping[CallId, int] = field(default_factory=dict)
    """When each call's room was last looked into."""

    def age_s(self, since_ms: int | None) -> float:
        """0 for what has not happened."""
        return 0.0 if since_ms is None else (self.now_ms - since_ms) / 1000

    def age_here_s(self, since_ms: int | None) -> float:
        """The same, of which only what this process has seen itself counts."""
        return min(self.age_s(since_ms), self.age_s(self.started_ms))
