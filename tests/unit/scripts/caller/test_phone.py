"""What a caller's phone believes of what it is told in the room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from livekit import rtc

from scripts.caller.phone import end_reason
from shared.call_state import EndReason
from shared.ids import CallId
from shared.room_signals import CALL_ANSWERED_TOPIC, CALL_ENDED_TOPIC, call_ended


def a_packet(sender: str | None, topic: str = CALL_ENDED_TOPIC, data: bytes | None = None) -> rtc.DataPacket:
    payload = call_ended(CallId("c1"), EndReason.MAX_DURATION) if data is None else data
    participant = None if sender is None else cast(rtc.RemoteParticipant, SimpleNamespace(identity=sender))
    return rtc.DataPacket(data=payload, kind=rtc.DataPacketKind.KIND_RELIABLE, participant=participant, topic=topic)


@pytest.mark.parametrize(("sender", "is_believed"), [(None, True), ("ai-agent-1", True), ("eve", False)])
def test_why_the_call_is_over_says_the_server_or_the_agent(sender: str | None, is_believed: bool) -> None:
    assert end_reason(a_packet(sender)) == ("max_duration" if is_believed else None)


@pytest.mark.parametrize(
    "packet", [a_packet(None, CALL_ANSWERED_TOPIC), a_packet(None, data=b"{"), a_packet(None, data=b"{}")]
)
def test_anything_else_says_nothing(packet: rtc.DataPacket) -> None:
    assert end_reason(packet) is None
