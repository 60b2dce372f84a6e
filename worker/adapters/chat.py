"""What people write in a room: text streams on `lk.chat`, as the chat boxes of LiveKit's front ends send them.

Whoever is in the room can send as much as they like. So of a message only the beginning is read, of a person's messages
only so many in a time, and a stream that does not end is given up. What is left out is logged.
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
from worker.ports import PersonWrote

MAX_CHARS = 4_000
"""Of one message: more than anybody types, and the model reads all of it."""
MAX_OPEN = 8
"""Messages that are read at once."""
READ_S = 10.0
"""A message that is not whole by then is given up."""
BURST = 5
WITHIN_S = 10.0
"""More than `BURST` messages of a person in this time are not read."""

_log = get_logger(__name__)


class Chat:
    def __init__(
        self,
        room: rtc.Room,
        clock: Clock,
        *,
        is_person: Callable[[rtc.RemoteParticipant], bool],
        tell: Callable[[PersonWrote], None],
    ) -> None:
        self._room = room
        self._clock = clock
        self._is_person = is_person
        self._tell = tell
        self._rates: dict[Identity, Rate] = {}
        self._reading: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler(TOPIC_CHAT, self._opened)

    async def aclose(self) -> None:
        """Safe at any time, also twice."""
        reading = list(self._reading)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    def _opened(self, reader: rtc.TextStreamReader, identity: str) -> None:
        who = self._room.remote_participants.get(identity)
        if who is None or not self._is_person(who) or not self._may_write(Identity(identity)):
            reader.close()
            return
        task = asyncio.create_task(self._read(reader, Identity(identity)), name="message of a chat")
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    def _may_write(self, who: Identity) -> bool:
        rate = self._rates.setdefault(who, Rate())
        may = len(self._reading) < MAX_OPEN and rate.takes(self._clock.monotonic_s())
        if not may:
            _log.warning("a message of the chat is not read, there are too many")
        return may

    async def _read(self, reader: rtc.TextStreamReader, who: Identity) -> None:
        try:
            async with asyncio.timeout(READ_S):
                text = await _beginning(reader)
        except (rtc.StreamError, TimeoutError) as error:
            _log.warning("a message of the chat broke off", error=type(error).__name__)
            return
        finally:
            reader.close()
        if text.strip():
            self._tell(PersonWrote(who, text.strip()))


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
            _log.warning("a message of the chat is too long, its beginning is read")
            break
    return writing.cut(text, MAX_CHARS)
