"""The caller's side of a conversation: speak, wait for the answer, measure it, hear it out, go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from scripts.caller.clips import Clip
from scripts.caller.phone import Phone
from scripts.caller.report import Turn

_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Manners:
    """How the caller behaves. Seconds."""

    agent_within_s: float = 15.0
    greeting_within_s: float = 8.0
    answer_within_s: float = 12.0
    longest_answer_s: float = 45.0
    quiet_s: float = 0.9
    """An answer is over after so much silence; sentences have shorter pauses."""
    pause_s: float = 0.4
    """Between an answer and what the caller says next."""
    interrupt_after_s: float = 0.7
    """Into the answer, when the caller interrupts."""
    silent_within_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Line:
    clip: Clip
    interrupted_by: Clip | None = None
    """Said into the answer."""


@dataclass(slots=True)
class _Spoken:
    turn: Turn
    began_s: float


@dataclass(slots=True)
class Conversation:
    phone: Phone
    manners: Manners = field(default_factory=Manners)
    on_turn: Callable[[Turn], None] = lambda _turn: None
    _spoken: list[_Spoken] = field(default_factory=list)

    async def hear_greeting(self) -> None:
        """Let the agent speak first, if it wants to."""
        began_s = self._now_s()
        if await self._first_sound(began_s, self.manners.greeting_within_s) is not None:
            await self._hear_out()

    async def say_all(self, lines: Iterable[Line]) -> None:
        """One line after the other, until there is none left or the room is gone."""
        for line in self._while_on_the_line(lines):
            await self._wait(self.manners.pause_s)
            answered = await self._turn(line.clip)
            if line.interrupted_by and answered:
                await self._interrupt(line.interrupted_by)
            await self._hear_out()

    def turns(self) -> list[Turn]:
        """All turns, with the words of the answers as the captions had them."""
        end_s = float("inf")
        for spoken in reversed(self._spoken):
            spoken.turn.answer = self.phone.captions.text_of(self.phone.agent_identity, spoken.began_s, end_s)
            end_s = spoken.began_s
        return [spoken.turn for spoken in self._spoken]

    def _while_on_the_line(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            if self.phone.over.is_set():
                return
            yield line

    async def _turn(self, clip: Clip, *, interrupting: Turn | None = None) -> bool:
        """Say one thing and wait for the answer's first sound; whether it came."""
        speech = self.phone.microphone.say(clip)
        began_s = await speech.began_s
        spoken = _Spoken(Turn(said=clip.text), began_s)
        self._spoken.append(spoken)
        ended_s = await speech.ended_s
        await self._wait(ended_s - self._now_s())
        if interrupting:
            interrupting.silence_ms = await self._silence_after(began_s)
        first_s = await self._first_sound(ended_s, self.manners.answer_within_s)
        if first_s is not None:
            spoken.turn.response_ms = round((first_s - ended_s) * 1000)
        self.on_turn(spoken.turn)
        return first_s is not None

    async def _interrupt(self, clip: Clip) -> None:
        turn = self._spoken[-1].turn
        await self._wait(self.manners.interrupt_after_s)
        turn.interrupted = True
        await self._turn(clip, interrupting=turn)

    async def _silence_after(self, at_s: float) -> int | None:
        """Milliseconds from `at_s` until the agent was silent for a while."""
        gap_s = 0.3
        deadline_s = self._now_s() + self.manners.silent_within_s
        while self._now_s() < deadline_s and not self.phone.over.is_set():
            quiet_s = self.phone.hearing.quiet_from(at_s, self._now_s(), gap_s)
            if quiet_s is not None:
                return round((quiet_s - at_s) * 1000)
            await self._wait(_LOOK_S)
        return None

    async def _first_sound(self, after_s: float, within_s: float) -> float | None:
        while self._now_s() < after_s + within_s and not self.phone.over.is_set():
            first_s = self.phone.hearing.first_sound_after(after_s)
            if first_s is not None:
                return first_s
            await self._wait(_LOOK_S)
        return None

    async def _hear_out(self) -> None:
        deadline_s = self._now_s() + self.manners.longest_answer_s
        while self._now_s() < deadline_s and not self.phone.over.is_set():
            if not self.phone.hearing.is_sounding(self._now_s(), self.manners.quiet_s):
                return
            await self._wait(_LOOK_S)

    async def _wait(self, seconds: float) -> None:
        await self.phone.clock.sleep(max(seconds, 0))

    def _now_s(self) -> float:
        return self.phone.clock.monotonic_s()
