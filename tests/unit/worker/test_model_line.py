from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.call_report import Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from tests.fakes.clock import settle
from tests.unit.worker.harness import LOUD, QUIET, Call
from worker.backlog import FIRST_MS, LEAD_FRAMES
from worker.ending import Ending
from worker.model_line import AGAIN_MAX_S, OUTAGE_S, READY_S, RECENT_MS, RETRY_S
from worker.ports import (
    AnswerAudio,
    AnswerDone,
    AnswerStarted,
    AnswerStatus,
    ModelLost,
    ModelReady,
    Said,
    SpeechStarted,
    SpeechStopped,
)
from worker.untold import NEWEST_MS


class TestChange:
    async def test_at_the_next_pause_the_call_goes_on_with_the_other_model_which_knows_the_talk(self) -> None:
        async with Call(greeting="Hello!") as call:
            await call.caller_joins()
            await call.clock.advance(2)
            await call.caller_asks()
            await call.clock.advance(0.3)
            call.switch.want("gpt-realtime-2")
            await call.clock.advance(0.4)
            assert len(call.links) == 1  # the agent speaks
            await call.clock.advance(2)
            old, new = call.links
            assert call.switch.model == "gpt-realtime-2"
            assert new.brief is not None
            assert new.brief.model == "gpt-realtime-2"
            assert new.brief.history == (
                Said(True, "It will come tomorrow."),
                Said(False, "Where is my order?"),
                Said(True, "It will come tomorrow."),
            )
            assert (new.brief.instructions, new.brief.tools) == (old.brief.instructions, old.brief.tools)  # type: ignore[union-attr]
            assert old.closed
            assert new.replies == []  # nobody is greeted twice

            await call.caller_asks()
            await call.clock.advance(1.5)
            assert call.room.heard_ms == 3000
            assert sum(any(frame) for frame in old.heard) == 50
            assert [segment.text for segment in call.told(Segment)].count("Where is my order?") == 2

    async def test_not_while_an_answer_is_owed(self) -> None:
        async with Call() as call:
            call.link.silent = True
            await call.caller_joins()
            call.switch.want("other")
            call.link.emit(SpeechStarted("i", 0), SpeechStopped("i", 0))
            await call.clock.advance(2)
            assert len(call.links) == 1
            call.link.emit(AnswerStarted("r"))
            await call.clock.advance(9)
            assert len(call.links) == 1
            call.link.emit(AnswerAudio("r", "a", LOUD), AnswerDone("r", AnswerStatus.COMPLETED))
            await call.clock.advance(1)
            assert call.switch.model == "other"

    async def test_a_greeting_that_is_on_its_way_is_heard(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.silent = True
            await call.caller_joins()
            call.switch.want("other")
            await call.clock.advance(2)
            assert len(call.links) == 1
            call.link.answer()
            await call.clock.advance(3)
            assert call.room.heard_ms == 1000
            assert call.switch.model == "other"

    async def test_a_word_that_begins_while_the_other_gets_ready_is_answered_by_the_old_one(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"slow_to_open": True}
            call.switch.want("other")
            await call.clock.advance(1)
            _, other = call.links
            await call.caller_makes(LOUD, 100)
            other.emit(ModelReady())
            await settle()
            assert call.switch.model == "gpt-realtime"
            assert other.closed
            await call.caller_makes(LOUD, 900)
            await call.caller_makes(QUIET, 500)
            await call.clock.advance(1.2)
            assert call.room.heard_ms == 1000
            assert other.heard == []
            await call.clock.advance(1)
            call.links[2].emit(ModelReady())
            await settle()
            assert call.switch.model == "other"

    async def test_what_was_heard_last_is_played_to_the_new_one(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            await call.caller_makes(QUIET, 2000)
            call.next_link = {"slow_to_open": True}
            call.switch.want("other")
            await call.caller_makes(QUIET, 1000)
            call.links[1].emit(ModelReady())
            await settle()
            assert [len(frame) for frame in call.links[1].heard] == [len(QUIET)] * (RECENT_MS // 20)
            now_ms = call.clock.now_ms()
            came = [now_ms - ago_ms for ago_ms in range(RECENT_MS - 20, -1, -20)]
            assert call.links[1].heard_at_ms == came, "it is as old as it is"

    @pytest.mark.parametrize(
        "misbehaviour",
        [{"refuse": EndReason.PROVIDER_DOWN}, {"slow_to_open": True}, {"fail_open": RuntimeError("broken")}],
        ids=["refuses", "is late", "breaks"],
    )
    async def test_a_model_that_cannot_be_had_harms_nobody_and_is_tried_again_later(
        self, misbehaviour: dict[str, Any]
    ) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = misbehaviour
            call.switch.want("other")
            await call.clock.advance(READY_S + 1)
            assert len(call.links) == 2
            assert call.links[1].closed
            assert call.switch.model == "gpt-realtime"
            await call.caller_asks()
            await call.clock.advance(1.2)
            assert call.room.heard_ms == 1000
            call.next_link = {}
            await call.clock.advance(RETRY_S)
            assert len(call.links) == 3
            assert call.switch.model == "other"

    async def test_the_old_one_is_not_heard_after_the_change(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.switch.want("other")
            await call.clock.advance(1)
            call.links[0].emit(ModelLost(EndReason.PROVIDER_DOWN, "late news"))
            await settle()
            assert not call.over
            call.links[1].emit(ModelLost(EndReason.PROVIDER_DOWN, "news", is_final=True))
            await settle()
            assert call.ending == Ending(EndReason.PROVIDER_DOWN, detail="news")

    async def test_a_call_that_ends_in_the_middle_of_it_closes_both(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"slow_to_open": True}
            call.switch.want("other")
            await call.clock.advance(1)
            assert len(call.links) == 2
        assert [link.closed for link in call.links] == [True, True]

    async def test_a_call_may_end_while_the_old_one_is_still_being_closed(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.link.may_close.clear()
            call.switch.want("other")
            await call.clock.advance(1)
            assert call.switch.model == "other"
            assert not call.link.closed
            asyncio.get_running_loop().call_later(0.01, call.link.may_close.set)
        assert [link.closed for link in call.links] == [True, True]

    async def test_one_that_cannot_be_closed_keeps_no_other_from_it(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.link.fail_close = RuntimeError("broken")
            call.switch.want("other")
            await call.clock.advance(1)
            call.links[1].fail_close = RuntimeError("broken too")
        assert [link.closed for link in call.links] == [True, True]


class TestWish:
    async def test_before_anybody_has_come_the_session_is_opened_with_it(self) -> None:
        async with Call() as call:
            call.switch.want("other")
            assert call.switch.model == "other"
            await call.caller_joins()
            assert call.link.brief is not None
            assert call.link.brief.model == "other"
            await call.clock.advance(5)
            assert len(call.links) == 1

    async def test_the_same_again_changes_nothing(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            for _ in range(5):
                call.switch.want("other")
                await call.clock.advance(1)
            assert len(call.links) == 2

    async def test_a_wish_that_is_taken_back(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.switch.want("other")
            call.switch.want("gpt-realtime")
            await call.clock.advance(5)
            assert len(call.links) == 1

    async def test_there_and_back(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.switch.want("other")
            await call.clock.advance(1)
            call.switch.want("gpt-realtime")
            await call.clock.advance(1)
            assert call.switch.model == "gpt-realtime"
            assert [link.closed for link in call.links] == [True, True, False]


class TestLoss:
    async def test_another_session_goes_on_with_the_talk_as_it_was_heard(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(0.4)
            await call.caller_makes(LOUD, 20)  # the answer is cut at 420 ms
            await call.caller_makes(QUIET, 500)
            await call.clock.advance(2)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
            await call.clock.advance(0.1)
            old, new = call.links
            assert old.closed
            assert new.brief is not None
            assert [said.text for said in new.brief.history][:2] == ["Where is my order?", "It will"]
            assert [event.kind for event in call.told(Happened)] == [HappenedKind.MODEL_AWAY, HappenedKind.MODEL_BACK]
            await call.caller_asks()
            await call.clock.advance(1.2)
            assert call.told(Turn)[-1].played_ms == 1000
            assert new.heard

    async def test_it_is_tried_for_half_a_minute(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"refuse": EndReason.PROVIDER_DOWN, "refuse_for_good": False}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.clock.advance(OUTAGE_S - 0.5)
            assert not call.over
            assert OUTAGE_S * 0.9 < len(call.links) < OUTAGE_S * 1.2
            await call.clock.advance(1)
            assert call.ending == Ending(EndReason.PROVIDER_DOWN, detail="refused")

    async def test_and_found_within_two_seconds_of_its_return(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"slow_to_open": True}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.clock.advance(20)
            call.next_link = {}
            await call.clock.advance(READY_S + AGAIN_MAX_S)
            assert not call.over
            assert call.told(Happened)[-1].kind is HappenedKind.MODEL_BACK
            assert [link.closed for link in call.links] == [True] * (len(call.links) - 1) + [False]

    async def test_a_service_that_says_when_is_not_asked_before(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            call.next_link = {"slow_to_open": True}
            await call.clock.advance(0)
            call.links[1].emit(ModelLost(EndReason.PROVIDER_QUOTA, "http_429", retry_after_s=7))
            await call.clock.advance(6.5)
            assert len(call.links) == 2
            await call.clock.advance(1)
            assert len(call.links) == 3

    async def test_of_what_was_said_meanwhile_the_newest_second_is_heard(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"slow_to_open": True}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.caller_makes(LOUD, 3000)
            assert call.links[0].heard == []
            call.links[1].emit(ModelReady())
            await settle()
            assert len(call.links[1].heard) == NEWEST_MS // 20
            assert call.links[1].heard_at_ms[0] == call.clock.now_ms() - NEWEST_MS + 20
            assert Happened(HappenedKind.AUDIO_DROPPED, "2000") in call.told(Happened)

    async def test_what_it_was_sent_and_never_told_of_is_lost_too(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.link.silent = True
            call.next_link = {"slow_to_open": True}
            await call.caller_makes(LOUD, 1000)
            await call.caller_makes(QUIET, 500)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "no_pong"))
            await call.caller_makes(QUIET, 1000)
            call.links[1].emit(ModelReady())
            await settle()
            assert Happened(HappenedKind.AUDIO_DROPPED, "1000") in call.told(Happened)

    async def test_a_key_that_is_refused_while_it_is_away_ends_it_at_once(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"refuse": EndReason.PROVIDER_AUTH}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await settle()
            assert call.ending == Ending(EndReason.PROVIDER_AUTH, detail="refused")

    async def test_a_model_that_says_nothing_of_somebody_who_speaks_is_probed_and_given_up(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.link.silent = True
            await call.caller_makes(LOUD, 1000)
            await call.caller_makes(QUIET, 3000)
            assert call.link.probes == 1
            assert Happened(HappenedKind.MODEL_AWAY, "deaf") in call.told(Happened)
            assert len(call.links) == 2


class TestTheFirstWords:
    async def test_wait_for_the_first_session_and_whatever_it_says_meanwhile_it_is_not_probed(self) -> None:
        async with Call() as call:
            call.link.slow_to_open = True
            await call.caller_joins()
            await call.caller_makes(LOUD, 3000)
            await call.caller_makes(QUIET, 3000)
            assert (call.link.probes, len(call.links)) == (0, 1)
            call.link.emit(ModelReady())
            await settle()
            assert call.told(Happened) == []

    async def test_wait_for_another_when_the_first_one_breaks(self) -> None:
        async with Call() as call:
            call.link.slow_to_open = True
            call.next_link = {"slow_to_open": True}
            await call.caller_joins()
            await call.caller_makes(QUIET, 1000)
            await call.caller_makes(LOUD, 2000)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "connection"))
            await call.caller_makes(LOUD, 2000)
            await call.caller_makes(QUIET, 100)
            call.links[1].emit(ModelReady())
            await settle()
            heard = call.links[1].heard
            assert sum(any(frame) for frame in heard) >= 199
            assert len(heard) <= 200 + LEAD_FRAMES + 5, "and not the silence before them"

    async def test_of_more_than_ten_seconds_another_is_tried_and_the_rest_is_told_as_lost(self) -> None:
        async with Call() as call:
            call.link.slow_to_open = True
            call.next_link = {"slow_to_open": True, "silent": True}
            await call.caller_joins()
            await call.caller_makes(LOUD, 12_000)
            await call.caller_makes(QUIET, 100)
            assert Happened(HappenedKind.MODEL_AWAY, "not_ready_in_time") in call.told(Happened)
            call.links[1].emit(ModelReady())
            await settle()
            (lost,) = [event for event in call.told(Happened) if event.kind is HappenedKind.AUDIO_DROPPED]
            assert int(lost.detail or "") == pytest.approx(2100, abs=60)
            assert sum(map(len, call.links[1].heard)) == pytest.approx(FIRST_MS * 48, abs=48 * 60)

    async def test_once_it_was_ready_only_the_newest_second_is_kept(self) -> None:
        async with Call() as call:
            await _settled_call(call)
            call.next_link = {"slow_to_open": True}
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1006"))
            await call.caller_makes(LOUD, 3000)
            call.links[1].emit(ModelReady())
            await settle()
            assert len(call.links[1].heard) == NEWEST_MS // 20


class TestRenewal:
    async def test_before_its_end_a_session_is_renewed_in_a_pause(self) -> None:
        async with Call(session_s=60) as call:
            await _settled_call(call)
            for _ in range(5):
                await call.caller_makes(QUIET, 5000)
                await call.caller_asks()
                await call.clock.advance(1.2)
            assert len(call.links) == 1
            await call.clock.advance(10)
            old, new = call.links
            assert old.closed
            assert new.brief is not None
            assert len(new.brief.history) == 10
            assert [event.kind for event in call.told(Happened)] == [HappenedKind.SESSION_RENEWED]

    async def test_the_service_may_say_that_it_ends_earlier(self) -> None:
        async with Call() as call:
            call.next_link = {"slow_to_open": True}
            call.links[0].slow_to_open = True
            await call.caller_joins()
            call.link.emit(ModelReady(expires_at_ms=call.clock.now_ms() + 40_000))
            await call.clock.advance(29)
            assert len(call.links) == 1
            await call.clock.advance(2)
            assert len(call.links) == 2


async def _settled_call(call: Call) -> None:
    await call.caller_joins()
    await call.clock.advance(1)


async def test_that_the_sessions_write_down_no_words_is_told_once() -> None:
    async with Call() as call:
        call.link.slow_to_open = True
        await call.caller_joins()
        call.link.emit(ModelReady(transcription_off="model_not_found"))
        call.next_link = {"slow_to_open": True}
        call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
        await settle()
        call.links[-1].emit(ModelReady(transcription_off="model_not_found"))
        await settle()
        off = [happened for happened in call.told(Happened) if happened.kind is HappenedKind.TRANSCRIPTION_OFF]
        assert off == [Happened(HappenedKind.TRANSCRIPTION_OFF, "model_not_found")]
        assert HappenedKind.MODEL_BACK in [happened.kind for happened in call.told(Happened)]


async def test_a_session_that_is_refused_for_good_ends_the_call_with_the_services_code() -> None:
    async with Call() as call:
        call.link.slow_to_open = True
        await call.caller_joins()
        call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "invalid_value session.audio.output.voice", is_final=True))
        await settle()
        await call.clock.advance(5)
        assert (call.ending.reason, call.ending.detail) == (
            EndReason.PROVIDER_DOWN,
            "invalid_value session.audio.output.voice",
        )
