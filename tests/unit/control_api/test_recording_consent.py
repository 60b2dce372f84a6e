"""The log says who was in a recorded call, and how they knew of it."""

from __future__ import annotations

from control_api.call_events import RecordingConsentEvent
from control_api.records import Call, CallType
from control_api.services.recordings import RecordingBackend
from tests.fakes.recorder import FakeStorage, fake_recording
from tests.support.calls import ANN
from tests.support.control_api_parts import Parts, parts
from tests.support.recordings import started, whole


async def consents(p: Parts, call: Call) -> list[tuple[str, str]]:
    events = await p.store.read(lambda tx: tx.events(call.id, 100))
    return [(one.data.identity, one.data.basis) for one in events if isinstance(one.data, RecordingConsentEvent)]


async def a_conference(p: Parts, *, recorded: bool) -> Call:
    call = await p.opened(call_type=CallType.CONFERENCE, ai_enabled=False, recording_enabled=recorded)
    await p.joins(call, "user-1")
    await p.joins(call, "user-2")
    return call


async def test_one_that_was_announced_before_the_call() -> None:
    p = parts(recording=RecordingBackend(FakeStorage()))
    call = await a_conference(p, recorded=True)
    await p.tick()
    (recording,) = await p.store.read(lambda tx: tx.recordings(call.id))
    assert await consents(p, call) == [], "it has not begun"
    await p.told(started(recording.egress_id), started(recording.egress_id))
    await p.clock.advance(1)
    await p.joins(call, "ai-agent-recorder-1")
    late = await p.joins(call, "user-3")
    await p.leaves(call, late)
    assert await consents(p, call) == [("user-1", "asked"), ("user-2", "knew"), ("user-3", "knew")]


async def test_one_that_begins_in_the_middle_of_the_call() -> None:
    _, _, backend = fake_recording()
    p = parts(recording=backend)
    call = await a_conference(p, recorded=False)
    await p.clock.advance(1)
    recording = await p.services.recordings.start(ANN, call.room_name, output_path=None, file_type="mp4")
    await p.told(started(recording.egress_id))
    assert await consents(p, call) == [("user-1", "asked"), ("user-2", "told")]
    await p.told(*whole(recording.egress_id))
    await p.joins(call, "user-3")
    assert len(await consents(p, call)) == 2, "it was over when they came"
