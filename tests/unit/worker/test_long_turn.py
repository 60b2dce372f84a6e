"""Sound without an end: the agent speaks again, nobody who talks is cut off, and a fan keeps no call alive."""

from __future__ import annotations

import pytest

from shared.call_report import NOT_UNDERSTOOD, Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from tests.unit.worker.harness import CALLER, LOUD, QUIET, Call
from worker.ending import Ending
from worker.limits import Limits
from worker.long_turn import END_S, GO_ON_S, INTERRUPTION_S, LONGEST_S, LongTurn, Step
from worker.ports import AnswerDone, AnswerStatus, CallerWords, ModelLost, SpeechStarted, WordsFailed

LONGEST_MS = round(LONGEST_S * 1000)


def _ends(call: Call) -> list[str | None]:
    return [event.detail for event in call.told(Happened) if event.kind is HappenedKind.TURN_TOO_LONG]


class TestTheTurn:
    def test_of_usual_length_is_left_alone(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=False)
        assert turn.step(LONGEST_S - 0.1, answered=False) is None
        turn.stopped()
        assert turn.step(LONGEST_S + 10, answered=True) is None
        assert not turn.is_hushed

    def test_too_long_is_hushed_until_it_is_answered(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=False)
        assert turn.step(LONGEST_S, answered=False) is Step.HUSH
        turn.stopped()
        assert turn.step(LONGEST_S + 1, answered=False) is None
        assert turn.is_hushed
        turn.step(LONGEST_S + 5, answered=True)
        assert not turn.is_hushed

    def test_that_the_detector_never_ends_is_ended(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=False)
        turn.step(LONGEST_S, answered=False)
        assert turn.step(LONGEST_S + END_S - 0.1, answered=False) is None
        assert turn.step(LONGEST_S + END_S, answered=False) is Step.END
        assert turn.step(LONGEST_S + END_S + 0.1, answered=False) is None

    def test_that_interrupts_is_listened_to_once(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=True)
        assert turn.step(INTERRUPTION_S, answered=False) is Step.LISTEN_IN
        turn.started("b", INTERRUPTION_S + 0.1, interrupts=False)
        turn.words()
        assert turn.step(INTERRUPTION_S + 1, answered=False) is None
        assert turn.step(LONGEST_S, answered=False) is Step.HUSH, "it is one turn, whatever it is called"

    def test_that_ends_while_it_is_listened_to_is_answered(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=True)
        listened_s = INTERRUPTION_S
        assert turn.step(listened_s, answered=False, silent_s=0.4) is Step.LISTEN_IN
        assert turn.step(listened_s + GO_ON_S - 0.1, answered=False, silent_s=1.0) is None
        assert turn.step(listened_s + GO_ON_S, answered=False, silent_s=1.1) is Step.ASK
        assert turn.step(LONGEST_S, answered=False, silent_s=9.0) is None, "it is over"

    def test_that_goes_on_is_not_taken_for_over(self) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=True)
        turn.step(INTERRUPTION_S, answered=False)
        assert turn.step(INTERRUPTION_S + 2, answered=False, silent_s=0.2) is None, "somebody is heard"
        turn.started("b", INTERRUPTION_S + 2.1, interrupts=False)
        assert turn.step(INTERRUPTION_S + 4, answered=False, silent_s=1.9) is None, "the detector will tell"

    @pytest.mark.parametrize(("item", "is_noise"), [("a", True), ("of an earlier turn", False)])
    def test_without_words_is_no_interruption(self, item: str, is_noise: bool) -> None:
        turn = LongTurn()
        turn.started("a", 0.0, interrupts=True)
        turn.step(INTERRUPTION_S, answered=False)
        turn.no_words(item)
        assert turn.step(INTERRUPTION_S + 0.5, answered=False) is (Step.HUSH if is_noise else None)


class TestNoise:
    async def test_without_an_end_is_answered_and_does_not_cut_its_answer(self) -> None:
        async with Call() as call:
            call.link.hears, call.link.answer_ms = "", 2000
            await call.caller_joins()
            await call.caller_makes(LOUD, LONGEST_MS + 4000)
            assert [(turn.played_ms, turn.interrupted) for turn in call.told(Turn)] == [(2000, False)]
            assert _ends(call) == ["30"]

    async def test_is_heard_again_behind_the_answer(self) -> None:
        async with Call() as call:
            call.link.hears = ""
            await call.caller_joins()
            await call.caller_makes(LOUD, LONGEST_MS + 4000)
            call.link.hears = "Hello?"
            await call.caller_makes(QUIET, 1000)
            await call.caller_asks()
            assert [said.text for said in call.told(Segment) if said.speaker == CALLER][-1] == "Hello?"

    async def test_keeps_no_call_alive(self) -> None:
        async with Call(idle_timeout_s=15) as call:
            call.link.hears = ""
            await call.caller_joins()
            await call.caller_makes(LOUD, LONGEST_MS - 1000)
            assert not call.over
            await call.caller_makes(LOUD, 2000)
            assert call.ending == Ending(EndReason.IDLE_TIMEOUT)

    async def test_with_a_longer_limit_the_call_ends_too_however_often_it_is_answered(self) -> None:
        async with Call(idle_timeout_s=80) as call:
            call.link.hears = ""
            await call.caller_joins()
            await call.caller_makes(LOUD, 110_000)
            assert call.ending == Ending(EndReason.IDLE_TIMEOUT)

    async def test_words_in_it_are_activity(self) -> None:
        async with Call(idle_timeout_s=15) as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 70_000)
            assert not call.over

    async def test_without_a_transcription_sound_is_taken_for_words(self) -> None:
        async with Call(idle_timeout_s=15) as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", 0))
            await call.clock.advance(LONGEST_S - 5)
            assert not call.over

    async def test_that_no_transcriber_understands_is_no_activity(self) -> None:
        async with Call(idle_timeout_s=15) as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", 0))
            await call.clock.advance(20)
            call.link.emit(WordsFailed("i", "audio_unintelligible"))
            await call.clock.advance(0.5)
            assert call.ending == Ending(EndReason.IDLE_TIMEOUT)

    async def test_that_nobody_wrote_down_is_not_on_record(self) -> None:
        async with Call() as call:
            call.link.hears = ""
            await call.caller_joins()
            await call.caller_makes(LOUD, 2000)
            call.link.listen_in()
            call.bridge.end(Ending())
            await call.clock.advance(0.1)
            assert NOT_UNDERSTOOD not in [said.text for said in call.told(Segment)]

    async def test_a_detector_that_is_stuck_does_not_keep_the_agent_from_speaking(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            await call.caller_makes(QUIET, LONGEST_MS + round(END_S * 1000) + 500)
            call.link.silent = False
            await call.clock.advance(6)
            assert call.link.replies == [None]


class TestAnInterruption:
    async def test_without_words_is_none_for_long(self) -> None:
        async with Call() as call:
            call.link.answer_ms = 8000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2)
            call.link.hears, call.link.answer_ms = "", 2000
            heard_ms = call.room.heard_ms
            await call.caller_makes(LOUD, 7000)
            assert call.room.heard_ms > heard_ms + 500, "the agent speaks again within 7 s"
            await call.caller_makes(LOUD, 2000)
            assert [turn.interrupted for turn in call.told(Turn)] == [True, False]

    async def test_with_words_goes_on_as_long_as_somebody_talks(self) -> None:
        async with Call() as call:
            call.link.answer_ms = 8000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2)
            call.link.hears = "No, I mean the other one."
            heard = len(call.link.heard)
            await call.caller_makes(LOUD, 12_000)
            assert all(any(frame) for frame in call.link.heard[heard + 2 :]), "nothing of it is lost"
            assert call.link.listened_in == 1
            assert len(call.told(Turn)) == 1
            assert _ends(call) == []

    @pytest.mark.parametrize("said_ms", [3600, 3800, 3980])
    async def test_that_ends_as_its_words_are_asked_for_is_answered_at_once(self, said_ms: int) -> None:
        async with Call() as call:
            call.link.answer_ms = 8000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2)
            call.link.answer_ms = 1000
            await call.caller_makes(LOUD, said_ms)
            await call.caller_makes(QUIET, 3000)
            assert call.link.listened_in == 1
            assert call.link.replies == [None]
            assert [turn.interrupted for turn in call.told(Turn)] == [True, False]
            said = [segment for segment in call.told(Segment) if segment.speaker == CALLER][-1]
            assert said.end_ms - said.start_ms == pytest.approx(said_ms, abs=40)

    async def test_that_nobody_writes_down_goes_on_too(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, _ = call.link.answer(done=False)
            await call.clock.advance(0.3)
            call.link.silent = True
            call.link.emit(SpeechStarted("i", call.clock.now_ms()), AnswerDone(response, AnswerStatus.CANCELLED))
            await call.clock.advance(10)
            assert call.link.listened_in == 1
            assert _ends(call) == []
            call.link.emit(CallerWords("i", "Wait.", final=True))
            await call.clock.advance(1)
            assert _ends(call) == []

    async def test_that_is_lost_with_its_session_hushes_nobody(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, LONGEST_MS - 1000)
            call.next_link = {"silent": True}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.caller_makes(LOUD, 3000)
            assert any(call.links[-1].heard[-1])


def test_sound_counts_until_it_is_known_to_hold_no_words() -> None:
    limits = Limits(max_duration_s=600, idle_timeout_s=15, now_s=0.0)
    limits.somebody_came(0.0)
    limits.sound(14.0)
    assert limits.due(20.0) is None
    limits.no_words(20.0)
    assert limits.due(20.0) is EndReason.IDLE_TIMEOUT
    limits.speech(20.1)
    assert limits.due(20.2) is None
