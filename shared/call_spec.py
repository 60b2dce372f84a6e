"""What the API puts into a dispatch's metadata. Participants of the room can read it, so it holds ids and nothing
else: the prompt, the voice and the agent's token come with the claim (`shared.claims`)."""

from __future__ import annotations

from dataclasses import dataclass

from shared import wire
from shared.ids import CallId, RoomName

VERSION = 1
MAX_BYTES = 1024


@dataclass(frozen=True, slots=True)
class CallSpec:
    call_id: CallId
    room_name: RoomName
    epoch: int
    """Counts the agents that this call was given; a claim for an old epoch is refused."""

    def to_metadata(self) -> str:
        return wire.dumps({"v": VERSION, "callId": self.call_id, "roomName": self.room_name, "epoch": self.epoch})

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
        )
