"""What people write in the room's chat."""

from __future__ import annotations

from shared.call_report import AGENT_SPEAKER, Happened, HappenedKind, Segment
from shared.call_state import EndReason
from shared.ids import Identity
from tests.fakes.clock import settle
from tests.unit.worker.harness import CALLER, LOUD, Call
from worker.ports import (
    ANSWER_OPEN,
    AnswerStarted,
    LeftOut,
    MessageLeftOut,
    ModelLost,
    ModelReady,
    PersonJoined,
    PersonWrote,
    ReplyRefused,
)


async def writes(call: Call, text: str, who: Identity = CALLER) -> None:
    call.room.emit(PersonWrote(who, text))
    await settle()


async def test_it_is_answered_and_told_as_words_of_who_wrote_it() -> None:
    async with Call() as call:
        await call.caller_joins()
        await writes(call, "Where is my order?")
        assert (call.link.written, call.link.replies) == (["Where is my order?"], [None])
        await call.clock.advance(2)
        mine, answer = call.told(Segment)
        assert (mine.speaker, mine.text, answer.speaker) == (CALLER, "Where is my order?", AGENT_SPEAKER)
        shown = call.room.captions[mine.segment_id]
        assert (shown.speaker, shown.text, shown.final) == (CALLER, "Where is my order?", True)


async def test_two_messages_of_one_moment_are_two() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.silent = True
        await writes(call, "Yes")
        await writes(call, "Yes")
        first, second = call.told(Segment)
        assert first.segment_id != second.segment_id


async def test_it_interrupts_what_is_being_said_and_is_answered_then() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.answer_ms = 4000
        call.link.answer(done=False)
        await call.clock.advance(1)
        cuts = call.room.cuts
        await writes(call, "Stop.")
        assert (call.room.cuts - cuts, call.link.interrupts, call.link.replies) == (1, 1, [None])
        assert [segment.is_cut for segment in call.told(Segment)] == [True, False]


async def test_an_answer_that_was_on_its_way_does_not_stand_for_its_own() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.silent = True
        await writes(call, "And the second one?")
        call.link.emit(AnswerStarted("resp_early"), ReplyRefused(ANSWER_OPEN))
        assert len(call.link.replies) == 1
        call.link.finish("resp_early", "item_early")
        assert len(call.link.replies) == 2


async def test_who_speaks_meanwhile_is_answered_with_it() -> None:
    async with Call() as call:
        await call.caller_joins()
        await call.caller_makes(LOUD, 500)
        await writes(call, "12345")
        assert (call.link.written, call.link.replies) == (["12345"], [])


async def test_who_is_not_of_the_call_writes_nothing() -> None:
    async with Call() as call:
        await call.caller_joins()
        await writes(call, "Hello", Identity("stranger"))
        assert (call.link.written, call.told(Segment)) == ([], [])


async def test_it_is_activity() -> None:
    async with Call(idle_timeout_s=20) as call:
        await call.caller_joins()
        call.next_link = {}
        for _ in range(3):
            await call.clock.advance(15)
            await writes(call, "Still here.")
        assert not call.over
        await call.clock.advance(60)
        assert call.ending.reason is EndReason.IDLE_TIMEOUT


async def test_the_next_session_knows_it() -> None:
    async with Call() as call:
        await call.caller_joins()
        await writes(call, "Where is my order?")
        await call.clock.advance(2)
        call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed"))
        await call.clock.advance(1)
        brief = call.links[1].brief
        assert brief is not None
        assert "Where is my order?" in [said.text for said in brief.history]
        assert call.links[1].written == [], "it is not told twice"


async def test_what_is_written_while_a_session_opens_is_told_to_it() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.next_link = {"slow_to_open": True}
        call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed"))
        await call.clock.advance(0.5)
        await writes(call, "Are you there?")
        assert call.links[1].written == []
        call.links[1].emit(ModelReady())
        await settle()
        assert call.links[1].written == ["Are you there?"]
        assert len(call.links[1].replies) == 1


async def test_what_is_written_at_once_is_told_to_the_first_session() -> None:
    async with Call() as call:
        call.room.emit(PersonJoined(CALLER))
        call.room.emit(PersonWrote(CALLER, "Hello"))
        await settle()
        assert call.link.written == ["Hello"]
        await call.clock.advance(15)
        assert "It will come tomorrow." in [segment.text.strip() for segment in call.told(Segment)]


async def test_what_is_left_out_stands_in_the_timeline() -> None:
    async with Call() as call:
        await call.caller_joins()
        for who in (CALLER, Identity("somebody-else")):
            call.room.emit(MessageLeftOut(who, LeftOut.TOO_LONG))
        await settle()
        assert call.told(Happened) == [Happened(HappenedKind.MESSAGE_LEFT_OUT, "too_long")]
