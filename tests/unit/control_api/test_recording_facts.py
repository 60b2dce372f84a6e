"""A recording is what its parts add up to, in whatever order they are heard of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from control_api.recording_facts import lost, never_began, settle, told
from control_api.recording_records import Recording, RecordingPart
from shared.call_report import RecordingCause, RecordingReport
from shared.ids import EgressId
from shared.recording_state import RecordingState
from tests.support.calls import CALL, ROOM, T0
from tests.support.recordings import ended, failed, started, stored, whole

ID = EgressId("EG_1")
NEW = Recording(ID, CALL, ROOM, "mp4", "call/EG_1.mp4", T0)
STOPPED = replace(NEW, stop_asked_ms=T0 + 70_000)


def parts_of(reports: Sequence[RecordingReport]) -> list[RecordingPart]:
    parts: dict[int, RecordingPart] = {}
    for report in reports:
        parts[report.part] = told(parts.get(report.part), report)
    return sorted(parts.values(), key=lambda part: part.part)


def after(recording: Recording, reports: Sequence[RecordingReport]) -> Recording:
    return settle(recording, parts_of(reports))


def test_from_its_start_to_the_store() -> None:
    said = whole(ID)
    states = [after(NEW, said[:number]).state for number in range(4)]
    assert states == [RecordingState.STARTING, RecordingState.ACTIVE, RecordingState.UPLOADING, RecordingState.READY]
    ready = after(NEW, said)
    assert (ready.file_path, ready.duration_ms, ready.size_bytes) == ("call/file.mp4", 60_000, 4_000)
    assert ready.ended_ms == T0 + 60_000, "it ended by itself"
    assert after(STOPPED, said).ended_ms == T0 + 70_000, "or when it was told to"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_what_is_heard_ends_in_the_same_row(order: tuple[int, ...]) -> None:
    said = whole(ID)
    recording, heard = STOPPED, list[RecordingReport]()
    for index in (*order, *order):
        heard.append(said[index])
        recording = settle(recording, parts_of(heard))
    assert recording == after(STOPPED, said)


def test_its_source_is_gone_and_the_next_goes_on() -> None:
    said = [started(ID), ended(ID, cause=RecordingCause.JOB_OVER), stored(ID, path="a.mp4", duration_ms=5_000)]
    waiting = after(NEW, said)
    assert (waiting.state, waiting.ended_ms) == (RecordingState.ACTIVE, None)
    said += [started(ID, 2), ended(ID, 2, RecordingCause.CALL_OVER), stored(ID, 2, "b.mp4", 7_000)]
    done = after(NEW, said)
    assert (done.state, done.file_path, done.duration_ms) == (RecordingState.PARTIAL, "b.mp4", 12_000)


@pytest.mark.parametrize("cause", [RecordingCause.DISK_FULL, RecordingCause.ENCODER_FAILED])
def test_one_that_broke_off_is_partial(cause: RecordingCause) -> None:
    done = after(NEW, [started(ID), ended(ID, cause=cause), stored(ID)])
    assert (done.state, done.ended_ms) == (RecordingState.PARTIAL, T0 + 60_000)


def test_nothing_that_can_be_played() -> None:
    assert after(NEW, [failed(ID)]).state is RecordingState.FAILED
    assert after(NEW, [started(ID), ended(ID), failed(ID)]).state is RecordingState.FAILED
    assert settle(STOPPED, [never_began(ID)]).state is RecordingState.FAILED


@pytest.mark.parametrize("cause", [RecordingCause.WORKER_LOST, RecordingCause.JOB_OVER])
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_source_that_is_gone_before_its_first_sound_is_only_the_first_of_them(
    order: tuple[int, ...], cause: RecordingCause
) -> None:
    empty = [started(ID), failed(ID, cause=cause)]
    assert after(NEW, empty).state is RecordingState.ACTIVE, "the next goes on"
    assert after(NEW, empty[1:]).state is RecordingState.STARTING, "also if it could not say that it began"
    assert after(STOPPED, empty).state is RecordingState.FAILED, "nobody is to go on"
    recording, heard = NEW, empty[:1]
    said = [empty[1], started(ID, 2), ended(ID, 2, duration_ms=7_000), stored(ID, 2, "b.mp4", 7_000)]
    for index in (*order, *order):
        heard.append(said[index])
        recording = settle(recording, parts_of(heard))
    assert (recording.state, recording.file_path, recording.duration_ms) == (RecordingState.PARTIAL, "b.mp4", 7_000)


def test_an_empty_part_of_who_ended_the_recording_is_its_end() -> None:
    for cause in set(RecordingCause) - {RecordingCause.WORKER_LOST, RecordingCause.JOB_OVER}:
        assert after(NEW, [started(ID), failed(ID, cause=cause)]).state is RecordingState.FAILED
    said = [started(ID), ended(ID, cause=RecordingCause.WORKER_LOST), stored(ID), started(ID, 2), failed(ID, 2)]
    assert after(NEW, said).state is RecordingState.PARTIAL


def test_a_part_that_nobody_tells_about_makes_it_partial() -> None:
    said = [started(ID), started(ID, 2), ended(ID, 2), stored(ID, 2, "b.mp4", 7_000)]
    first, second = parts_of(said)
    assert settle(STOPPED, [first, second]).state is RecordingState.STOPPING, "it is waited for"
    given_up = settle(STOPPED, [lost(first), lost(second)])
    assert (given_up.state, given_up.file_path) == (RecordingState.PARTIAL, "b.mp4")


def test_a_file_that_turns_up_after_it_was_given_up_counts() -> None:
    (part,) = parts_of([started(ID)])
    given_up = settle(STOPPED, [lost(part)])
    assert given_up.state is RecordingState.FAILED
    late = told(told(lost(part), ended(ID, cause=RecordingCause.WORKER_LOST)), stored(ID))
    found = settle(given_up, [late])
    assert (found.state, found.file_path) == (RecordingState.PARTIAL, "call/file.mp4")


def test_what_is_final_stays() -> None:
    ready = after(STOPPED, whole(ID))
    assert after(ready, [*whole(ID), started(ID, 2)]).state is RecordingState.READY
