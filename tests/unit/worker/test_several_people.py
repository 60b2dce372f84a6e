"""Calls of several people with an agent: whom it hears, whose words they are, how it ends."""

from __future__ import annotations

import numpy as np
import pytest

from shared.call_report import GoneWhy, Segment, Turn
from shared.call_state import EndReason
from shared.ids import Identity
from tests.fakes.clock import settle
from tests.unit.worker.harness import CALLER, FRAME_MS, LOUD, QUIET, TRACK, Call
from worker.ending import Ending
from worker.ports import CallerWords, MicrophoneOff, PersonJoined, PersonLeft, SpeechStarted, SpeechStopped, ToolCalled

CALLEE, THIRD = Identity("user_2"), Identity("user_3")
CALLEE_TRACK, THIRD_TRACK = "TR_callee", "TR_third"
SOFT = b"\x00\x02" * (len(LOUD) // 2)


def two_people(greeting: str = "") -> Call:
    return Call(greeting=greeting, call_type="user-to-user", callee_identity=CALLEE)


async def both_join(call: Call) -> None:
    await call.joins(CALLER, TRACK)
    await call.joins(CALLEE, CALLEE_TRACK)


async def make(call: Call, caller: bytes, callee: bytes, ms: int) -> None:
    for _ in range(ms // FRAME_MS):
        call.room.speak(TRACK, caller)
        call.room.speak(CALLEE_TRACK, callee)
        await call.clock.advance(FRAME_MS / 1000)


class TestHearing:
    async def test_both_are_heard_in_one_stream_no_longer_than_the_time_that_passed(self) -> None:
        async with two_people() as call:
            await both_join(call)
            call.link.silent = True
            await make(call, SOFT, SOFT, 400)
            assert len(call.link.heard) == pytest.approx(20, abs=2)
            assert int(np.frombuffer(call.link.heard[-1], dtype="<i2")[0]) == 2 * 0x200

    async def test_each_is_answered_and_named(self) -> None:
        async with two_people() as call:
            await both_join(call)
            for caller, callee in ((LOUD, QUIET), (SOFT, LOUD)):
                await make(call, caller, callee, 1000)
                await make(call, QUIET, QUIET, 540)
                await call.clock.advance(2)
            said = [segment.speaker for segment in call.told(Segment)]
            assert sorted(said) == sorted([CALLER, CALLEE, "agent", "agent"])
            shown = {caption.speaker: caption.track_id for caption in call.room.captions.values()}
            assert (shown[CALLER], shown[CALLEE]) == (TRACK, CALLEE_TRACK)

    async def test_either_may_barge_in(self) -> None:
        async with two_people() as call:
            await both_join(call)
            call.link.answer_ms = 3000
            for caller, callee in ((LOUD, QUIET), (QUIET, LOUD)):
                call.link.answer()
                await call.clock.advance(1)
                await make(call, caller, callee, 60)
                await make(call, QUIET, QUIET, 540)
                await call.clock.advance(4)
            turns = call.told(Turn)
            assert [turn.interrupted for turn in turns] == [True, False, True, False]
            assert [turn.played_ms for turn in turns] == pytest.approx([1020, 3000, 1020, 3000], abs=61)

    async def test_who_mutes_does_not_keep_the_other_from_being_heard(self) -> None:
        async with two_people() as call:
            await both_join(call)
            await make(call, QUIET, QUIET, 200)
            heard = len(call.link.heard)
            await call.caller_makes(LOUD, 1000)
            assert len(call.link.heard) - heard == pytest.approx(50, abs=1)
            await call.caller_makes(QUIET, 500)
            assert call.told(Segment)[0].speaker == CALLER

    async def test_whose_words_they_are_is_known_after_they_have_gone(self) -> None:
        async with two_people() as call:
            await both_join(call)
            call.link.silent = True
            call.link.emit(SpeechStarted("said", call.clock.now_ms()))
            await make(call, QUIET, LOUD, 1000)
            call.link.emit(SpeechStopped("said", call.clock.now_ms()))
            call.room.emit(MicrophoneOff(CALLEE, CALLEE_TRACK))
            call.room.emit(PersonLeft(CALLEE, on_purpose=False))
            call.link.emit(CallerWords("said", "Goodbye, then.", final=True))
            await settle()
            (segment,) = call.told(Segment)
            assert (segment.speaker, segment.text) == (CALLEE, "Goodbye, then.")

    async def test_the_only_one_with_a_microphone_is_who_speaks(self) -> None:
        async with two_people() as call:
            call.room.emit(PersonJoined(CALLER))
            await call.joins(CALLEE, CALLEE_TRACK)
            await call.caller_makes(LOUD, 1000, CALLEE_TRACK)
            await call.caller_makes(QUIET, 500, CALLEE_TRACK)
            assert call.told(Segment)[0].speaker == CALLEE

    async def test_in_a_support_call_only_the_caller_is_heard(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.joins(THIRD, THIRD_TRACK)
            call.room.speak(THIRD_TRACK, LOUD)
            await call.caller_makes(QUIET, 100)
            assert [bytes(frame) for frame in call.link.heard] == [QUIET] * 5


class TestGreeting:
    async def test_it_is_for_the_caller(self) -> None:
        async with two_people(greeting="Hello!") as call:
            await call.joins(CALLEE, CALLEE_TRACK)
            assert call.link.brief is not None
            assert call.link.replies == []
            await call.joins(CALLER, TRACK)
            assert len(call.link.replies) == 1

    async def test_in_a_conference_it_is_for_the_first(self) -> None:
        async with Call(greeting="Hello!", call_type="conference") as call:
            await call.joins(THIRD, THIRD_TRACK)
            await call.joins(CALLER, TRACK)
            assert len(call.link.replies) == 1


class TestEnds:
    @pytest.mark.parametrize(
        ("who", "hung_up", "lost"),
        [
            (CALLER, EndReason.CALLER_HUNG_UP, EndReason.CALLER_LOST),
            (CALLEE, EndReason.CALLEE_HUNG_UP, EndReason.CALLEE_LOST),
        ],
    )
    async def test_of_two_people_either_ends_it(self, who: Identity, hung_up: EndReason, lost: EndReason) -> None:
        async with two_people() as call:
            await both_join(call)
            await call.leaves(who, on_purpose=True)
            assert call.ending == Ending(hung_up)
        async with two_people() as call:
            await both_join(call)
            await call.leaves(who, on_purpose=False)
            await call.clock.advance(29)
            assert not call.over
            await call.clock.advance(2)
            assert call.ending == Ending(lost)

    async def test_the_last_one_out_of_a_conference_ends_it(self) -> None:
        async with Call(call_type="conference") as call:
            await call.joins(CALLER, TRACK)
            await call.joins(THIRD, THIRD_TRACK)
            await call.leaves(CALLER, on_purpose=True)
            assert not call.over
            await call.leaves(THIRD, on_purpose=True)
            assert call.ending == Ending(EndReason.EVERYONE_LEFT)

    @pytest.mark.parametrize("call_type", ["user-to-user", "conference"])
    async def test_an_agent_that_hangs_up_leaves_people_to_themselves(self, call_type: str) -> None:
        async with Call(call_type=call_type, callee_identity=CALLEE) as call:
            await both_join(call)
            response, _ = call.link.answer()
            call.link.emit(ToolCalled(response, "c1", "end_call", "{}"))
            await call.clock.advance(2)
            assert call.ending == Ending(gone=GoneWhy.HUNG_UP)

    @pytest.mark.parametrize("call_type", ["support", "user-to-user", "conference"])
    async def test_limits_are_for_all(self, call_type: str) -> None:
        async with Call(call_type=call_type, callee_identity=CALLEE, idle_timeout_s=10) as call:
            await both_join(call)
            await call.clock.advance(11)
            assert call.ending == Ending(EndReason.IDLE_TIMEOUT)
        async with Call(call_type=call_type, callee_identity=CALLEE, max_duration_s=10) as call:
            await both_join(call)
            await call.clock.advance(11)
            assert call.ending == Ending(EndReason.MAX_DURATION)
