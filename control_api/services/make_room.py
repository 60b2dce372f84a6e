"""The room of a call at the media server: made when the call is opened, and again when the server has lost it."""

from __future__ import annotations

from control_api.limits import Limits
from control_api.ports import LiveKitGateway, LiveRoom
from control_api.records import Call
from shared import wire


async def make_room(gateway: LiveKitGateway, call: Call, limits: Limits) -> LiveRoom:
    """The room, which may be there already. Raises `LiveKitUnavailable` or `LiveKitRefused`."""
    return await gateway.create_room(
        call.media_room,
        empty_timeout_s=limits.room_empty_timeout_s,
        departure_timeout_s=limits.room_departure_timeout_s,
        metadata=room_facts(call),
    )


def room_facts(call: Call) -> str:
    """What everyone in the room may know of the call: whether it is recorded and written down. Nothing that a client
    has sent is in it."""
    return wire.dumps({"recordingEnabled": call.recording_enabled, "transcriptionEnabled": call.is_transcribed})
