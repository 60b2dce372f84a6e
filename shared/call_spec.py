"""What the API puts into a dispatch's metadata. Participants of the room can read it, so it holds ids and nothing
else: the prompt, the voice and the agent's token come with the claim (`shared.claims`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared import wire
from shared.ids import CallId, RoomName

VERSION = 1
MAX_BYTES = 1024


class JobRole(StrEnum):
    """What a job does in its call."""

    AGENT = "agent"
    """It speaks, and records when it is told to."""
    RECORDER = "recorder"
    """It is hidden and only hears: recordings and transcripts of a call without an agent."""

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> JobRole:
        """An agent where nothing is said, by an older version. Raises `wire.WireError`."""
        try:
            return JobRole(wire.optional_text(value, "role", max_chars=32) or JobRole.AGENT)
        except ValueError:
            raise wire.WireError("role is not known") from None


@dataclass(frozen=True, slots=True)
class CallSpec:
    call_id: CallId
    room_name: RoomName
    epoch: int
    """Counts the jobs that this call was given, of either role, so that (call, epoch) names one job. A claim for an
    old epoch is refused."""
    role: JobRole = JobRole.AGENT

    def to_metadata(self) -> str:
        return wire.dumps(
            {
                "v": VERSION,
                "callId": self.call_id,
                "roomName": self.room_name,
                "epoch": self.epoch,
                "role": self.role.value,
            }
        )

    @staticmethod
    def from_metadata(metadata: str) -> CallSpec:
        """Raises `wire.WireError` for a dispatch that is not ours or from a version that we do not speak."""
        value = wire.parse_object(metadata, max_bytes=MAX_BYTES)
        if value.get("v") != VERSION:
            raise wire.WireError(f"v must be {VERSION}")
        return CallSpec(
            call_id=CallId(wire.text(value, "callId", max_chars=64)),
            room_name=RoomName(wire.text(value, "roomName", max_chars=256)),
            epoch=wire.integer(value, "epoch", minimum=1),
            role=JobRole.from_wire(value),
        )
