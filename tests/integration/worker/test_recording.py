"""Real calls, recorded by the real worker: the right words on the right channel at the right time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scripts.caller.clips import spoken
from shared.call_report import RecordingCause, RecordingEnded, RecordingStarted, RecordingStored, Turn
from shared.ids import EgressId
from shared.recording_order import Channels, FileType, RecordingOrder
from shared.worker_link import CommandKind, HeldCall
from tests.integration.worker.listening import Take, remember, samples_of
from tests.integration.worker.stack import Stack, until
from tests.integration.worker.worker_process import RunningWorker
from tests.support.livekit_server import LiveKitServer
from tests.support.realtime_process import RealtimeServer

QUESTION = spoken("Where is my order, please?")
LEFT, RIGHT = 0, 1
NEAR_S = 0.1
SILENT = 300
ALIKE = 0.3
"""Coded twice, and stretched here and there by the jitter buffers: a waveform that is not there reaches 0.05."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def recording_worker(
    livekit: LiveKitServer, realtime_process: RealtimeServer, store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningWorker]:
    worker = RunningWorker(livekit, realtime_process, tmp_path_factory.mktemp("worker"))
    worker.environment["LIVEKIT_RECORDING_BUCKET"] = f"file://{store}"
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
async def stack(recording_worker: RunningWorker, realtime: RealtimeServer) -> AsyncIterator[Stack]:
    async with Stack(recording_worker) as stack:
        yield stack


async def begin(
    stack: Stack,
    held: HeldCall,
    file_type: FileType = FileType.MP4,
    channels: Channels = Channels.TWO_PARTY,
    name: str = "EG_1",
) -> RecordingStarted:
    order = RecordingOrder(EgressId(name), file_type, f"{held.call_id}/{name}.{file_type.value}", channels)
    await stack.control.command(CommandKind.START_RECORDING, held, **order.to_args())
    return await stack.control.wait_for_report(held.call_id, RecordingStarted)


@pytest.mark.parametrize("file_type", FileType)
async def test_a_talk_with_the_agent_is_in_the_file_as_it_was_heard(
    stack: Stack, store: Path, file_type: FileType
) -> None:
    held, phone = await stack.begin_call()
    memory = remember(phone)
    started = await begin(stack, held, file_type)
    await until("the heartbeat names it", lambda: names(stack, held) == ("EG_1",))
    speech = phone.microphone.say(QUESTION)
    began_s, ended_s = await speech.began_s, await speech.ended_s
    await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    heard_s, quiet_s = memory.first_sound_after(ended_s), memory.last_sound_s()
    assert heard_s is not None
    assert quiet_s is not None
    await phone.hang_up()

    ended = await stack.control.wait_for_report(held.call_id, RecordingEnded)
    stored = await stack.control.wait_for_report(held.call_id, RecordingStored)
    take = Take.of(store / stored.path, started)
    assert ended.cause is RecordingCause.CALL_OVER
    assert stored.duration_ms == ended.duration_ms == pytest.approx(take.duration_s * 1000, abs=120)
    assert stored.size_bytes == (store / stored.path).stat().st_size
    assert stored.peaks_path is not None
    assert (store / stored.peaks_path).stat().st_size > 100

    found_s, likeness = take.find(samples_of(QUESTION), LEFT)
    print(f"{file_type}: the caller's words {1000 * (found_s - began_s):.0f} ms later, likeness {likeness:.2f}")
    assert likeness > ALIKE
    assert found_s == pytest.approx(began_s, abs=NEAR_S)
    answer = memory.between(heard_s, quiet_s)
    found_s, likeness = take.find(answer, RIGHT)
    print(f"{file_type}: the agent's words {1000 * (found_s - heard_s):.0f} ms later, likeness {likeness:.2f}")
    assert likeness > ALIKE
    assert found_s == pytest.approx(heard_s, abs=NEAR_S)
    assert take.loudest(RIGHT, began_s, heard_s - NEAR_S) < SILENT
    assert take.loudest(LEFT, heard_s, quiet_s) < SILENT


def names(stack: Stack, held: HeldCall) -> tuple[str, ...]:
    calls = stack.control.heartbeats[-1].calls if stack.control.heartbeats else ()
    return next((call.recordings for call in calls if call == held), ())
