from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.ids import Identity
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from worker.announcer import MAX_PENDING, Announcer, PersonCaption
from worker.ports import AgentMood

ANN = Identity("ann")


class Stand:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.room = FakeRoom(self.clock)
        self.words: tuple[str, str] | None = None
        self.announcer = Announcer(self.room, self.clock, agent_words=lambda: self.words)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    stand = Stand()
    running = asyncio.create_task(stand.announcer.run())
    await settle()
    yield stand
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _caption(segment: str, text: str, *, final: bool = False) -> PersonCaption:
    return PersonCaption(ANN, "TR", segment, text, final)


async def test_the_agents_words_are_appended_as_they_are_heard(stand: Stand) -> None:
    stand.words = ("s", "one")
    stand.announcer.agent_speaks()
    await settle()
    stand.words = ("s", "one two")
    await stand.clock.advance(0.2)
    assert stand.room.captions["s"].text == "one two"
    assert not stand.room.captions["s"].final
    stand.words = None
    stand.announcer.agent_said("s", "one two three")
    await settle()
    assert stand.room.captions["s"].text == "one two three"
    assert stand.room.captions["s"].final


async def test_a_segment_without_heard_words_is_never_opened(stand: Stand) -> None:
    stand.words = ("s", "")
    stand.announcer.agent_speaks()
    await stand.clock.advance(1)
    assert stand.room.captions == {}


async def test_a_segment_that_is_over_before_it_was_shown_is_shown_whole(stand: Stand) -> None:
    stand.announcer.agent_said("s", "Yes.")
    await settle()
    assert (stand.room.captions["s"].text, stand.room.captions["s"].final) == ("Yes.", True)


async def test_a_slow_room_gets_the_newest_words_only(stand: Stand) -> None:
    stand.room.slow_captions = asyncio.Event()
    for number in range(20):
        stand.announcer.show_person(_caption("s", f"word {number}"))
        await settle()
    stand.room.slow_captions.set()
    await stand.clock.advance(0.3)
    assert stand.room.captions["s"].text == "word 19"
    assert stand.room.caption_writes == 2


async def test_of_too_many_the_oldest_that_is_not_final_is_dropped() -> None:
    stand = Stand()
    stand.announcer.show_person(_caption("final", "said", final=True))
    for number in range(MAX_PENDING):
        stand.announcer.show_person(_caption(str(number), "word"))
    await stand.announcer.publish()
    assert "final" in stand.room.captions
    assert "0" not in stand.room.captions
    assert len(stand.room.captions) == MAX_PENDING
    assert stand.announcer.dropped == 1


async def test_the_mood_is_shown_at_once_and_once(stand: Stand) -> None:
    stand.words = ("s", "one")
    stand.announcer.show_mood(AgentMood.SPEAKING)
    await settle()
    stand.announcer.show_mood(AgentMood.SPEAKING)
    stand.announcer.show_mood(AgentMood.LISTENING)
    await settle()
    assert stand.room.moods == [AgentMood.SPEAKING, AgentMood.LISTENING]


async def test_moods_that_were_overtaken_are_skipped() -> None:
    stand = Stand()
    for mood in (AgentMood.LISTENING, AgentMood.THINKING, AgentMood.SPEAKING):
        stand.announcer.show_mood(mood)
    await stand.announcer.publish()
    assert stand.room.moods == [AgentMood.SPEAKING]
