"""Nobody waits in silence: what a caller hears when the model does not do its part, and what the record says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.call_report import AGENT_SPEAKER, Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from tests.fakes.clock import settle
from tests.unit.worker.harness import CALLER, CLIP_MS, LOUD, QUIET, TRACK, Call
from worker.asking import SPOILT_CALL, SPOILT_SESSION
from worker.comeback import FILTERED, comeback
from worker.ending import Ending
from worker.ports import (
    ANSWER_OPEN,
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    MicrophoneMuted,
    ModelEvent,
    ModelLost,
    ModelReady,
    ReplyRefused,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
)
from worker.tail import TAIL_MS

_DOWN = EndReason.PROVIDER_DOWN


def _happened(call: Call) -> list[tuple[str, str | None]]:
    return [(event.kind.value, event.detail) for event in call.told(Happened)]


class TestAnAnswerThatDoesNotCome:
    async def test_a_stored_line_then_asked_again(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            await call.caller_makes(LOUD, 1000)
            call.link.silent = False
            call.link.emit(*_turn_ends("i"))
            await call.clock.advance(2.9)
            assert call.room.heard_ms == 0
            await call.clock.advance(1.5)
            assert call.room.heard_ms == CLIP_MS
            await call.clock.advance(1)
            assert call.link.replies == [None]
            await call.clock.advance(1.5)
            assert call.room.heard_ms == CLIP_MS + 1000
            assert _happened(call) == [("clip_played", "moment"), ("answer_stalled", "asked_again")]

    async def test_the_stored_line_is_the_agents_but_no_answer_and_not_in_the_models_memory(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"))
            await call.clock.advance(4.5)
            (line,) = [segment for segment in call.told(Segment) if segment.speaker == AGENT_SPEAKER]
            assert line.text == "Line moment."
            assert line.end_ms - line.start_ms == CLIP_MS
            assert call.told(Turn) == []
            assert any(shown.text == "Line moment." and shown.final for shown in call.room.captions.values())
            call.link.emit(ModelLost(_DOWN, "closed_1011"))
            await settle()
            assert call.links[-1].brief is not None
            assert all("Line" not in said.text for said in call.links[-1].brief.history)

    async def test_a_caller_who_speaks_into_the_stored_line_is_heard(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"))
            await call.clock.advance(3.5)
            await call.caller_asks()
            assert call.room.heard_ms < CLIP_MS
            assert call.link.truncations == []
            await call.clock.advance(1.5)
            assert call.told(Turn)[-1].played_ms == 1000

    async def test_a_session_that_only_hangs_is_given_up_and_the_next_one_answers(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.link.emit(*_turn_ends("i"))
            await call.clock.advance(10.5)
            assert len(call.links) == 2
            assert call.links[1].replies == [_not_heard()]
            await call.clock.advance(1.5)
            assert call.told(Turn)[-1].played_ms == 1000

    async def test_when_no_session_answers_the_call_ends_after_half_a_minute(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.next_link = {"silent": True}
            call.link.emit(*_turn_ends("i"))
            await call.clock.advance(29.5)
            assert not call.over
            await call.clock.advance(1)
            assert call.ending == Ending(_DOWN, detail="no_answer")

    async def test_an_answer_that_breaks_off_is_taken_up(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.answer(done=False)
            await call.clock.advance(1 + 2.5)
            assert call.room.heard_ms == 1000
            await call.clock.advance(1.75)
            assert call.room.heard_ms == 1000 + CLIP_MS
            await call.clock.advance(1)
            assert call.link.interrupts == 1
            (line,) = call.link.replies
            assert line is not None
            assert "broke off" in line
            await call.clock.advance(1.5)
            assert call.room.heard_ms == 2000 + CLIP_MS


class TestAFailedAnswer:
    async def test_is_asked_for_again(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), AnswerDone("r", AnswerStatus.FAILED, "server_error"))
            await call.clock.advance(0.4)
            assert call.link.replies == []
            await call.clock.advance(1.6)
            assert call.link.replies == [None]
            assert call.room.heard_ms == 1000
            assert _happened(call) == [("answer_failed", "server_error")]

    async def test_a_rate_limit_is_waited_for_as_told_with_a_stored_line(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            failed = AnswerDone("r", AnswerStatus.FAILED, "rate_limit_exceeded", retry_after_s=6.0)
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), failed)
            await call.clock.advance(5.5)
            assert call.room.heard_ms == CLIP_MS
            assert call.link.replies == []
            await call.clock.advance(2)
            assert call.link.replies == [None]
            assert _happened(call) == [("rate_limited", "6000"), ("clip_played", "moment")]

    @pytest.mark.parametrize(
        ("code", "reason"), [("server_error", _DOWN), ("rate_limit_exceeded", EndReason.PROVIDER_QUOTA)]
    )
    async def test_again_and_again_ends_the_call_with_its_reason(self, code: str, reason: EndReason) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.link.emit(*_turn_ends("i"))
            failed = 0
            for _ in range(130):
                if failed <= len(call.link.replies):
                    failed += 1
                    response = f"r{failed}"
                    call.link.emit(AnswerStarted(response), AnswerDone(response, AnswerStatus.FAILED, code))
                await call.clock.advance(0.25)
            assert call.ending == Ending(reason, detail=code)

    async def test_half_of_an_answer_that_failed_is_taken_up_and_not_begun_again(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, item = call.link.answer(done=False)
            call.link.finish(response, item, AnswerStatus.FAILED)
            await call.clock.advance(1)
            (line,) = call.link.replies
            assert line is not None
            assert "broke off" in line


_NONE = {
    "completed without a sound": (AnswerStatus.COMPLETED, None, "no_sound"),
    "incomplete": (AnswerStatus.INCOMPLETE, "max_output_tokens", "max_output_tokens"),
    "cancelled by the service": (AnswerStatus.CANCELLED, "client_cancelled", "client_cancelled"),
    "cancelled without a reason": (AnswerStatus.CANCELLED, None, "cancelled"),
}


class TestAnAnswerThatIsNone:
    @pytest.mark.parametrize(("status", "reason", "told"), _NONE.values(), ids=_NONE.keys())
    async def test_is_asked_for_again(self, status: AnswerStatus, reason: str | None, told: str) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), AnswerDone("r", status, reason))
            await call.clock.advance(2)
            assert call.link.replies == [None]
            assert call.room.heard_ms == 1000
            assert _happened(call) == [("answer_failed", told)]

    async def test_words_without_a_sound_are_none_and_not_on_record(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), AnswerText("r", "a", "Only to be read."))
            call.link.emit(AnswerItemDone("r", "a"), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(2)
            assert call.link.replies == [None]
            assert "Only to be read." not in [segment.text for segment in call.told(Segment)]

    async def test_digital_silence_is_no_sound_and_nobody_has_to_hear_it(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"))
            call.link.emit(*[AnswerAudio("r", "a", QUIET)] * 250, AnswerItemDone("r", "a"))
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(0.75)
            assert call.link.replies == [None]
            await call.clock.advance(1.1)
            assert call.room.heard_ms == 1000

    async def test_silence_before_the_first_sound_stays_before_it(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(AnswerStarted("r"), *[AnswerAudio("r", "a", QUIET)] * 5, AnswerAudio("r", "a", LOUD))
            call.link.emit(AnswerAudio("r", "a", QUIET), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(1)
            assert call.room.heard_ms == 7 * 20
            assert [turn.played_ms for turn in call.told(Turn)] == [7 * 20]

    async def test_a_greeting_without_a_sound_is_asked_for_again_as_a_greeting(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(AnswerStarted("r"), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(1)
            first, second = call.link.replies
            assert first == second

    async def test_one_that_nobody_waits_for_may_be_empty(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2)
            call.link.emit(AnswerStarted("r"), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(20)
            assert call.link.replies == []
            assert _happened(call) == []

    async def test_a_tool_call_is_one(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), ToolCalled("r", "c", "look", "{}"))
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(1)
            assert call.link.replies == [None], "what follows the tool, once"
            assert _happened(call) == []

    async def test_a_tool_call_that_no_answer_follows_is_pushed(self) -> None:
        async with Call() as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), ToolCalled("r", "c", "look", "{}"))
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(6)
            assert call.link.replies == [None, None]
            assert ("clip_played", "moment") in _happened(call)

    async def test_what_another_answer_says_meanwhile_is_enough(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), AnswerStarted("s"))
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED), AnswerAudio("s", "a", LOUD))
            call.link.emit(AnswerDone("s", AnswerStatus.COMPLETED))
            await call.clock.advance(20)
            assert call.link.replies == []

    async def test_a_model_that_says_nothing_again_and_again_is_left_as_any_other(self) -> None:
        async with Call() as call:
            call.next_link = {"silent": True}
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"))
            asked = await _always(call, lambda number: [AnswerDone(number, AnswerStatus.COMPLETED)])
            assert call.ending == Ending(_DOWN, detail="no_sound")
            assert len(call.links) > 1, "other sessions were tried"
            assert asked <= 12
            clips = [detail for kind, detail in _happened(call) if kind == "clip_played"]
            assert clips[:2] == ["moment", "still"]


class TestAnAnswerThatBreaksOffByItself:
    @pytest.mark.parametrize("status", [AnswerStatus.INCOMPLETE, AnswerStatus.CANCELLED, AnswerStatus.FAILED])
    async def test_is_gone_on_with_and_the_record_shows_the_cut(self, status: AnswerStatus) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.says, call.link.answer_ms = "one two three four five six seven eight", 800
            response, item = call.link.answer(done=False)
            call.link.finish(response, item, status)
            await call.clock.advance(1)
            (line,) = call.link.replies
            assert line is not None
            assert "broke off" in line
            (said,) = call.told(Segment)
            assert said.is_cut
            assert said.text == "one two"
            assert said.end_ms - said.start_ms == 800

    async def test_also_when_only_the_end_of_the_answer_says_so(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, _ = call.link.answer(done=False)
            call.link.emit(AnswerDone(response, AnswerStatus.INCOMPLETE, "max_output_tokens"))
            await call.clock.advance(1.5)
            assert call.told(Segment)[0].is_cut

    async def test_by_a_filter_it_is_not_tried_again(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, _ = call.link.answer(done=False)
            call.link.emit(AnswerDone(response, AnswerStatus.INCOMPLETE, "content_filter"))
            await call.clock.advance(1)
            assert call.link.replies == [FILTERED]

    async def test_with_its_session_the_record_shows_the_cut(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.answer(done=False)
            await call.clock.advance(0.5)
            call.link.emit(ModelLost(_DOWN, "closed_1011"))
            await call.clock.advance(1)
            assert call.told(Segment)[0].is_cut

    async def test_what_was_whole_before_its_session_broke_is_whole(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, item = call.link.answer(done=False)
            call.link.emit(AnswerItemDone(response, item), ModelLost(_DOWN, "closed_1011"))
            await call.clock.advance(1.5)
            assert not call.told(Segment)[0].is_cut

    async def test_again_and_again_ends_the_call(self) -> None:
        async with Call() as call:
            call.next_link = {"silent": True}
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"))
            asked = await _always(
                call,
                lambda number: [
                    AnswerAudio(number, f"a{number}", LOUD),
                    AnswerDone(number, AnswerStatus.INCOMPLETE, "max_output_tokens"),
                ],
            )
            assert call.ending == Ending(_DOWN, detail="max_output_tokens")
            assert asked == SPOILT_CALL
            assert len(call.links) == 1 + (SPOILT_CALL - 1) // SPOILT_SESSION

    async def test_a_long_one_is_no_spoilt_one(self) -> None:
        async with Call() as call:
            call.link.silent = True
            await call.caller_joins()
            for number in range(2 * SPOILT_CALL):
                response, item = str(number), f"a{number}"
                call.link.emit(AnswerStarted(response), AnswerAudio(response, item, LOUD * 500))
                call.link.emit(AnswerDone(response, AnswerStatus.INCOMPLETE, "max_output_tokens"))
                await call.clock.advance(1)
            assert not call.over
            assert len(call.links) == 1


async def _always(call: Call, answer: Callable[[str], list[ModelEvent]]) -> int:
    """Whenever the model is asked, it does the same. How often it was, until the call is over."""
    given = 0
    while not call.over:
        asked = 1 + sum(len(link.replies) for link in call.links)
        for number in range(given, asked):
            call.links[-1].emit(AnswerStarted(f"r{number}"), *answer(f"r{number}"))
        given = asked
        await call.clock.advance(0.25)
    return given


class TestTwoAnswersRace:
    async def test_what_was_refused_because_another_is_open_is_said_after_it_once(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.silent = True
            await call.caller_joins()
            (greeting,) = call.link.replies
            call.link.emit(AnswerStarted("r"), ReplyRefused(ANSWER_OPEN))
            call.link.emit(AnswerAudio("r", "i", LOUD))
            assert call.link.replies == [greeting]
            call.link.silent = False
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
            await settle()
            assert call.link.replies == [greeting, greeting]
            await call.clock.advance(20)
            assert call.link.replies == [greeting, greeting]

    async def test_without_words_of_its_own_the_other_answer_serves(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(*_turn_ends("i"), AnswerStarted("r"), ReplyRefused(ANSWER_OPEN))
            call.link.emit(AnswerAudio("r", "i", LOUD), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(20)
            assert call.link.replies == []

    async def test_a_caller_who_speaks_first_is_answered_instead(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(AnswerStarted("r"), ReplyRefused(ANSWER_OPEN))
            call.link.silent = False
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert len(call.link.replies) == 1


class TestTheModelIsAway:
    async def test_lines_at_three_seconds_and_every_six(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.next_link = {"refuse": _DOWN, "refuse_for_good": False}
            call.link.emit(ModelLost(_DOWN, "closed_1006"))
            await call.clock.advance(20)
            lines = [event.detail for event in call.told(Happened) if event.kind is HappenedKind.CLIP_PLAYED]
            assert lines == ["moment", "still", "still"]
            call.next_link = {}
            await call.clock.advance(2.5)
            (line,) = call.links[-1].replies
            assert line is not None
            assert "I am back" in line

    async def test_a_short_break_in_silence_is_not_mentioned(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.emit(ModelLost(_DOWN, "closed_1011"))
            await call.clock.advance(20)
            assert len(call.links) == 2
            assert call.links[1].replies == []
            assert call.room.heard_ms == 0

    async def test_a_greeting_that_was_not_said_is_said_by_the_next(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.refuse, call.link.refuse_for_good = _DOWN, False
            await call.caller_joins()
            await call.clock.advance(1)
            assert len(call.links) == 2
            assert call.links[1].replies == call.link.replies
            await call.clock.advance(1.5)
            assert call.room.heard_ms == 1000

    async def test_words_that_nobody_heard_are_asked_for(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.next_link = {"slow_to_open": True}
            call.link.emit(ModelLost(_DOWN, "closed_1006"))
            await call.caller_makes(LOUD, 500)
            await call.caller_makes(QUIET, 1500)
            call.next_link = {}
            await call.clock.advance(6)
            assert call.links[-1].replies == [_not_heard()]

    async def test_a_sentence_that_the_break_has_cut_is_asked_for_when_its_rest_is_too_short_for_a_turn(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent, call.next_link = True, {"silent": True}
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            await call.caller_makes(LOUD, 200)
            call.link.emit(ModelLost(_DOWN, "closed_1006"))
            await call.caller_makes(QUIET, 1400)
            assert call.links[1].replies == []
            await call.caller_makes(QUIET, 400)
            assert call.links[1].replies == [_not_heard()]

    async def test_a_sentence_that_the_break_has_cut_is_answered_by_what_the_next_session_hears_of_it(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent = True
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            await call.caller_makes(LOUD, 400)
            call.link.emit(ModelLost(_DOWN, "closed_1006"))
            await call.caller_asks()
            await call.caller_makes(QUIET, 3000)
            assert call.links[1].replies == []
            assert len(call.told(Turn)) == 1

    async def test_what_was_asked_for_again_makes_no_later_break_longer(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent, call.next_link = True, {"silent": True}
            call.link.emit(SpeechStarted("i", call.clock.now_ms()))
            call.link.emit(ModelLost(_DOWN, "closed_1006"))
            await call.caller_makes(QUIET, 2000)
            assert call.links[1].replies == [_not_heard()]
            call.links[1].answer(done=False)
            await call.clock.advance(0.5)
            call.links[1].emit(ModelLost(_DOWN, "closed_1006"))
            await call.clock.advance(0.5)
            (line,) = call.links[2].replies
            assert line is not None
            assert "broke off" in line

    async def test_who_spoke_into_a_dead_connection_waits_since_then(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(1)
            call.link.silent, call.next_link = True, {"slow_to_open": True}
            await call.caller_makes(LOUD, 1000)
            await call.caller_makes(QUIET, 1200)
            call.link.emit(ModelLost(_DOWN, "no_pong"))
            await call.caller_makes(QUIET, 1700)
            assert call.room.heard_ms == 0
            await call.clock.advance(0.5)
            assert ("clip_played", "moment") in _happened(call)
            call.links[1].emit(ModelReady())
            await settle()
            assert call.links[1].replies == [_not_heard()]


class TestAToolLoop:
    async def test_is_stopped_after_five_and_the_call_goes_on(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.silent = True
            call.link.emit(*_turn_ends("i"))
            for number in range(8):
                response = f"r{number}"
                call.link.emit(AnswerStarted(response), ToolCalled(response, f"c{number}", "look", "{}"))
                call.link.emit(AnswerDone(response, AnswerStatus.COMPLETED))
                await settle()
            assert len(call.link.replies) == 6
            assert call.link.with_tools == [True] * 5 + [False]
            assert len(call.link.tool_results) == 8
            assert _happened(call) == [("tool_loop_stopped", "look")]
            await call.clock.advance(3.5)
            assert ("clip_played", "moment") in _happened(call)
            call.link.silent = False
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert call.told(Turn)[-1].played_ms == 1000


def _not_heard() -> str | None:
    return comeback(line=None, is_owed=True, broke_off=False, unheard=True, was_filled=False)[1]


def _turn_ends(item_id: str) -> tuple[SpeechStarted, SpeechStopped]:
    return SpeechStarted(item_id, 0), SpeechStopped(item_id, 0)


class TestAMicrophoneThatStops:
    async def test_muted_in_a_word_the_turn_ends_and_nothing_more_is_heard(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 1000)
            call.room.emit(MicrophoneMuted(CALLER, TRACK, muted=True))
            heard = len(call.link.heard)
            await call.caller_makes(LOUD, 1500)
            assert call.told(Segment)[0].text == "Where is my order?"
            assert call.room.heard_ms > 0, "it is answered"
            assert len(call.link.heard) - heard == TAIL_MS // 20
            assert not any(any(frame) for frame in call.link.heard[heard:])
            await call.clock.advance(10)
            assert len(call.link.heard) - heard == TAIL_MS // 20

            call.room.emit(MicrophoneMuted(CALLER, TRACK, muted=False))
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert len(call.told(Turn)) == 2

    async def test_one_that_sends_nothing_any_more_ends_its_turn_too(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 1000)
            await call.clock.advance(1.5)
            assert call.told(Segment)[0].text == "Where is my order?"
