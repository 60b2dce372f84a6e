"""What people write in a room, and what of it is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from livekit import rtc

from shared.ids import Identity
from tests.fakes.clock import FakeClock, settle
from worker.adapters.chat import ANSWERS, BURST, MAX_CHARS, READ_S, WITHIN_S, Chat, Rate
from worker.ports import LeftOut, MessageLeftOut, PersonWrote

ANN, BOB = Identity("ann"), Identity("bob")


@dataclass
class Reader:
    """A text stream that comes in these pieces, and then ends as it is told to."""

    pieces: tuple[str, ...]
    error: Exception | None = None
    info: Any = field(default_factory=lambda: SimpleNamespace(stream_id="message-1"))
    is_closed: bool = False

    async def __aiter__(self) -> AsyncIterator[str]:
        for piece in self.pieces:
            yield piece
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.is_closed = True


class Room:
    """What of LiveKit's room a chat uses, and everything that was sent to it: (to whom, text, answer to what)."""

    def __init__(self) -> None:
        self.sent: list[tuple[list[str], str, str]] = []
        self.is_broken = False
        self.remote_participants = {who: SimpleNamespace(identity=who) for who in (ANN, BOB, "robot")}
        self.local_participant = self
        self._opened: Callable[[Reader, str], None] = lambda *_: None

    def register_text_stream_handler(self, topic: str, opened: Callable[[Reader, str], None]) -> None:
        assert topic == "lk.chat"
        self._opened = opened

    async def send_text(self, text: str, **to: Any) -> None:
        if self.is_broken:
            raise Exception("engine is closed")
        assert (to["topic"], to["compress"]) == ("lk.chat", False)
        self.sent.append((to["destination_identities"], text, to["reply_to_id"]))

    async def hears(self, *pieces: str, who: str = ANN, error: Exception | None = None) -> None:
        reader = Reader(pieces, error)
        self._opened(reader, who)
        await settle()
        assert reader.is_closed


class Place:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.room = Room()
        self.told: list[PersonWrote | MessageLeftOut] = []
        self.chat = Chat(
            cast(rtc.Room, self.room),
            self.clock,
            is_person=lambda who: who.identity != "robot",
            tell=self.told.append,
        )


async def test_a_message_is_told_and_nothing_is_said_to_it() -> None:
    place = Place()
    await place.room.hears(" Where is ", "my order? ")
    await place.room.hears("  ")
    await place.room.hears("I am none.", who="robot")
    assert place.told == [PersonWrote(ANN, "Where is my order?")]
    assert place.room.sent == []


async def test_who_writes_too_much_at_once_is_told_so_once_in_a_while_and_alone() -> None:
    place = Place()
    for _ in range(BURST + 5):
        await place.room.hears("Hello?")
    assert place.told == [PersonWrote(ANN, "Hello?")] * BURST + [MessageLeftOut(ANN, LeftOut.TOO_MANY)]
    assert place.room.sent == [([ANN], ANSWERS[LeftOut.TOO_MANY], "message-1")]
    await place.room.hears("Me too?", who=BOB)
    assert place.told[-1] == PersonWrote(BOB, "Me too?")
    await place.clock.advance(WITHIN_S)
    for _ in range(BURST + 1):
        await place.room.hears("Hello?")
    assert len(place.room.sent) == 2


async def test_of_a_message_that_is_too_long_the_beginning_is_read_and_its_writer_told() -> None:
    place = Place()
    await place.room.hears("word " * 1_000)
    left_out, wrote = place.told
    assert left_out == MessageLeftOut(ANN, LeftOut.TOO_LONG)
    assert isinstance(wrote, PersonWrote)
    assert MAX_CHARS - 10 < len(wrote.text) <= MAX_CHARS
    assert [text for _, text, _ in place.room.sent] == [
        "This message is too long: only its first 4,000 characters were read."
    ]


async def test_who_sent_half_a_message_is_told_so() -> None:
    place = Place()
    await place.room.hears("Where is", error=rtc.StreamError("aborted"))
    assert place.told == [MessageLeftOut(ANN, LeftOut.BROKE_OFF)]
    assert [text for _, text, _ in place.room.sent] == [ANSWERS[LeftOut.BROKE_OFF]]


async def test_a_room_that_takes_no_answer_costs_the_answer() -> None:
    place = Place()
    place.room.is_broken = True
    await place.room.hears("word " * 1_000)
    await place.clock.advance(READ_S)
    await place.room.hears("And now?")
    assert place.told[-1] == PersonWrote(ANN, "And now?")
    await place.chat.aclose()


def test_who_writes_too_often_is_not_read_for_a_while() -> None:
    rate = Rate()
    assert all(rate.takes(0.1 * n) for n in range(BURST))
    assert not rate.takes(1.0)
    assert rate.takes(WITHIN_S)
    assert rate.takes(WITHIN_S + 0.1)
