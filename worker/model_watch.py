"""Keeps the circuit true: probes the model at the start, and after a refusal until it is passed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from worker.circuit import Circuit
from worker.ports import AnswerDone, AnswerStatus, Brief, ModelEvent, ModelLost, ModelReady, RealtimeLink
from worker.waiting import first_of

SESSION_LIMIT_S = 5.0
ANSWER_LIMIT_S = 5.0

_log = get_logger(__name__)

_ANSWERED = frozenset({AnswerStatus.COMPLETED, AnswerStatus.INCOMPLETE})
"""A model that ends an answer at its longest length takes part."""

Probe = Callable[[], Awaitable[ModelLost | None]]


class ModelWatch:
    def __init__(
        self,
        circuit: Circuit,
        clock: Clock,
        *,
        check_key: Probe,
        try_session: Callable[[bool], Awaitable[ModelLost | None]],
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """`check_key` costs nothing. `try_session` opens a session, and asks for an answer when it is told to.
        `on_change` is awaited whenever the process begins or ceases to take calls."""
        self._circuit = circuit
        self._clock = clock
        self._check_key = check_key
        self._try_session = try_session
        self._on_change = on_change
        self._opened = asyncio.Event()

    def refused(self, loss: ModelLost) -> None:
        """A call was refused by the model."""
        if self._circuit.refused(loss):
            _log.error("no more calls: the model refuses them", reason=loss.reason.value, detail=loss.detail)
            self._opened.set()

    async def run(self) -> None:
        """Until cancelled."""
        await self._until_passed(self._check_key)
        while True:
            await self._opened.wait()
            self._opened.clear()
            await self._on_change()
            await self._clock.sleep(self._circuit.next_probe_s)
            await self._until_passed(lambda: self._try_session(self._circuit.needs_answer))

    async def _until_passed(self, probe: Probe) -> None:
        told: str | None = None
        while self._circuit.problem is not None:
            loss = await _outcome(probe)
            self._circuit.probed(loss)
            if loss is None:
                _log.info("the model takes calls")
                await self._on_change()
                return
            if self._circuit.problem != told:
                told = self._circuit.problem
                _log.error("the model takes no calls", reason=loss.reason.value, detail=loss.detail)
            await self._clock.sleep(self._circuit.next_probe_s)


async def try_session(link: RealtimeLink, model: str, clock: Clock, *, with_answer: bool) -> ModelLost | None:
    """Open a session, and have it answer in a word if wanted; None when that went well. Closes the link."""
    verdicts: list[ModelEvent] = []
    told, over = asyncio.Event(), asyncio.Event()

    def on_event(event: ModelEvent) -> None:
        if isinstance(event, ModelReady | ModelLost | AnswerDone):
            verdicts.append(event)
            told.set()
        if isinstance(event, ModelLost) or (isinstance(event, AnswerDone) and event.status in _ANSWERED):
            over.set()

    try:
        await link.open(Brief(model, "alloy", "You are tested."), on_event)
        await first_of(told, clock, SESSION_LIMIT_S)
        if with_answer and verdicts and not over.is_set():
            verdicts.clear()
            link.reply('Say "yes" and nothing else.')
            # Why an answer failed for good is told after it, as the end of the session.
            await first_of(over, clock, ANSWER_LIMIT_S)
        return _loss(verdicts)
    finally:
        await link.aclose()


async def _outcome(probe: Probe) -> ModelLost | None:
    """A probe that breaks has not passed, and is no reason to end the process."""
    try:
        return await probe()
    except Exception as error:
        _log.exception("the model could not be probed")
        return ModelLost(EndReason.PROVIDER_DOWN, type(error).__name__)


def _loss(verdicts: list[ModelEvent]) -> ModelLost | None:
    match verdicts[-1] if verdicts else None:
        case ModelLost() as loss:
            return loss
        case AnswerDone(status=AnswerStatus.FAILED) as done:
            # A bad moment, and no proof.
            return ModelLost(EndReason.PROVIDER_DOWN, done.error_code or "failed")
        case None:
            return ModelLost(EndReason.PROVIDER_DOWN, "no_answer")
        case _:
            return None
