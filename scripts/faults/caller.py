"""The person in the call. Everything is measured here: at the caller's ear, on the caller's clock.

All times are seconds of the monotonic clock (`now_s`), lengths are whole milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from scripts.caller.api import OpenedCall, VoiceApi
from scripts.caller.clips import Clip, spoken
from scripts.caller.hearing import Hearing, Stretch
from scripts.caller.phone import Phone
from scripts.faults.broken import Broken, until
from scripts.faults.words import LINES
from shared.clock import Clock

AGENT_WITHIN_S = 20.0
ANSWER_WITHIN_S = 15.0
QUIET_S = 0.9
LONGEST_ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Said:
    began_s: float
    ended_s: float


@dataclass
class Caller:
    """One user and one call of theirs."""

    user: str
    api: VoiceApi
    call: OpenedCall
    asked_s: float
    """When the call was asked for."""
    clock: Clock
    phone: Phone
    said: list[Said] = field(default_factory=list)
    broken_off_s: list[float] = field(default_factory=list)
    """When an answer that was sounding was broken off by a fault."""
    joined_s: float | None = None
    left_s: float | None = None
    """When the caller was out of the room, by whoever's wish."""
    _watch: asyncio.Task[None] | None = None

    @property
    def call_id(self) -> str:
        return self.call.call_id

    @property
    def room(self) -> str:
        return self.call.room_name

    @property
    def hearing(self) -> Hearing:
        return self.phone.hearing

    def now_s(self) -> float:
        return self.clock.monotonic_s()

    # ------------------------------------------------------------------------------------------------ in and out

    async def join(self) -> None:
        """Raises `CallerProblem`."""
        await self.phone.join(self.call.livekit_url, self.call.token)
        self.joined_s = self.now_s()
        self._watch = asyncio.create_task(self._note_end(), name="end of the room")

    async def agent_comes(self, within_s: float = AGENT_WITHIN_S) -> int:
        """Milliseconds from asking for the call until an agent's track was there. Raises `Broken`."""
        await until("an agent is in the call", self.phone.agent_here.is_set, within_s)
        return round(((self.phone.agent_heard_s or self.now_s()) - self.asked_s) * 1000)

    async def hang_up(self) -> None:
        """Leave on purpose."""
        self.left_s = self.left_s or self.now_s()
        await self._close()

    async def moves_to(self, phone: Phone) -> None:
        """Go on with another device that is in the room already."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.phone.hang_up()
        self.phone, self.left_s = phone, None
        self._watch = asyncio.create_task(self._note_end(), name="end of the room")

    async def until_over(self, within_s: float) -> float:
        """When the room was gone, by somebody else's wish. Raises `Broken`."""
        await until("the call is over for the caller", self.phone.over.is_set, within_s)
        return self.left_s or self.now_s()

    async def _close(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.phone.hang_up()

    async def _note_end(self) -> None:
        await self.phone.over.wait()
        self.left_s = self.left_s or self.now_s()

    # ---------------------------------------------------------------------------------------------- speak, listen

    async def say(self, text: str = LINES[0]) -> Said:
        """Speak; returns when the last word has been said."""
        speech = self.phone.microphone.say(clip_of(text))
        began_s, ended_s = await speech.began_s, await speech.ended_s
        await self.clock.sleep(max(ended_s - self.now_s(), 0))
        said = Said(began_s, ended_s)
        self.said.append(said)
        return said

    def begin_to_say(self, text: str = LINES[0]) -> None:
        """Speak, without waiting for the end."""
        self.phone.microphone.say(clip_of(text))

    async def heard_after(self, at_s: float, within_s: float = ANSWER_WITHIN_S) -> float:
        """When the first sound began after `at_s`. Raises `Broken`."""

        def look() -> float | None:
            if self.phone.over.is_set():
                raise Broken(f"the call was over while the caller waited for a sound: {self.phone.told_reason}")
            return self.hearing.first_sound_after(at_s)

        return await until("the caller hears something", look, within_s)

    async def hear_out(self) -> None:
        """Until nothing was heard for a while. Raises `Broken` when it does not end."""
        await until(
            "the agent has finished",
            lambda: self.phone.over.is_set() or not self.hearing.is_sounding(self.now_s(), QUIET_S),
            LONGEST_ANSWER_S,
        )

    async def ask(self, text: str = LINES[0]) -> int:
        """Say something and hear the answer out: milliseconds from the last word to the answer's first sound."""
        said = await self.say(text)
        first_s = await self.heard_after(said.ended_s)
        await self.hear_out()
        return ms_between(said.ended_s, first_s)

    async def talk(self, turns: int = 1) -> list[int]:
        """Hear the greeting and ask some things, one after the other."""
        await self.heard_after(self.asked_s, AGENT_WITHIN_S)
        await self.hear_out()
        return [await self.ask(LINES[turn % len(LINES)]) for turn in range(turns)]

    def agents_heard(self) -> set[str]:
        """Who was in the room as an agent, by session id."""
        return set(self.phone.voices)

    async def new_agent_heard(self, known: Iterable[str], within_s: float) -> float:
        """When an agent that is none of `known` was first heard. Raises `Broken`."""

        def look() -> float | None:
            if self.phone.over.is_set():
                raise Broken(f"the call was over instead: {self.phone.told_reason or 'no reason told'}")
            new = [voice for sid, voice in self.phone.voices.items() if sid not in known]
            return next((first for voice in new if (first := voice.first_sound_after(0.0)) is not None), None)

        return await until("another agent is heard", look, within_s)

    def note_broken_off(self, at_s: float) -> None:
        """A fault at `at_s` took away the answer that was sounding, if one was."""
        sounding = next((s for s in self.sounds() if s.start_s < at_s <= s.end_s + 0.1), None)
        if sounding is not None:
            self.broken_off_s.append(at_s)

    def sounds(self) -> list[Stretch]:
        return self.hearing.sounds()

    # ------------------------------------------------------------------------------------------------- the record

    async def record(self) -> dict[str, Any]:
        """The call as its caller may see it. Raises `CallerProblem`."""
        return await self.api.record(self.call)


@lru_cache(maxsize=32)
def clip_of(text: str) -> Clip:
    return spoken(text)


def ms_between(from_s: float, to_s: float) -> int:
    return round((to_s - from_s) * 1000)
