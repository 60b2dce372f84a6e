"""A model without a network. It hears loudness, takes turns, answers what a test gave it, and can misbehave.

Left alone it behaves as the port says (the contract tests hold it to that); a test can also `emit` any event itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from shared import pcm
from shared.call_report import Usage
from shared.call_state import EndReason
from shared.clock import Clock
from worker.ports import (
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    Brief,
    CallerWords,
    ModelEvent,
    ModelLost,
    ModelReady,
    Pcm,
    Queued,
    RealtimeLink,
    SpeechStarted,
    SpeechStopped,
)

SILENCE_MS = 500
DELTA_MS = 100


@dataclass(slots=True, eq=False)
class FakeRealtimeLink(RealtimeLink):
    clock: Clock
    hears: str = "Where is my order?"
    says: str = "It will come tomorrow."
    answer_ms: int = 1000
    refuse: EndReason | None = None
    """Do not let anybody in, for this reason."""
    refuse_for_good: bool = True
    silent: bool = False
    """Take everything and answer nothing."""
    fail_open: Exception | None = None
    slow_to_cancel: bool = False
    """An answer that was cancelled goes on until the test finishes it."""
    hang_on_close: bool = False
    fail_close: Exception | None = None
    may_close: asyncio.Event = field(default_factory=asyncio.Event)
    """Closing takes until then; set by itself."""
    slow_to_open: bool = False
    """That it is ready is the test's to tell."""
    numbers: count[int] = field(default_factory=lambda: count(1))
    """Where ids come from."""
    brief: Brief | None = None
    heard: list[Pcm] = field(default_factory=list)
    heard_at_ms: list[int] = field(default_factory=list)
    """When each of them came."""
    replies: list[str | None] = field(default_factory=list)
    with_tools: list[bool] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    interrupts: int = 0
    probes: int = 0
    listened_in: int = 0
    truncations: list[tuple[str, int]] = field(default_factory=list)
    tool_results: list[tuple[str, str, str]] = field(default_factory=list)
    closed: bool = False
    _on_event: Callable[[ModelEvent], None] | None = None
    _speaking: str | None = None
    _quiet_ms: float = 0.0
    _open_answer: str | None = None

    def __post_init__(self) -> None:
        self.may_close.set()

    # ------------------------------------------------------------------------------------------ what a test does

    def emit(self, *events: ModelEvent) -> None:
        for event in events:
            if self._on_event is not None:
                self._on_event(event)

    def answer(self, *, done: bool = True) -> tuple[str, str]:
        """Say `says`, at once and as a whole, or (not `done`) without its end. Gives the ids of response and item."""
        number = next(self.numbers)
        response, item = f"resp_{number}", f"item_{number}"
        self._open_answer = response
        self.emit(AnswerStarted(response))
        for word in self.says.split(" "):
            self.emit(AnswerText(response, item, word + " "))
        for at_ms in range(0, self.answer_ms, DELTA_MS):
            self.emit(
                AnswerAudio(response, item, b"\x00\x10" * (pcm.bytes_of(min(DELTA_MS, self.answer_ms - at_ms)) // 2))
            )
        if done:
            self.finish(response, item)
        return response, item

    def finish(self, response: str, item: str, status: AnswerStatus = AnswerStatus.COMPLETED) -> None:
        self._open_answer = None
        self.emit(
            AnswerItemDone(response, item, status is AnswerStatus.COMPLETED),
            AnswerDone(response, status, usage=Usage(10, 20, 5, 25, audio_output_tokens=20)),
        )

    # ------------------------------------------------------------------------------------------------- the port

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        if self.fail_open is not None:
            raise self.fail_open
        self.brief, self._on_event = brief, on_event
        lost = self.refuse
        answer = ModelReady() if lost is None else ModelLost(lost, "refused", is_final=self.refuse_for_good)
        if not self.slow_to_open:
            asyncio.get_running_loop().call_soon(self.emit, answer)

    def hear(self, pcm_frame: Pcm, ago_ms: float = 0.0) -> None:
        self.heard.append(pcm_frame)
        self.heard_at_ms.append(round(self.clock.now_ms() - ago_ms))
        if self.silent:
            return
        if any(pcm_frame):
            self._quiet_ms = 0.0
            if self._speaking is None:
                self._speaking = f"said_{next(self.numbers)}"
                self.emit(SpeechStarted(self._speaking, self.clock.now_ms()))
        elif self._speaking is not None:
            self._quiet_ms += pcm.ms_of(len(pcm_frame))
            if self._quiet_ms >= SILENCE_MS:
                item, self._speaking = self._speaking, None
                self.emit(SpeechStopped(item, self.clock.now_ms() - SILENCE_MS))
                self.emit(CallerWords(item, self.hears, final=True))
                self.answer()

    @property
    def unsent(self) -> Queued:
        return Queued()

    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        self.replies.append(instructions)
        self.with_tools.append(with_tools)
        if not self.silent and self._on_event is not None:
            asyncio.get_running_loop().call_soon(self.answer)

    def write(self, text: str) -> None:
        self.written.append(text)

    def probe(self) -> None:
        self.probes += 1
        if not self.silent and self._on_event is not None:
            asyncio.get_running_loop().call_soon(self.emit, ModelReady())

    def listen_in(self) -> None:
        self.listened_in += 1
        item, self._speaking = self._speaking, None
        if item is not None:
            self.emit(CallerWords(item, self.hears, final=True))

    def interrupt(self) -> None:
        self.interrupts += 1
        response, self._open_answer = self._open_answer, None
        if response is not None and not self.slow_to_cancel:
            self.emit(AnswerDone(response, AnswerStatus.CANCELLED))

    def truncate(self, item_id: str, heard_ms: int) -> None:
        self.truncations.append((item_id, heard_ms))

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        self.tool_results.append((call_id, name, output))

    async def aclose(self) -> None:
        self._on_event = None
        if self.hang_on_close:
            await asyncio.Event().wait()
        await self.may_close.wait()
        self.closed = True
        if self.fail_close is not None:
            raise self.fail_close
