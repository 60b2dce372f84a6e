"""What was said stands in the record, also when a call or a session ends in the middle of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from shared.call_report import AGENT_SPEAKER, NOT_UNDERSTOOD, GoneWhy, Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from tests.fakes.clock import START_MS, settle
from tests.unit.worker.harness import CALLER, LOUD, QUIET, Call
from worker.ending import Ending
from worker.owed_words import LATE_S
from worker.ports import (
    CallerWords,
    ModelLost,
    ModelReady,
    PersonLeft,
    RoomCloseCause,
    RoomClosed,
    Said,
    SpeechStarted,
    SpeechStopped,
    WordsFailed,
)
from worker.recorder import PATH_MS

_WORDS = "one two three four five six seven eight"

SAID_MS = START_MS - PATH_MS
"""When it was said what the model begins to hear at `START_MS`."""


def _hang_up(call: Call) -> None:
    call.room.emit(PersonLeft(CALLER, on_purpose=True))


def _lose_room(call: Call) -> None:
    call.room.emit(RoomClosed(RoomCloseCause.LOST))


def _supersede(call: Call) -> None:
    call.room.emit(RoomClosed(RoomCloseCause.SUPERSEDED))


def _refuse(call: Call) -> None:
    call.link.emit(ModelLost(EndReason.PROVIDER_QUOTA, "insufficient_quota", is_final=True))


def _break_room(call: Call) -> None:
    call.room.fail_play = True


ENDS: dict[str, Callable[[Call], None]] = {
    "the caller hangs up": _hang_up,
    "the longest duration": lambda call: call.bridge.end(Ending(EndReason.MAX_DURATION)),
    "the quota": _refuse,
    "the room is lost": _lose_room,
    "the room breaks": _break_room,
    "another agent takes over": _supersede,
    "the agent is sent away": lambda call: call.bridge.end(Ending(gone=GoneWhy.REMOVED)),
    "the process drains": lambda call: call.bridge.end(Ending(EndReason.INTERNAL_ERROR)),
    "the API ends it": lambda call: call.bridge.end(Ending()),
}


class TestACallThatEndsWhileTheAgentSpeaks:
    @pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
    async def test_what_was_heard_is_on_record(self, end: Callable[[Call], None]) -> None:
        async with Call() as call:
            call.link.says, call.link.answer_ms = _WORDS, 4000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2.0)
            heard_ms = call.room.heard_ms
            end(call)
            await call.clock.advance(0.1)
            assert call.over
            (agent,) = [segment for segment in call.told(Segment) if segment.speaker == AGENT_SPEAKER]
            assert agent.text in ("one two three", "one two three four")
            assert agent.is_cut
            assert agent.end_ms - agent.start_ms == pytest.approx(heard_ms, abs=201)
            assert [turn.played_ms for turn in call.told(Turn)] == [agent.end_ms - agent.start_ms]

    async def test_also_when_its_task_is_cancelled(self) -> None:
        call = Call()
        with pytest.raises(asyncio.CancelledError):
            await _cancel_in_an_answer(call)
        await call.switch.aclose()
        assert [segment.is_cut for segment in call.told(Segment)] == [False, True]

    async def test_and_so_is_a_line_that_nobody_can_interrupt(self) -> None:
        async with Call(recording_notice=True) as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(0.5)
            _hang_up(call)
            await settle()
            (line,) = call.told(Segment)
            assert line.is_cut
            assert line.end_ms - line.start_ms == pytest.approx(call.room.heard_ms, abs=1)

    async def test_what_nobody_has_heard_is_not(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2.0)
            _hang_up(call)
            await settle()
            assert [segment.is_cut for segment in call.told(Segment)] == [False, False]


async def _cancel_in_an_answer(call: Call) -> None:
    async with call:
        call.link.answer_ms = 4000
        await call.caller_joins()
        await call.caller_asks()
        await call.clock.advance(2.0)
        assert call._task is not None
        call._task.cancel()
        await settle()


class TestWordsThatNobodyWillKnow:
    async def test_a_transcription_that_failed_leaves_a_trace(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 1500))
            call.link.emit(WordsFailed("i", "audio_unintelligible"))
            await settle()
            assert call.told(Segment) == [Segment("i", CALLER, NOT_UNDERSTOOD, SAID_MS, SAID_MS + 1500)]
            assert Happened(HappenedKind.WORDS_LOST, "audio_unintelligible") in call.told(Happened)

    async def test_a_session_that_is_lost_before_them(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 1500))
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
            await call.clock.advance(0.1)
            assert call.told(Segment) == [Segment("i", CALLER, NOT_UNDERSTOOD, SAID_MS, SAID_MS + 1500)]
            brief = call.links[-1].brief
            assert brief is not None
            assert list(brief.history) == [Said(False, NOT_UNDERSTOOD)], "and the next session knows of it"

    async def test_a_session_that_is_lost_in_the_middle_of_a_sentence(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent, call.next_link = True, {"slow_to_open": True, "silent": True}
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            await call.caller_makes(LOUD, 2000)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
            await call.caller_makes(LOUD, 500)
            assert call.told(Segment) == []
            call.links[1].emit(ModelReady())
            await settle()
            (segment,) = call.told(Segment)
            assert (segment.segment_id, segment.text) == ("i", NOT_UNDERSTOOD)

    async def test_words_that_no_session_has_heard(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.next_link = {"slow_to_open": True}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            began_ms = call.clock.now_ms()
            await call.caller_makes(LOUD, 800)
            await call.caller_makes(QUIET, 1500)
            call.links[1].emit(ModelReady())
            await settle()
            (segment,) = call.told(Segment)
            assert segment.text == NOT_UNDERSTOOD
            assert segment.start_ms == pytest.approx(began_ms - PATH_MS, abs=40)

    async def test_of_a_sentence_that_the_next_session_hears_there_is_no_trace(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent = True
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            await call.caller_makes(LOUD, 400)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert [segment.text for segment in call.told(Segment)] == ["Where is my order?", "It will come tomorrow. "]

    async def test_a_call_that_ends_before_them(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.link.emit(SpeechStarted("a", START_MS), SpeechStopped("a", START_MS + 900))
            await call.caller_makes(QUIET, 1000)
            call.link.emit(SpeechStarted("b", call.clock.now_ms()))
            await call.caller_makes(LOUD, 800)
            _hang_up(call)
            await settle()
            assert [(said.segment_id, said.text) for said in call.told(Segment)] == [
                ("a", NOT_UNDERSTOOD),
                ("b", NOT_UNDERSTOOD),
            ]

    async def test_words_that_never_come(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 1500))
            call.link.answer()
            await call.clock.advance(LATE_S - 1)
            assert [said for said in call.told(Segment) if said.speaker == CALLER] == []
            await call.clock.advance(2)
            assert [said.text for said in call.told(Segment) if said.speaker == CALLER] == [NOT_UNDERSTOOD]

    async def test_words_that_come_all_the_same_take_its_place(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 1500), WordsFailed("i", "x"))
            call.link.emit(CallerWords("i", "Hello", final=True))
            await settle()
            assert call.told(Segment)[-1] == Segment("i", CALLER, "Hello", SAID_MS, SAID_MS + 1500)

    async def test_a_click_had_none(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 100), WordsFailed("i", "x"))
            await settle()
            assert call.told(Segment) == []


class TestASessionThatWritesNothingDown:
    async def test_owes_no_words(self) -> None:
        """That is told once, and not of each turn again."""
        async with Call() as call:
            call.link.slow_to_open = True
            await call.caller_joins()
            call.link.emit(ModelReady(transcription_off="model_not_found"))
            call.link.emit(SpeechStarted("i", START_MS), SpeechStopped("i", START_MS + 900))
            await call.clock.advance(LATE_S + 1)
            assert [one.kind for one in call.told(Happened)].count(HappenedKind.TRANSCRIPTION_OFF) == 1
            assert HappenedKind.WORDS_LOST not in [one.kind for one in call.told(Happened)]
            assert NOT_UNDERSTOOD not in [said.text for said in call.told(Segment)]


class TestWordsThatAreToldTwice:
    async def test_change_nothing(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(5)
            (first, _) = call.told(Segment)
            call.link.emit(CallerWords(first.segment_id, first.text, final=True))
            await settle()
            assert [said for said in call.told(Segment) if said.segment_id == first.segment_id] == [first]

    async def test_other_words_take_the_same_place(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(5)
            (first, _) = call.told(Segment)
            call.link.emit(CallerWords(first.segment_id, "Where is the order?", final=True))
            await settle()
            last = call.told(Segment)[-1]
            assert (last.text, last.speaker) == ("Where is the order?", first.speaker)
            assert (last.start_ms, last.end_ms) == (first.start_ms, first.end_ms)

    async def test_half_of_them_that_comes_late_is_not_shown(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            (first,) = call.told(Segment)
            call.link.emit(CallerWords(first.segment_id, "Where", final=False))
            await call.clock.advance(0.3)
            assert call.room.captions[first.segment_id].text == first.text
            assert call.room.captions[first.segment_id].final
