"""Which job is told to say in the call that it is recorded."""

from __future__ import annotations

import pytest

from control_api.call_events import ParticipantJoinedEvent
from control_api.recording_records import Recording
from control_api.records import Call, CallType
from control_api.services.recordings import RecordingBackend
from shared.call_report import Happened, HappenedKind, Report
from shared.claims import ClaimRequest
from shared.ids import notice_identity, recorder_identity
from shared.recording_order import NOTICE
from shared.worker_link import Command, CommandKind
from tests.fakes.recorder import FakeStorage
from tests.support.calls import ANN, WORKER
from tests.support.control_api_parts import Parts, parts
from worker.clip import ClipName


def with_notice(*, has_notice: bool = True) -> Parts:
    return parts(recording=RecordingBackend(FakeStorage(), has_notice=has_notice))


async def connected(p: Parts, **changes: object) -> Call:
    call = await p.opened(**changes)
    await p.joins(call, "user-1")
    await p.agent_joins(call)
    return call


async def recording_of(p: Parts, call: Call) -> Recording:
    return (await p.store.read(lambda tx: tx.recordings(call.id)))[0]


async def happens(p: Parts, call: Call, detail: str) -> None:
    event = Happened(HappenedKind.CLIP_PLAYED, detail)
    await p.services.reports.take([Report(call.id, 1, 100, p.clock.now_ms(), event)])


def notices(commands: list[Command]) -> list[bool]:
    return [told.args["notice"] for told in commands if told.kind is CommandKind.START_RECORDING]


def test_both_sides_call_it_the_same() -> None:
    assert ClipName.RECORDED.value == NOTICE


async def test_the_agent_of_a_call_that_is_recorded_from_its_start_is_to_say_it_first() -> None:
    p = with_notice()
    claim = await p.claimed(await p.opened(recording_enabled=True))
    assert claim.recording_notice


@pytest.mark.parametrize(
    ("has_notice", "changes"),
    [
        (False, {"recording_enabled": True}),
        (True, {"recording_enabled": False}),
        (True, {"recording_enabled": True, "call_type": CallType.CONFERENCE}),
    ],
)
async def test_in_other_calls_nothing_waits_for_it(has_notice: bool, changes: dict[str, object]) -> None:
    p = with_notice(has_notice=has_notice)
    claim = await p.claimed(await p.opened(**changes))
    assert not claim.recording_notice


async def test_who_is_told_to_record_is_told_to_say_it() -> None:
    for has_notice in (True, False):
        p = with_notice(has_notice=has_notice)
        call = await connected(p, recording_enabled=True)
        await p.tick()
        await p.tick()
        assert set(notices(p.commands())) == {has_notice}
        await happens(p, call, NOTICE)
        await p.services.recorders.order(await recording_of(p, call), WORKER, 1)
        assert notices(p.commands()) == [has_notice], "the same job: what it has said it knows itself"


async def test_a_job_that_takes_over_says_it_only_when_nobody_has() -> None:
    p = with_notice()
    call = await connected(p, recording_enabled=True)
    await p.tick()
    await p.tick()
    recording = await recording_of(p, call)
    p.commands()
    await happens(p, call, ClipName.MOMENT)
    await p.services.recorders.order(recording, WORKER, 2)
    assert notices(p.commands()) == [True]
    await happens_again(p, call)
    await p.services.recorders.order(recording, WORKER, 3)
    assert notices(p.commands()) == [False]


async def happens_again(p: Parts, call: Call) -> None:
    event = Happened(HappenedKind.CLIP_PLAYED, NOTICE)
    await p.services.reports.take([Report(call.id, 1, 101, p.clock.now_ms(), event)])


async def test_what_was_said_of_a_recording_before_does_not_count() -> None:
    p = with_notice()
    call = await connected(p, recording_enabled=False)
    await happens(p, call, NOTICE)
    await p.clock.advance(1)
    recording = await p.services.recordings.start(ANN, call.room_name, output_path=None, file_type="mp4")
    assert notices(p.commands()) == [True]
    await p.services.recorders.order(recording, WORKER, 2)
    assert notices(p.commands()) == [True]


async def people_who_talk(p: Parts) -> Call:
    """A conference that is recorded, and whose recorder has been sent."""
    call = await p.opened(call_type=CallType.CONFERENCE, ai_enabled=False, recording_enabled=True)
    await people_come(p, call)
    return await p.call(call.id)


async def people_come(p: Parts, call: Call) -> None:
    for identity in ("user-1", "user-2"):
        await p.joins(call, identity)
    await p.tick()
    await p.tick()


@pytest.mark.parametrize("has_notice", [True, False])
async def test_a_recorder_gets_a_token_for_somebody_who_says_it(has_notice: bool) -> None:
    p = with_notice(has_notice=has_notice)
    call = await people_who_talk(p)
    assert call.recorder is not None
    claim = await p.services.claims.claim(ClaimRequest(WORKER, call.id, call.recorder.epoch, "job"))
    for_whom = f"{notice_identity(call.id)} {call.media_room} {recorder_identity(call.id)}"
    token = claim.notice_token
    assert token is None if not has_notice else token is not None and token.startswith(f"notice {for_whom} ")


async def test_the_record_does_not_count_who_says_it() -> None:
    p = with_notice()
    call = await people_who_talk(p)
    speaker = await p.joins(call, notice_identity(call.id))
    await p.tick(after_s=60)
    await p.leaves(call, speaker)
    stays = await p.store.read(lambda tx: tx.presence(call.id))
    assert [stay.identity for stay in stays] == ["user-1", "user-2"]
    events = await p.store.read(lambda tx: tx.events(call.id, 100))
    came = [event.data.identity for event in events if isinstance(event.data, ParticipantJoinedEvent)]
    assert came == ["user-1", "user-2"]
    after = await p.call(call.id)
    assert (after.agent_joined_ms, after.is_final) == (None, False)


@pytest.mark.parametrize("has_notice", [True, False])
async def test_one_whom_a_dead_worker_has_left_behind_is_taken_out_before_another_can_come(has_notice: bool) -> None:
    p = with_notice(has_notice=has_notice)
    call = await p.opened(call_type=CallType.CONFERENCE, ai_enabled=False, recording_enabled=True)
    left_behind = notice_identity(call.id)
    p.gateway.joins(call.media_room, left_behind)
    await people_come(p, call)
    there = {one.identity for one in await p.gateway.list_participants(call.media_room)}
    assert there - {left_behind} == {"user-1", "user-2"}
    assert (left_behind in there) is not has_notice
