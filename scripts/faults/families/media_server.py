"""LiveKit itself is killed, or is full of rooms that are nobody's (rows 8 and 9)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from typing import Any

from livekit import api as livekit_api

from scripts.caller.report import percentile
from scripts.faults.broken import Broken, promise, until_answered
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family
from shared.call_state import FINAL_STATES

family = Family()

ALIVE_WITHIN_MS = 20_000
CALLS = 3
AT_ONCE = 50
NO_AGENT = {"callType": "conference", "enableAiAgent": False}
"""A call that needs no worker."""


async def _crash(lab: Lab, away_s: float) -> list[int]:
    """Milliseconds from LiveKit's return until each call had an agent that was heard, or had ended as it may."""
    callers = [await lab.talking() for _ in range(CALLS)]
    with lab.nobody_can_be_heard():
        await lab.stack.livekit.kill()
        await lab.clock.sleep(away_s)
        await lab.stack.livekit.start()
        back_s = lab.now_s()
        alive_s = await asyncio.gather(*(_alive_or_ended(lab, caller) for caller in callers))
    return [ms_between(back_s, at_s) for at_s in alive_s]


async def _alive_or_ended(lab: Lab, caller: Caller) -> float:
    """When the caller was answered again, or the call had ended `media_server_lost`."""
    deadline_s = lab.now_s() + ALIVE_WITHIN_MS / 1000 + 5
    while lab.now_s() < deadline_s:
        row = lab.row(caller.call_id)
        if row["status"] in FINAL_STATES:
            promise(row["end_reason"] == "media_server_lost", f"the call ended {row['end_reason']}")
            return lab.now_s()
        if not caller.phone.over.is_set():
            said = await caller.say()
            with contextlib.suppress(Broken):
                return await caller.heard_after(said.ended_s, within_s=3)
        await lab.clock.sleep(0.1)
    raise Broken("the caller sits in a silent call")


def _crashing(away_s: int) -> None:
    @family.scenario(
        8,
        f"`kill -9` of LiveKit under {CALLS} calls, back {f'after {away_s} s' if away_s else 'at once'}",
        "20 s later each call is alive, or has ended `media_server_lost`",
        worst_ms=ALIVE_WITHIN_MS,
        within_s=120 + away_s,
        long_runs=5,
    )
    async def crash(lab: Lab) -> list[int]:
        return await _crash(lab, away_s)

    crash.__name__ = f"back_after_{away_s}_s"


for _away_s in (0, 2, 5, 10, 60):
    _crashing(_away_s)


async def _many_rooms(lab: Lab, rooms: int) -> list[int]:
    """How long the API took to answer, in milliseconds, while LiveKit held so many rooms of calls that are over, each
    opened again by somebody with an old token. (Rooms that no call of this installation ever had are left alone: the
    LiveKit server may be shared.)"""
    names: list[str] = []
    try:
        await _at_once(lab, [_call_and_end(lab, names) for _ in range(rooms)])
        await _at_once(lab, [_create(lab, name) for name in names])
        times_ms = [await _answers_in_ms(lab) for _ in range(100)]
        caller = await lab.talking()
        await caller.hang_up()
        p99_ms = percentile(times_ms, 99) or 0
        promise(p99_ms <= 200, f"the API's p99 is {p99_ms} ms")
        await until_answered("the rooms are reaped", lambda: _are_gone(lab), 60 + rooms / 10)
        return times_ms
    finally:
        await _at_once(lab, [_delete(lab, name) for name in await _rooms(lab)])


async def _answers_in_ms(lab: Lab) -> int:
    asked_s = lab.now_s()
    status, _ = await lab.ask_api("GET", f"{SESSION}?limit=10")
    promise(status == 200, f"the API answered {status}")
    return ms_between(asked_s, lab.now_s())


async def _at_once(lab: Lab, requests: Sequence[Coroutine[Any, Any, object]]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def in_place(request: Coroutine[Any, Any, object]) -> None:
        async with places:
            await request

    await asyncio.gather(*map(in_place, requests))


async def _call_and_end(lab: Lab, names: list[str]) -> None:
    status, body = await lab.ask_api("POST", SESSION, NO_AGENT, user=lab.new_user(), admin=False)
    promise(status == 200, f"a call was answered {status}")
    name = body["session"]["roomName"]
    lab.acknowledged.append(body["session"]["callId"])
    names.append(name)
    status, _ = await lab.ask_api("DELETE", f"{SESSION}?roomName={name}")
    promise(status == 200, f"the end of a call was answered {status}")


async def _create(lab: Lab, name: str) -> None:
    await lab.stack.rooms.room.create_room(livekit_api.CreateRoomRequest(name=name, empty_timeout=3600))


async def _delete(lab: Lab, name: str) -> None:
    with contextlib.suppress(livekit_api.TwirpError):  # gone by itself
        await lab.stack.rooms.room.delete_room(livekit_api.DeleteRoomRequest(room=name))


async def _rooms(lab: Lab) -> list[str]:
    listed = await lab.stack.rooms.room.list_rooms(livekit_api.ListRoomsRequest())
    return [room.name for room in listed.rooms]


async def _are_gone(lab: Lab) -> bool:
    return not await _rooms(lab)


@family.scenario(
    9,
    "500 idle rooms whose calls are over",
    "the API's p99 stays below 200 ms; the rooms are reaped",
    within_s=180,
    long_runs=1,
)
async def five_hundred_rooms(lab: Lab) -> list[int]:
    return await _many_rooms(lab, 500)


@family.scenario(
    9,
    "10,000 idle rooms whose calls are over",
    "the API's p99 stays below 200 ms; the rooms are reaped",
    within_s=1500,
    long_runs=1,
    only_long=True,
)
async def ten_thousand_rooms(lab: Lab) -> list[int]:
    return await _many_rooms(lab, 10_000)
