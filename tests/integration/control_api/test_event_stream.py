"""Event streams of the real process: over sockets, across its end, with what another process has written."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from control_api import call_events as e
from control_api.adapters.sql_store import open_store
from control_api.ports import CallStore, CallTx
from control_api.records import Instructions
from shared.call_state import CallState
from shared.ids import Identity
from tests.support.api_process import ApiProcess
from tests.support.calls import CALL, T0, a_call
from tests.support.event_stream import PATH, Frame, frame_of

WITHIN_S = 15.0


@dataclass
class Reader:
    lines: AsyncIterator[str]

    async def next(self) -> Frame:
        block: list[str] = []
        async with asyncio.timeout(WITHIN_S):
            async for line in self.lines:
                if not line and block:
                    return frame_of("\n".join(block))
                if line:
                    block.append(line)
        raise AssertionError(f"the stream ended with {block}")


@asynccontextmanager
async def a_stream(api: ApiProcess, last_id: int | None = None, user: str = "ann") -> AsyncIterator[Reader]:
    headers = {"Authorization": f"Bearer {api.token(user)}"}
    if last_id is not None:
        headers["Last-Event-ID"] = str(last_id)
    async with (
        httpx2.AsyncClient(base_url=api.url, headers=headers, timeout=WITHIN_S) as http,
        http.stream("GET", PATH) as answer,
    ):
        assert answer.status_code == 200
        yield Reader(answer.aiter_lines())


@asynccontextmanager
async def another_process(api: ApiProcess) -> AsyncIterator[CallStore]:
    """What another replica is to this one: somebody who writes into the same database."""
    store = await open_store(f"sqlite:///{api.database}")
    try:
        yield store
    finally:
        await store.aclose()


def turns(first: int, last: int) -> list[e.TurnEvent]:
    return [
        e.TurnEvent(epoch=1, turn=number, response_ms=None, interrupted=False, played_ms=0)
        for number in range(first, last)
    ]


async def write(store: CallStore, events: list[e.TurnEvent]) -> None:
    def use_case(tx: CallTx) -> None:
        for event in events:
            tx.add_event(CALL, T0, event)

    await store.write(use_case)


async def test_nothing_is_missed_and_nothing_told_twice_across_a_crash_of_the_api(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    await asyncio.to_thread(api.start)
    try:
        async with another_process(api) as store:
            # One that is over, so that nobody but this test writes about it.
            call = a_call(caller_id=Identity("ann"), status=CallState.COMPLETED, room_closed=True)
            await store.write(lambda tx: tx.insert_call(call, Instructions()))
            async with a_stream(api) as stream:
                assert (await stream.next()).name == "ready"
                await write(store, turns(0, 3))
                seen = [await stream.next() for _ in range(3)]
                api.kill()
            await write(store, turns(3, 5))
            await asyncio.to_thread(api.start)
            async with a_stream(api, last_id=seen[-1].id) as stream:
                assert (await stream.next()).data == {"isResumed": True}
                seen += [await stream.next() for _ in range(2)]
                await write(store, turns(5, 7))
                seen += [await stream.next() for _ in range(2)]
        assert [frame.data["event"]["turn"] for frame in seen] == list(range(7))
    finally:
        api.stop()


async def test_it_stops_at_once_with_streams_open(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    await asyncio.to_thread(api.start)
    try:
        async with a_stream(api) as one, a_stream(api) as other:
            for stream in (one, other):
                assert (await stream.next()).name == "ready"
            api.signal(signal.SIGTERM)
            for stream in (one, other):
                bye = await stream.next()
                assert (bye.name, bye.data) == ("bye", {"why": "shutdown"})
    finally:
        assert await asyncio.to_thread(api.wait) == 0
    assert "Traceback" not in api.log
    assert "Cancel" not in api.log, "uvicorn had to cancel them"


async def test_a_client_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    await asyncio.to_thread(api.start)
    try:
        for _ in range(30):  # more than a user may have at once
            async with a_stream(api) as stream:
                assert (await stream.next()).name == "ready"
    finally:
        assert api.stop() == 0
    assert "Traceback" not in api.log
