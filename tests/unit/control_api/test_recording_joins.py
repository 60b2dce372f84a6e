"""Which recordings are joined, of what, and what their row says then."""

from __future__ import annotations

from dataclasses import replace

from control_api.recording_facts import settle
from control_api.recording_joins import begins_ms, join_order
from control_api.recording_records import Recording, RecordingPart
from shared.call_report import RecordingCause
from shared.ids import CallId, EgressId, RoomName
from shared.recording_order import WHOLE, FileType, JoinOrder
from shared.recording_state import RecordingState
from tests.support.calls import T0

EGRESS = EgressId("EG_1")


def a_part(number: int, starts_ms: int, duration_ms: int, *, stored: bool = True) -> RecordingPart:
    path = f"c/x.part-{number}.mp4" if number > 1 else "c/x.mp4"
    cause = RecordingCause.WORKER_LOST if number == 1 else RecordingCause.CALL_OVER
    part = RecordingPart(EGRESS, number, T0 + starts_ms, cause, duration_ms)
    return replace(part, path=path, size_bytes=10, peaks_path=f"{path}.peaks.json") if stored else part


def a_whole(path: str, duration_ms: int) -> RecordingPart:
    return RecordingPart(EGRESS, WHOLE, duration_ms=duration_ms, path=path, size_bytes=25, peaks_path=f"{path}.p")


def settled(*parts: RecordingPart) -> Recording:
    new = Recording(EGRESS, CallId("c"), RoomName("r"), "mp4", "c/x.mp4", T0, stop_asked_ms=T0 + 60_000)
    return settle(new, parts)


FIRST, SECOND = a_part(1, 0, 10_000), a_part(2, 13_000, 40_000)
WHOLE_OF_BOTH = a_whole("c/x.parts-1-2.mp4", 53_000)


def test_parts_that_lie_in_the_store_are_joined_by_their_times() -> None:
    recording = settled(FIRST, SECOND)
    assert recording.state is RecordingState.PARTIAL
    assert (recording.file_path, recording.duration_ms) == ("c/x.part-2.mp4", 50_000)
    assert join_order(recording, [FIRST, SECOND]) == JoinOrder(
        EGRESS, FileType.MP4, "c/x.parts-1-2.mp4", (("c/x.mp4", 0), ("c/x.part-2.mp4", 13_000))
    )


def test_what_is_joined_is_what_is_shown_and_what_is_missing_is_still_missing() -> None:
    parts = (WHOLE_OF_BOTH, FIRST, SECOND)
    recording = settled(*parts)
    assert recording.state is RecordingState.PARTIAL
    assert (recording.file_path, recording.peaks_path) == ("c/x.parts-1-2.mp4", "c/x.parts-1-2.mp4.p")
    assert (recording.duration_ms, recording.size_bytes) == (53_000, 25)
    assert join_order(recording, parts) is None


def test_a_part_that_turns_up_later_makes_it_be_joined_again() -> None:
    late = a_part(3, 60_000, 5_000)
    parts = (WHOLE_OF_BOTH, FIRST, SECOND, late)
    recording = settled(*parts)
    assert recording.duration_ms == 55_000
    order = join_order(recording, parts)
    assert order is not None
    assert order.path == "c/x.parts-1-2-3.mp4"


def test_there_is_nothing_to_join_of_one_file_or_before_its_end() -> None:
    lost = replace(a_part(2, 13_000, 0, stored=False), failed="lost")
    assert join_order(settled(FIRST, lost), [FIRST, lost]) is None
    running = replace(settled(FIRST, SECOND), state=RecordingState.ACTIVE)
    assert join_order(running, [FIRST, SECOND]) is None
    assert settled(FIRST, lost).file_path == "c/x.mp4"


def test_a_recording_begins_where_the_file_does_that_is_shown() -> None:
    assert begins_ms(settled(FIRST), [FIRST]) == T0
    assert begins_ms(settled(FIRST, SECOND), [FIRST, SECOND]) == T0 + 13_000, "the longest of them"
    assert begins_ms(settled(WHOLE_OF_BOTH, FIRST, SECOND), [WHOLE_OF_BOTH, FIRST, SECOND]) == T0


def test_a_recording_that_is_being_written_has_begun_with_its_first_part() -> None:
    parts = [replace(FIRST, path=None, size_bytes=None, peaks_path=None), replace(SECOND, path=None, cause=None)]
    assert begins_ms(Recording(EGRESS, CallId("c"), RoomName("r"), "mp4", "c/x.mp4", T0), parts) == T0


def test_nobody_knows_when_a_recording_began_of_which_nothing_was_told() -> None:
    unsaid = replace(FIRST, started_ms=None)
    assert begins_ms(settled(unsaid), [unsaid]) is None
    assert begins_ms(settled(), []) is None
