"""A link to the model whose model can be changed in the middle of a call. To the call it is one link.

The next session is opened *beside* the one that runs, with the history of the conversation, and takes over when it is
ready, if the talk still pauses then::

    pause begins ─▶ open the next ─▶ ready ─▶ still a pause? ─▶ it hears the last `RECENT_MS` again ─▶ close the old one
                                       │            └─ no: close the next, try again in the next pause
                                       └─ refused, or late: close the next, the call goes on as it was

So nobody hears a gap: until the moment of the change the old session listens and would answer. The last half second is
played to the new one because a word may have begun in it that the old one's detector had not told of yet. And a model
that refuses is no harm to the call: it is tried again after `RETRY_S`, as long as it is wanted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.clock import Clock
from shared.log import get_logger
from worker.ports import FRAME_MS, Brief, ModelEvent, ModelLost, ModelReady, Pcm, RealtimeLink, Said
from worker.waiting import first_of

READY_S = 5.0
RETRY_S = 30.0
RECENT_MS = 500

_log = get_logger(__name__)


class ModelSwitch(RealtimeLink):
    def __init__(self, make_link: Callable[[], RealtimeLink], clock: Clock, *, model: str) -> None:
        """`model` is what the session will be opened with, unless another is wanted before."""
        self._make_link = make_link
        self._clock = clock
        self._link = make_link()
        self._open_links = [self._link]
        """All that must be closed in the end; more than one only while the model is being changed."""
        self._running = model
        self._wanted = model
        self._brief: Brief | None = None
        self._on_event: Callable[[ModelEvent], None] | None = None
        self._changing = False
        self._not_before_s = 0.0
        self._recent: deque[Pcm] = deque(maxlen=RECENT_MS // FRAME_MS)
        self._dropped_before_ms = 0

    @property
    def model(self) -> str:
        """The model that the call talks with, or will when somebody comes."""
        return self._running

    def want(self, model: str) -> None:
        """Another model from the next pause on. Wanting the same again changes nothing."""
        if model != self._wanted:
            self._wanted, self._not_before_s = model, 0.0
        if self._brief is None:
            self._running = model

    @property
    def due(self) -> bool:
        """Whether a pause should be used for `change`."""
        wished = self._brief is not None and self._wanted != self._running
        return wished and not self._changing and self._clock.monotonic_s() >= self._not_before_s

    async def change(self, history: Sequence[Said], pauses: Callable[[], bool]) -> None:
        """Try to go on with the model that is wanted. Never raises for what the new model does."""
        if self._brief is None:
            return
        self._changing = True
        brief = replace(self._brief, model=self._wanted, history=history)
        link = self._make_link()
        self._open_links.append(link)
        if await self._is_ready(link, brief) and pauses():
            link, self._link = self._link, link
            self._running = brief.model
            self._dropped_before_ms += link.dropped_audio_ms
            for frame in self._recent:
                self._link.hear(frame)
            _log.info("model changed", model=brief.model, history=len(history))
        # When the call ends in here, `aclose` finds both.
        await link.aclose()
        self._open_links.remove(link)
        self._changing = False

    async def _is_ready(self, link: RealtimeLink, brief: Brief) -> bool:
        """Whether the model took the brief in time; if not, it is left alone for a while."""
        decided = asyncio.Event()
        verdict: list[ModelEvent] = []

        def on_event(event: ModelEvent) -> None:
            if link is self._link:
                self._tell(event)
            elif isinstance(event, ModelReady | ModelLost):
                verdict.append(event)
                decided.set()

        try:
            await link.open(brief, on_event)
            await first_of(decided, self._clock, READY_S)
        except Exception:
            _log.exception("the model could not be changed")
        if verdict and isinstance(verdict[0], ModelReady):
            return True
        self._not_before_s = self._clock.monotonic_s() + RETRY_S
        detail = verdict[0].detail if verdict and isinstance(verdict[0], ModelLost) else "not ready in time"
        _log.warning("the model is not changed", model=brief.model, detail=detail)
        return False

    def _tell(self, event: ModelEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    # ------------------------------------------------------------------------------------------------- the port

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        self._brief, self._on_event = replace(brief, model=self._running), on_event
        first = self._link
        await first.open(self._brief, lambda event: self._tell(event) if first is self._link else None)

    def hear(self, pcm_frame: Pcm) -> None:
        self._recent.append(pcm_frame)
        self._link.hear(pcm_frame)

    def reply(self, instructions: str | None = None) -> None:
        self._link.reply(instructions)

    def interrupt(self) -> None:
        self._link.interrupt()

    def truncate(self, item_id: str, heard_ms: int) -> None:
        self._link.truncate(item_id, heard_ms)

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        await self._link.tool_result(call_id, name, output)

    @property
    def dropped_audio_ms(self) -> int:
        return self._dropped_before_ms + self._link.dropped_audio_ms

    async def aclose(self) -> None:
        self._on_event = None
        links, self._open_links = self._open_links, []
        await asyncio.gather(*(link.aclose() for link in links))
