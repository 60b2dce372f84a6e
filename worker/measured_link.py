"""A link that is measured: how long its session takes to open and its model to answer, and what that uses up.

It is a link like the one inside it, so nobody who uses it needs to know of metrics.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.clock import Clock
from shared.traces import Tell
from worker.measures import Measures
from worker.ports import (
    AnswerAudio,
    AnswerDone,
    Brief,
    ModelEvent,
    ModelLost,
    ModelReady,
    Pcm,
    Queued,
    RealtimeLink,
    SpeechStarted,
    SpeechStopped,
)


class MeasuredLink(RealtimeLink):
    def __init__(self, link: RealtimeLink, measures: Measures, clock: Clock, tell: Tell = lambda *_: None) -> None:
        """`tell` hears of each span of the call's trace."""
        self._tell = tell
        self._link = link
        self._measures = measures
        self._clock = clock
        self._model = ""
        self._opening_s: float | None = None
        self._asked_s: float | None = None
        """Since when the model owes an answer."""

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        self._model, self._opening_s = brief.model, self._clock.monotonic_s()

        def noted(event: ModelEvent) -> None:
            self._note(event)
            on_event(event)

        await self._link.open(brief, noted)

    def _note(self, event: ModelEvent) -> None:
        match event:
            case AnswerAudio() if self._asked_s is not None:
                self._measures.model_answered(self._model, self._since("model answers", self._asked_s))
                self._asked_s = None
            case SpeechStarted():
                self._asked_s = None
            case SpeechStopped():
                self._asked_s = self._clock.monotonic_s()
            case AnswerDone() if event.usage is not None:
                self._measures.model_used(self._model, event.usage)
            case ModelReady() if self._opening_s is not None:
                self._measures.model_opened(self._model, self._since("model opens", self._opening_s))
                self._opening_s = None
            case ModelLost():
                self._measures.model_lost(self._model, event.reason)
            case _:
                pass

    def _since(self, what: str, began_s: float) -> float:
        """Tells the span that ends now. Gives its seconds."""
        took_s = self._clock.monotonic_s() - began_s
        now_ms = self._clock.now_ms()
        self._tell(what, now_ms - round(took_s * 1000), now_ms, {"voice.model": self._model})
        return took_s

    def hear(self, pcm: Pcm, ago_ms: float = 0.0) -> None:
        self._link.hear(pcm, ago_ms)

    @property
    def unsent(self) -> Queued:
        return self._link.unsent

    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        self._asked_s = self._clock.monotonic_s()
        self._link.reply(instructions, with_tools=with_tools)

    def write(self, text: str) -> None:
        self._link.write(text)

    def probe(self) -> None:
        self._link.probe()

    def listen_in(self) -> None:
        self._link.listen_in()

    def interrupt(self) -> None:
        self._link.interrupt()

    def truncate(self, item_id: str, heard_ms: int) -> None:
        self._link.truncate(item_id, heard_ms)

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        await self._link.tool_result(call_id, name, output)

    async def aclose(self) -> None:
        await self._link.aclose()
