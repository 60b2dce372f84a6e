"""People are told that they are recorded: before anything else, to the end, and once."""

from __future__ import annotations

import pytest

from shared.call_report import AGENT_SPEAKER, Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from shared.ids import Identity
from tests.fakes.clock import settle
from tests.unit.worker.harness import CALLER, CLIP_MS, LOUD, Call
from worker.bridge import AUDIBLE_AFTER_S
from worker.notice import CONNECT_S, Notice
from worker.ports import ModelLost, PersonJoined, Said

NOTICE = "Line recorded."
ANSWER_MS = 1000


def said(call: Call) -> list[tuple[str, bool]]:
    """What was heard of the agent: (words, cut)."""
    return [(one.text.strip(), one.is_cut) for one in call.told(Segment) if one.speaker == AGENT_SPEAKER]


def notices(call: Call) -> int:
    played = [event.detail for event in call.told(Happened) if event.kind is HappenedKind.CLIP_PLAYED]
    return played.count("recorded")


class TestFromTheStart:
    async def test_it_is_said_before_the_greeting_as_soon_as_it_is_recorded(self) -> None:
        async with Call(greeting="Hello!", recording_notice=True) as call:
            await call.caller_joins()
            await call.clock.advance(0.5)
            assert call.room.heard_ms == 0
            assert notices(call) == 0
            assert len(call.link.replies) == 1, "the greeting is made meanwhile"
            call.bridge.tell_of_recording()
            await call.clock.advance(CLIP_MS / 1000)
            assert call.room.heard_ms == pytest.approx(CLIP_MS)
            await call.clock.advance(ANSWER_MS / 1000 + 0.1)
            assert call.room.heard_ms == pytest.approx(CLIP_MS + ANSWER_MS)
            assert said(call) == [(NOTICE, False), (call.link.says, False)]
            await call.clock.advance(10)
            assert notices(call) == 1

    async def test_it_has_a_caption_and_is_no_answer_and_the_model_does_not_know_of_it(self) -> None:
        async with Call(greeting="", recording_notice=True) as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(CLIP_MS / 1000 + 0.1)
            assert any(shown.text == NOTICE and shown.final for shown in call.room.captions.values())
            assert call.told(Turn) == []
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
            await call.clock.advance(5)
            assert call.links[-1].brief is not None
            assert all(NOTICE not in one.text for one in call.links[-1].brief.history)
            assert notices(call) == 1, "and another session of the model changes nothing"

    async def test_a_recording_that_does_not_begin_is_not_waited_for(self) -> None:
        async with Call(greeting="Hello!", recording_notice=True) as call:
            await call.caller_joins()
            await call.clock.advance(AUDIBLE_AFTER_S + (CLIP_MS + ANSWER_MS) / 1000 + 0.5)
            assert said(call) == [(NOTICE, False), (call.link.says, False)]
            call.bridge.tell_of_recording()
            await call.clock.advance(10)
            assert notices(call) == 1, "it was meant for this one"

    async def test_a_recording_that_begins_before_the_caller_is_seen_changes_nothing(self) -> None:
        async with Call(greeting="Hello!", recording_notice=True) as call:
            call.bridge.tell_of_recording()
            await call.clock.advance(3)
            assert call.room.heard_ms == 0
            await call.caller_joins()
            await call.clock.advance(2.5)
            assert said(call) == [(NOTICE, False), (call.link.says, False)]

    async def test_it_needs_no_model(self) -> None:
        call = Call(greeting="Hello!", recording_notice=True)
        call.next_link["slow_to_open"] = True
        async with call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(CLIP_MS / 1000 + 0.1)
            assert said(call)[0] == (NOTICE, False)

    async def test_an_agent_that_takes_over_does_not_say_it(self) -> None:
        async with Call(greeting="Hello!", history=[Said(True, "Hello!")], takes_over=True) as call:
            await call.caller_joins()
            await call.clock.advance(5)
            assert notices(call) == 0


class TestWhoSpeaksIntoIt:
    async def test_hears_it_to_its_end_and_is_heard(self) -> None:
        async with Call(greeting="Hello!", recording_notice=True) as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(0.3)
            await call.caller_asks()
            await call.clock.advance(2)
            assert said(call)[0] == (NOTICE, False)
            assert call.told(Turn)[-1].played_ms == ANSWER_MS
            assert len(said(call)) == 2, "not the greeting that they spoke into, but the answer"
            assert call.room.cuts == 0
            assert all(heard_ms == 0 for _, heard_ms in call.link.truncations)

    async def test_may_interrupt_the_greeting_behind_it(self) -> None:
        async with Call(greeting="Hello!", recording_notice=True) as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(CLIP_MS / 1000 + 0.5)
            await call.caller_makes(LOUD, 200)
            assert [is_cut for _, is_cut in said(call)] == [False, True]


class TestInTheMiddle:
    async def test_the_agent_finishes_what_it_says(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.link.answer_ms = 3000
            await call.caller_joins()
            await call.clock.advance(0.2)
            call.bridge.tell_of_recording()
            await call.clock.advance(3.0)
            assert said(call) == [(call.link.says, False)]
            await call.clock.advance(CLIP_MS / 1000 + 0.5)
            assert said(call) == [(call.link.says, False), (NOTICE, False)]

    async def test_nobody_is_talked_over_and_an_answer_comes_first(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.caller_makes(LOUD, 3000)
            assert call.room.heard_ms == 0
            await call.caller_asks()
            await call.clock.advance(4)
            assert said(call) == [(call.link.says, False), (NOTICE, False)]

    async def test_each_recording_is_told(self) -> None:
        async with Call(recording_notice=True) as call:
            await call.caller_joins()
            call.bridge.tell_of_recording()
            await call.clock.advance(5)
            assert notices(call) == 1
            call.bridge.tell_of_recording()
            await call.clock.advance(5)
            assert notices(call) == 2

    async def test_who_is_away_is_waited_for(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_leaves(on_purpose=False)
            call.bridge.tell_of_recording()
            await call.clock.advance(5)
            assert notices(call) == 0
            call.room.emit(PersonJoined(CALLER))
            await call.clock.advance(2)
            assert notices(call) == 1


class TestWhenItIsDue:
    def test_first_is_once_and_covers_one_recording(self) -> None:
        notice = Notice(comes_first=True)
        assert (notice.first(), notice.first()) == (True, False)
        notice.recording_began(10)
        assert not notice.waits_for_recording
        assert not notice.due(100, is_quiet=True)
        notice.recording_began(100)
        assert notice.due(100 + CONNECT_S, is_quiet=True)

    @pytest.mark.parametrize(("after_s", "is_quiet"), [(CONNECT_S - 0.01, True), (100, False)])
    def test_not_before_people_are_connected_and_nobody_speaks(self, after_s: float, is_quiet: bool) -> None:
        notice = Notice(comes_first=False)
        assert not notice.waits_for_recording
        assert not notice.first()
        notice.recording_began(0)
        assert not notice.due(after_s, is_quiet=is_quiet)
        assert notice.due(100, is_quiet=True)
        assert not notice.due(200, is_quiet=True), "once"


async def test_in_a_conference_who_comes_first_hears_it() -> None:
    async with Call(call_type="conference") as call:
        await call.joins(Identity("user_2"), "TR_2")
        call.bridge.tell_of_recording()
        await call.clock.advance(CONNECT_S + 2)
        await settle()
        assert notices(call) == 1
