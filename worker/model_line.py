"""The call's line to the model: one link to the call, whatever becomes of the sessions behind it.

A session is one connection, and a call may outlive several. In three cases another session takes the place of the one
that runs, always in the same way: it is opened with the conversation *as it was heard*, and takes over when it is
ready, beginning with the caller's audio that the old one had not told of::

    it broke            ─▶ open the next at once, again and again for `OUTAGE_S`    ModelAway … ModelBack | ModelLost
    it is near its end  ─▶ open the next in a pause of the talk     ┐ still a pause when it is ready?
    another is wanted   ─▶ open the next in a pause of the talk     ┘ no: close it, try in the next pause

In the last two nobody hears a gap: until the moment of the change the old session listens and would answer, and one
that cannot be replaced is no harm to the call: it is tried again after `RETRY_S`.

What is said in an outage is kept for a second, and before the first session of a call is ready for ten; who waits for
an answer, and what is done about it, is not decided here (`worker.patience`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shared import pcm
from shared.call_report import HappenedKind
from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from worker.backlog import FIRST_MS, silent_lead
from worker.closing import close_all
from worker.ports import Brief, ModelEvent, ModelLost, ModelReady, Pcm, Queued, RealtimeLink, Said
from worker.session_age import SESSION_S, SessionAge
from worker.untold import NEWEST_MS, Doubt, Untold
from worker.waiting import first_of

OUTAGE_S = 30.0
"""A model that is away for longer is down: nobody waits for ever."""
AGAIN_MIN_S = 0.25
AGAIN_MAX_S = 1.0
READY_S = 5.0
RETRY_S = 30.0
FIRST_READY_S = 10.0
"""A first session that takes longer has not heard the caller's first words: another one is tried."""
RECENT_MS = 500
"""What a session that is replaced in a pause is played again: a word may have begun that the old one's detector had
not told of."""
MAX_WRITTEN = 32

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelAway:
    """The session is over and another is being opened; what was being answered is gone."""

    detail: str
    waited_s: float = 0.0
    """For how long a caller has waited who has spoken, and of whom the session told nothing."""


@dataclass(frozen=True, slots=True)
class ModelBack:
    """A session that knows the conversation has taken over after `ModelAway`."""

    away_ms: int
    lost_ms: int
    """Of the caller's words that no session has heard."""
    somebody_speaks: bool
    """In this very moment: the new session will hear it."""
    lost_from_ms: int | None = None
    """When the words that are lost began (milliseconds since 1970)."""


@dataclass(frozen=True, slots=True)
class ModelReplaced:
    """A session has taken over from one that was well."""

    why: HappenedKind
    detail: str


@dataclass(frozen=True, slots=True)
class TranscriptionOff:
    """The sessions of this call do not write down the caller's words. Told once."""

    code: str


LineEvent = ModelEvent | ModelAway | ModelBack | ModelReplaced | TranscriptionOff


class ModelLine:
    """`open`, `run` beside the call, `aclose`. Events are `LineEvent`s: `ModelReady` comes once, and `ModelLost` means
    that there will be no session any more."""

    def __init__(
        self,
        make_link: Callable[[], RealtimeLink],
        clock: Clock,
        *,
        model: str,
        session_s: float = SESSION_S,
        on_refused: Callable[[ModelLost], None] = lambda _: None,
    ) -> None:
        """`model` is what the session will be opened with, unless another is wanted before. `session_s`: how long the
        service lets a session live. `on_refused` hears of each refusal that no other session would escape."""
        self._make_link = make_link
        self._on_refused = on_refused
        self._clock = clock
        self._open_links: set[RealtimeLink] = set()
        """All that must be closed in the end."""
        self._link = self._new_link()
        self._closing: set[asyncio.Task[None]] = set()
        self._running = model
        self._wanted = model
        self._brief: Brief | None = None
        self._on_event: Callable[[LineEvent], None] | None = None
        self._age = SessionAge(session_s)
        self._changing = False
        self._not_before_s = 0.0
        self._untold = Untold()
        self._untold.keep_ms = FIRST_MS
        self._opened_s = 0.0
        self._has_told_off = False
        self._written: deque[str] = deque(maxlen=MAX_WRITTEN)
        """Since the newest session's history was put together."""
        self._loss: ModelLost | None = None
        """Why there is no session, while one is being opened."""
        self._lost_s = 0.0
        self._is_lost = asyncio.Event()

    # ------------------------------------------------------------------------------------- another one, in a pause

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
        now_s = self._clock.monotonic_s()
        wished = self._wanted != self._running or self._age.is_due(now_s)
        can = self._brief is not None and self._loss is None and not self._changing
        return wished and can and now_s >= self._not_before_s

    async def change(self, history: Sequence[Said], pauses: Callable[[], bool]) -> None:
        """Try to go on with a new session, and the model that is wanted. Never raises for what the new one does."""
        if self._brief is None:
            return
        self._changing = True
        brief = self._next_brief(self._brief, history)
        link = self._new_link()
        outcome = await self._opened(link, brief, READY_S)
        if isinstance(outcome, ModelReady) and self._loss is None and pauses():
            why, detail = HappenedKind.SESSION_RENEWED, str(round(self._age.seconds(self._clock.monotonic_s())))
            if brief.model != self._running:
                why, detail = HappenedKind.MODEL_CHANGED, brief.model
            self._take_over(link, brief, outcome, RECENT_MS)
            self._tell(ModelReplaced(why, detail))
        else:
            if not isinstance(outcome, ModelReady):
                self._not_before_s = self._clock.monotonic_s() + RETRY_S
                _log.warning("the session is not replaced", model=brief.model, detail=outcome.detail)
            self._discard(link)
        self._changing = False

    # ---------------------------------------------------------------------------------------- another one, at once

    async def run(self, history: Callable[[], Sequence[Said]]) -> None:
        """Open another session whenever one is lost, until cancelled. `history` is the conversation so far."""
        while True:
            await self._is_lost.wait()
            await self._open_again(history)
            self._is_lost.clear()

    def give_up_session(self, detail: str) -> None:
        """The session stands and does not do its work: open another."""
        self._lose(ModelLost(EndReason.PROVIDER_DOWN, detail))

    def _lose(self, loss: ModelLost) -> None:
        if self._loss is not None or self._brief is None:
            return
        if loss.is_final:
            self._on_refused(loss)
            self._tell(loss)
            return
        self._loss, self._lost_s = loss, self._clock.monotonic_s()
        self._is_lost.set()
        self._tell(ModelAway(loss.detail, self._untold.waited_s(self._lost_s)))

    async def _open_again(self, history: Callable[[], Sequence[Said]]) -> None:
        again_s = AGAIN_MIN_S
        while self._loss is not None and self._brief is not None:
            left_s = self._lost_s + OUTAGE_S - self._clock.monotonic_s()
            if left_s <= 0:
                self._tell(replace(self._loss, is_final=True))
                return
            brief = self._next_brief(self._brief, history())
            link = self._new_link()
            outcome = await self._opened(link, brief, min(READY_S, left_s))
            if isinstance(outcome, ModelReady):
                self._come_back(link, brief, outcome)
                return
            self._discard(link)
            if outcome.is_final:
                self._on_refused(outcome)
                self._tell(outcome)
                return
            self._loss = outcome
            wait_s = max(again_s, outcome.retry_after_s or 0.0)
            await self._clock.sleep(min(wait_s, max(left_s, 0.0)))
            again_s = min(again_s * 2, AGAIN_MAX_S)

    def _come_back(self, link: RealtimeLink, brief: Brief, ready: ModelReady) -> None:
        self._loss = None
        away_ms = round((self._clock.monotonic_s() - self._lost_s) * 1000)
        loud_for_ms = round(self._untold.loud_for_s(self._clock.monotonic_s()) * 1000)
        lost_from_ms = self._clock.now_ms() - loud_for_ms if loud_for_ms else None
        back = ModelBack(away_ms, round(self._untold.lost_ms), self._untold.is_loud_now, lost_from_ms)
        self._take_over(link, brief, ready)
        self._tell(back)

    # ------------------------------------------------------------------------------------------------ the sessions

    def _next_brief(self, brief: Brief, history: Sequence[Said]) -> Brief:
        self._written.clear()
        return replace(brief, model=self._wanted, history=tuple(history))

    def _new_link(self) -> RealtimeLink:
        link = self._make_link()
        self._open_links.add(link)
        return link

    async def _opened(self, link: RealtimeLink, brief: Brief, limit_s: float) -> ModelReady | ModelLost:
        """Open a session beside the one that runs. Its events count from the moment in which it takes over."""
        decided = asyncio.Event()
        verdict: list[ModelReady | ModelLost] = []

        def on_event(event: ModelEvent) -> None:
            if link is self._link:
                self._session_told(link, event)
            elif isinstance(event, ModelReady | ModelLost):
                verdict.append(event)
                decided.set()

        try:
            await link.open(brief, on_event)
            await first_of(decided, self._clock, limit_s)
        except Exception as error:
            _log.exception("a session could not be opened")
            return ModelLost(EndReason.PROVIDER_DOWN, type(error).__name__)
        return verdict[-1] if verdict else ModelLost(EndReason.PROVIDER_DOWN, "not_ready_in_time")

    def _take_over(self, link: RealtimeLink, brief: Brief, ready: ModelReady, newest_ms: int | None = None) -> None:
        old, self._link = self._link, link
        self._running = brief.model
        newest = self._untold.newest(newest_ms)
        self._age.began(self._clock.monotonic_s(), self._clock.now_ms(), ready.expires_at_ms)
        newest = newest if newest_ms is not None else newest[silent_lead(newest) :]
        ago_ms = sum(pcm.ms_of(len(frame)) for frame in newest)
        for frame in newest:
            ago_ms -= pcm.ms_of(len(frame))
            link.hear(frame, ago_ms)
        for text in self._written:
            link.write(text)
        self._heard()
        self._discard(old)
        self._tell_transcription(ready)
        _log.info("another session has taken over", model=brief.model, history=len(brief.history))

    def _discard(self, link: RealtimeLink) -> None:
        """Close it without waiting: one that hangs would hold up the next."""
        # At once: from here on only this task closes it, also when the call ends meanwhile.
        self._open_links.discard(link)
        closing = asyncio.get_running_loop().create_task(close_all(link.aclose()))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _session_told(self, link: RealtimeLink, event: ModelEvent) -> None:
        if link is not self._link or self._loss is not None:
            return
        if isinstance(event, ModelLost):
            self._lose(event)  # and it tells nothing of what it has heard
            return
        if not isinstance(event, ModelReady):
            self._untold.told()
            self._tell(event)
        elif self._age.has_begun:
            self._untold.told()
        else:
            self._heard()
            self._age.began(self._clock.monotonic_s(), self._clock.now_ms(), event.expires_at_ms)
            self._tell(event)
            self._tell_transcription(event)

    def _tell_transcription(self, ready: ModelReady) -> None:
        if ready.transcription_off is not None and not self._has_told_off:
            self._has_told_off = True
            self._tell(TranscriptionOff(ready.transcription_off))

    def _heard(self) -> None:
        """A session that is ready knows what was said: from now on only the newest is worth keeping."""
        self._untold.keep_ms = NEWEST_MS
        self._untold.told()

    def _tell(self, event: LineEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    # ------------------------------------------------------------------------------------------------- the link

    async def open(self, brief: Brief, on_event: Callable[[LineEvent], None]) -> None:
        """Start connecting and return at once."""
        self._brief, self._on_event = replace(brief, model=self._running), on_event
        self._opened_s = self._clock.monotonic_s()
        first = self._link
        await first.open(self._brief, lambda event: self._session_told(first, event))
        for text in self._written:
            first.write(text)

    def hear(self, pcm_frame: Pcm) -> None:
        doubt = self._untold.hear(pcm_frame, self._clock.monotonic_s())
        if self._loss is not None:
            return
        self._link.hear(pcm_frame)
        if not self._age.has_begun:
            # One that is not ready tells nothing yet.
            if doubt is Doubt.DEAF and self._clock.monotonic_s() - self._opened_s >= FIRST_READY_S:
                self.give_up_session("not_ready_in_time")
        elif doubt is Doubt.PROBE:
            self._link.probe()
        elif doubt is Doubt.DEAF:
            self.give_up_session("deaf")

    @property
    def unsent(self) -> Queued:
        """Of the session that runs now."""
        return self._link.unsent

    @property
    def silent_s(self) -> float:
        """How long ago the last sound of the people was."""
        return self._untold.silent_s(self._clock.monotonic_s())

    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        self._link.reply(instructions, with_tools=with_tools)

    def write(self, text: str) -> None:
        """What a person has written; a session that opens meanwhile is told of it too."""
        self._written.append(text)
        if self._loss is None and self._brief is not None:
            self._link.write(text)

    def listen_in(self) -> None:
        if self._loss is None:
            self._link.listen_in()

    def interrupt(self) -> None:
        self._link.interrupt()

    def truncate(self, item_id: str, heard_ms: int) -> None:
        self._link.truncate(item_id, heard_ms)

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        await self._link.tool_result(call_id, name, output)

    async def aclose(self) -> None:
        self._on_event = None
        links, self._open_links = self._open_links, set()
        await close_all(*self._closing, *(link.aclose() for link in links))
