"""A person in a call of the whole stack whom a test can ask what they hear, and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from scripts.caller.captions import Caption
from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from shared.clock import SystemClock
from tests.support.stack import Stack
from tests.support.until import patient

LOOK_S = 0.02
NAMES = iter(range(1, 1_000_000))


@dataclass
class Person:
    stack: Stack
    session: dict[str, Any]
    """As `POST /session` answered."""
    phone: Phone

    @property
    def call_id(self) -> str:
        return str(self.session["callId"])

    @property
    def record(self) -> dict[str, Any]:
        record = self.stack.record(self.call_id)
        assert record is not None, "the API does not answer"
        return record

    def now_s(self) -> float:
        """On the clock of what is heard."""
        return self.phone.clock.monotonic_s()

    async def asks(self, text: str, within_s: float = 15.0) -> float:
        """Says it and waits for the first sound of an answer; after how many seconds that came."""
        ended_s = await self.phone.microphone.say(spoken(text)).ended_s
        return await self.hears(ended_s, within_s)

    async def hears(self, after_s: float, within_s: float) -> float:
        """Until a sound begins that was not there at `after_s`; how many seconds later it began."""

        def heard_s() -> float | None:
            return self.phone.hearing.first_sound_after(after_s)

        await until(lambda: heard_s() is not None, f"the agent is heard within {within_s} s", within_s + 1)
        return (heard_s() or after_s) - after_s

    async def hears_silence(self, gap_s: float = 1.0, within_s: float = 20.0) -> None:
        """Until nothing was heard for so long."""
        await until(lambda: not self.phone.hearing.is_sounding(self.now_s(), gap_s), "the agent is silent", within_s)


@asynccontextmanager
async def person_in_a_call(stack: Stack, **wishes: Any) -> AsyncIterator[Person]:
    """Somebody who has called, and hears the agent's greeting."""
    user = f"person-{next(NAMES)}"
    answer = await asyncio.to_thread(stack.api, "POST", "/api/voice/session", wishes, user=user, admin=False)
    assert answer is not None, f"no call could be opened: {stack.refused}"
    session = answer["session"]
    phone = Phone(SystemClock(), _ignore)
    person = Person(stack, session, phone)
    try:
        began_s = person.now_s()
        await phone.join(session["livekitHost"], session["token"])
        await person.hears(began_s, 20)
        yield person
    finally:
        await phone.hang_up()


async def until(condition: Callable[[], object], what: str, within_s: float) -> None:
    deadline = asyncio.get_running_loop().time() + patient(within_s)
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within_s} s: {what}"
        await asyncio.sleep(LOOK_S)


def _ignore(_caption: Caption, _words: str, _ended: bool) -> None:
    pass
