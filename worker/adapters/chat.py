"""What people write in a room: text streams on `lk.chat`, as the chat boxes of LiveKit's front ends send them.

Whoever is in the room can send as much as they like. So of a message only the beginning is read, of a person's messages
only so many in a time, and a stream that does not end is given up. Whoever is left out is told so in the chat, and they
alone; once in a time, so that nobody makes us write as much as they do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from livekit import rtc
from livekit.agents.types import TOPIC_CHAT

from shared import writing
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.ports import LeftOut, MessageLeftOut, PersonWrote

MAX_CHARS = 4_000
"""Of one message: more than anybody types, and the model reads all of it."""
MAX_OPEN = 8
"""Messages that are read at once."""
READ_S = 10.0
"""A message that is not whole by then is given up."""
BURST = 5
WITHIN_S = 10.0
"""More than `BURST` messages of a person in this time are not read."""

ANSWERS = {
    LeftOut.TOO_MANY: "That was too much at once: this message was not read. Please send it again in a few seconds.",
    LeftOut.TOO_LONG: f"This message is too long: only its first {MAX_CHARS:,} characters were read.",
    LeftOut.BROKE_OFF: "This message did not arrive whole and was not read. Please send it again.",
}

_log = get_logger(__name__)


class Chat:
    def __init__(
        self,
        room: rtc.Room,
        clock: Clock,
        *,
        is_person: Callable[[rtc.RemoteParticipant], bool],
        tell: Callable[[PersonWrote | MessageLeftOut], None],
    ) -> None:
        self._room = room
        self._clock = clock
        self._is_person = is_person
        self._tell = tell
        self._rates: dict[Identity, Rate] = {}
        self._told_s: dict[Identity, float] = {}
        """When somebody was told last that they are left out."""
        self._reading: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler(TOPIC_CHAT, self._opened)

    async def aclose(self) -> None:
        """Safe at any time, also twice."""
        tasks = [*self._reading, *self._answering]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _opened(self, reader: rtc.TextStreamReader, identity: str) -> None:
        who = self._room.remote_participants.get(identity)
        if who is None or not self._is_person(who):
            reader.close()
            return
        if not self._may_write(Identity(identity)):
            reader.close()
            self._left_out(Identity(identity), LeftOut.TOO_MANY, reader.info.stream_id)
            return
        task = asyncio.create_task(self._read(reader, Identity(identity)), name="message of a chat")
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    def _may_write(self, who: Identity) -> bool:
        rate = self._rates.setdefault(who, Rate())
        return len(self._reading) < MAX_OPEN and rate.takes(self._clock.monotonic_s())

    async def _read(self, reader: rtc.TextStreamReader, who: Identity) -> None:
        try:
            async with asyncio.timeout(READ_S):
                text = await _beginning(reader)
        except (rtc.StreamError, TimeoutError):
            self._left_out(who, LeftOut.BROKE_OFF, reader.info.stream_id)
            return
        finally:
            reader.close()
        if len(text) > MAX_CHARS:
            self._left_out(who, LeftOut.TOO_LONG, reader.info.stream_id)
        if text.strip():
            self._tell(PersonWrote(who, writing.cut(text, MAX_CHARS).strip()))

    def _left_out(self, who: Identity, why: LeftOut, message_id: str) -> None:
        _log.warning("a message of the chat is left out", why=why)
        now_s = self._clock.monotonic_s()
        if now_s - self._told_s.get(who, -WITHIN_S) < WITHIN_S:
            return
        self._told_s[who] = now_s
        self._tell(MessageLeftOut(who, why))
        task = asyncio.create_task(self._answer(who, ANSWERS[why], message_id), name="answer in a chat")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, who: Identity, text: str, message_id: str) -> None:
        me = self._room.local_participant
        try:
            async with asyncio.timeout(READ_S):
                # Uncompressed, as every client reads it.
                await me.send_text(
                    text, topic=TOPIC_CHAT, destination_identities=[who], reply_to_id=message_id, compress=False
                )
        except Exception as error:  # the SDK raises plain ones
            _log.warning("an answer in the chat was not sent", error=type(error).__name__)


class Rate:
    """How often somebody writes. Pure; seconds on one growing clock."""

    def __init__(self) -> None:
        self._taken_s: deque[float] = deque(maxlen=BURST)

    def takes(self, now_s: float) -> bool:
        if len(self._taken_s) == BURST and now_s - self._taken_s[0] < WITHIN_S:
            return False
        self._taken_s.append(now_s)
        return True


async def _beginning(reader: rtc.TextStreamReader) -> str:
    text = ""
    async for chunk in reader:
        text += chunk
        if len(text) > MAX_CHARS:
            break
    return text
