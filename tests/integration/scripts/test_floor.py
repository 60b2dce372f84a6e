"""The floor with a real LiveKit server: the caller is answered without any model, and nothing of it stays."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import psutil
from livekit import api

from scripts.caller.clips import spoken
from scripts.caller.conversation import Line
from scripts.caller.floor.rooms import LiveKitAccess, floor_door
from scripts.caller.one_call import place_call
from shared.clock import SystemClock
from tests.support.livekit_server import running_livekit

SCRIPT = Path(__file__).resolve().parents[3] / "scripts/caller/measure.yaml"


async def test_a_caller_is_answered_without_a_model(tmp_path: Path) -> None:
    with running_livekit(tmp_path) as livekit:
        async with aiohttp.ClientSession() as http:
            access = LiveKitAccess(livekit.url, livekit.api_key, livekit.api_secret, http)
            async with floor_door(access, SCRIPT) as door:
                lines = [Line(spoken("Where is my order 427?"))]
                result = await place_call(door, lambda: lines, SystemClock())
            rooms = await api.LiveKitAPI(
                livekit.url, livekit.api_key, livekit.api_secret, session=http
            ).room.list_rooms(api.ListRoomsRequest())
    assert result.problems == []
    assert not result.failed
    assert result.agent_joined_ms is not None
    # 500 ms of silence end a turn, so no answer can come earlier.
    assert [turn.response_ms is not None and turn.response_ms > 450 for turn in result.turns] == [True]
    assert list(rooms.rooms) == []
    assert [child for child in psutil.Process().children() if "answerer" in " ".join(child.cmdline())] == []
