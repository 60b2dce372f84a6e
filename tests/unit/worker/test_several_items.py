"""An answer of several items: a model that thinks says something first (a preamble), and then what it has to say."""

from __future__ import annotations

from shared import pcm
from shared.call_report import AGENT_SPEAKER, Segment, Turn
from shared.call_state import EndReason
from tests.unit.worker.harness import Call
from worker.farewell import END_CALL
from worker.ports import (
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    SpeechStarted,
    ToolCalled,
)


def says(call: Call, item: str, words: str, ms: int = 1000, response: str = "r") -> None:
    call.link.emit(AnswerText(response, item, words))
    call.link.emit(AnswerAudio(response, item, b"\x00\x10" * (pcm.bytes_of(ms) // 2)))
    call.link.emit(AnswerItemDone(response, item))


def segments(call: Call) -> list[tuple[str, str, bool]]:
    return [(one.segment_id, one.text, one.is_cut) for one in call.told(Segment) if one.speaker == AGENT_SPEAKER]


async def test_they_are_two_captions_two_segments_and_one_turn() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.emit(AnswerStarted("r"))
        says(call, "a", "Let me see.")
        await call.clock.advance(2)
        assert segments(call) == [("a", "Let me see.", False)]
        assert call.told(Turn) == [], "it goes on"
        says(call, "b", "It is there.")
        call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
        await call.clock.advance(2)
        assert segments(call) == [("a", "Let me see.", False), ("b", "It is there.", False)]
        assert call.told(Turn) == [Turn(1, None, False, 2000)]
        assert [c.text for c in call.room.captions.values() if c.final] == ["Let me see.", "It is there."]


async def test_they_are_heard_in_order_and_cut_each_where_it_was_heard() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.emit(AnswerStarted("r"))
        says(call, "a", "Let me see.")
        says(call, "b", "It is there, and will be with you soon.", 3000)
        says(call, "c", "Is there anything else?")
        await call.clock.advance(2)
        call.link.emit(SpeechStarted("p", call.clock.now_ms()))
        assert [item for item, _ in call.link.truncations] == ["b", "c"]
        (_, heard_ms), (_, not_heard_ms) = call.link.truncations
        assert 800 < heard_ms < 1200
        assert not_heard_ms == 0
        call.link.emit(AnswerDone("r", AnswerStatus.CANCELLED))
        await call.clock.advance(1)
        assert [(name, cut) for name, _, cut in segments(call)] == [("a", False), ("b", True)]
        (turn,) = call.told(Turn)
        assert (turn.turn, turn.interrupted, turn.played_ms) == (1, True, 1000 + heard_ms)


async def test_an_item_whose_end_is_not_told_holds_up_none() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.emit(AnswerStarted("r"))
        call.link.emit(AnswerText("r", "a", "Let me see."))
        call.link.emit(AnswerAudio("r", "a", b"\x00\x10" * (pcm.bytes_of(1000) // 2)))
        says(call, "b", "It is there.")
        call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
        await call.clock.advance(4)
        assert [name for name, _, _ in segments(call)] == ["a", "b"]
        assert call.told(Turn) == [Turn(1, None, False, 2000)]


async def test_a_goodbye_that_is_a_preamble_is_a_goodbye() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.link.emit(AnswerStarted("r"))
        says(call, "a", "Goodbye.")
        call.link.emit(ToolCalled("r", "c", END_CALL.name, "{}"), AnswerDone("r", AnswerStatus.COMPLETED))
        await call.clock.advance(3)
        assert call.link.replies == [], "it is not asked for another"
        assert call.ending.reason is EndReason.AGENT_HUNG_UP
        assert call.told(Turn) == [Turn(1, None, False, 1000)]
        assert segments(call) == [("a", "Goodbye.", False)]
