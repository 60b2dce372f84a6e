"""What it costs the worker to record calls between two people, which it only listens to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from scripts.bench import meter
from scripts.bench.systems import Stage
from scripts.bench_recording.rows import Row
from scripts.caller.clips import Clip, spoken
from scripts.caller.phone import Phone
from scripts.caller.plans import LOAD_SENTENCES
from scripts.caller.problem import CallerProblem
from scripts.caller.target import new_user_id

CORES = 0.035
IDLE_S = 8.0
SETTLE_S = 3.0
BEGIN_WITHIN_S = 20.0
PAUSE_S = 1.0
_LOOK_S = 0.2


async def measure(stage: Stage, calls: int, seconds: float) -> list[Row]:
    """Raises `CallerProblem`."""
    idle = await _idle_cores(stage)
    recorded, native = await _cores_per_call(stage, calls, seconds, transcribed=False)
    transcribed, _ = await _cores_per_call(stage, calls, seconds, transcribed=True)
    remark = (
        f"{calls} calls; {native:.3f} of it in threads of libwebrtc and the SDK; the idle worker's {idle:.3f} taken off"
    )
    recorded, transcribed = recorded - idle / calls, transcribed - idle / calls
    return [
        Row("a recorded call of two people, all of it", recorded, "cores", CORES, remark),
        Row("the same, and what is said is cut into sentences and sent away", transcribed, "cores", None),
    ]


async def _idle_cores(stage: Stage) -> float:
    await stage.clock.sleep(SETTLE_S)
    return (await _cores(stage, IDLE_S))[0]


async def _cores(stage: Stage, seconds: float) -> tuple[float, float]:
    """Of the worker: all threads, and those that run no Python."""
    pids = meter.tree(stage.stack.pids["worker"])
    before, began_s = meter.spent(pids), stage.clock.monotonic_s()
    await stage.clock.sleep(seconds)
    cpu_s, native_s = meter.spent(pids).since(before)
    passed_s = stage.clock.monotonic_s() - began_s
    return cpu_s / passed_s, native_s / passed_s


async def _cores_per_call(stage: Stage, calls: int, seconds: float, *, transcribed: bool) -> tuple[float, float]:
    """All threads, and those that run no Python."""
    clips = [spoken(text) for text in LOAD_SENTENCES]
    async with contextlib.AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(_pair(stage, transcribed=transcribed)) for _ in range(calls)]
        talks = [asyncio.create_task(_talk(stage, pair, clips)) for pair in pairs]
        try:
            await _until_recorded(stage, calls)
            cores, native = await _cores(stage, seconds)
            return cores / calls, native / calls
        finally:
            for talk in talks:
                talk.cancel()
            await asyncio.gather(*talks, return_exceptions=True)


@contextlib.asynccontextmanager
async def _pair(stage: Stage, *, transcribed: bool) -> AsyncIterator[tuple[Phone, Phone]]:
    """Two people in a recorded call."""
    caller_id, callee_id = new_user_id(), new_user_id()
    caller, callee = (stage.target.api_for(user, stage.http, stage.clock) for user in (caller_id, callee_id))
    wishes = {"callType": "user-to-user", "calleeId": callee_id, "enableAiAgent": False}
    call = await caller.open_call({**wishes, "enableRecording": True, "enableTranscription": transcribed})
    answered = await callee.answer(call)
    phones = Phone(stage.clock, lambda *_: None), Phone(stage.clock, lambda *_: None)
    try:
        for phone, way_in in zip(phones, (call, answered), strict=True):
            await phone.join(way_in.livekit_url, way_in.token)
        yield phones
    finally:
        for phone in phones:
            await phone.hang_up()
        await caller.final_record(call, within_s=BEGIN_WITHIN_S)


async def _talk(stage: Stage, pair: tuple[Phone, Phone], clips: Sequence[Clip]) -> None:
    """One after the other, without an end."""
    while True:
        for at, clip in enumerate(clips):
            await pair[at % 2].microphone.say(clip).ended_s
            await stage.clock.sleep(PAUSE_S)


async def _until_recorded(stage: Stage, calls: int) -> None:
    until_s = stage.clock.monotonic_s() + BEGIN_WITHIN_S
    while _files_being_written(stage.logs) < calls:
        if stage.clock.monotonic_s() > until_s:
            raise CallerProblem("Not all calls were recorded.")
        await stage.clock.sleep(_LOOK_S)


def _files_being_written(data: Path) -> int:
    return len(list((data / "recording-spool").glob("*/*/sound.*")))
