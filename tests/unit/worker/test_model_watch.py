from __future__ import annotations

import asyncio

import pytest

from shared.call_state import EndReason
from tests.fakes.clock import FakeClock, settle
from tests.fakes.realtime_link import FakeRealtimeLink
from worker.circuit import PROBE_MIN_S, Circuit
from worker.model_watch import ANSWER_LIMIT_S, SESSION_LIMIT_S, ModelWatch, try_session
from worker.ports import AnswerDone, AnswerStarted, AnswerStatus, ModelLost

KEY = ModelLost(EndReason.PROVIDER_AUTH, "invalid_api_key", is_final=True)
MONEY = ModelLost(EndReason.PROVIDER_QUOTA, "insufficient_quota", is_final=True)


class Watched:
    """A watch over a model that refuses as a test wants."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.circuit = Circuit()
        self.refuses: ModelLost | None = None
        self.probes: list[str] = []
        self.changes = 0
        self.watch = ModelWatch(
            self.circuit,
            self.clock,
            check_key=lambda: self._probe("key"),
            try_session=lambda with_answer: self._probe("answer" if with_answer else "session"),
            on_change=self._changed,
        )

    async def _probe(self, kind: str) -> ModelLost | None:
        self.probes.append(kind)
        return self.refuses

    async def _changed(self) -> None:
        self.changes += 1

    async def __aenter__(self) -> Watched:
        self._task = asyncio.create_task(self.watch.run())
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_a_good_key_is_asked_about_once() -> None:
    async with Watched() as watched:
        await watched.clock.advance(600)
        assert (watched.probes, watched.circuit.problem, watched.changes) == (["key"], None, 1)


async def test_a_bad_key_keeps_calls_away_until_it_is_good() -> None:
    watched = Watched()
    watched.refuses = KEY
    async with watched:
        await watched.clock.advance(10)
        assert (watched.circuit.problem, watched.changes) == ("provider_auth", 0)
        watched.refuses = None
        await watched.clock.advance(10)
        assert watched.changes == 1
        assert set(watched.probes) == {"key"}


@pytest.mark.parametrize(("loss", "probe"), [(KEY, "session"), (MONEY, "answer")])
async def test_a_refused_call_keeps_others_away_until_a_session_passes(loss: ModelLost, probe: str) -> None:
    async with Watched() as watched:
        watched.refuses = loss
        watched.watch.refused(loss)
        await settle()
        assert watched.changes == 2, "it is told at once"
        await watched.clock.advance(PROBE_MIN_S)
        assert watched.probes == ["key", probe]
        assert (watched.circuit.problem, watched.changes) == (loss.reason.value, 2)
        watched.refuses = None
        await watched.clock.advance(PROBE_MIN_S * 2)
        assert watched.changes == 3


class TestTrySession:
    async def test_one_that_opens(self) -> None:
        clock = FakeClock()
        link = FakeRealtimeLink(clock)
        assert await try_session(link, "gpt-realtime", clock, with_answer=False) is None
        assert (link.closed, link.replies) == (True, [])

    async def test_one_that_answers(self) -> None:
        clock = FakeClock()
        link = FakeRealtimeLink(clock)
        assert await try_session(link, "gpt-realtime", clock, with_answer=True) is None
        assert len(link.replies) == 1

    async def test_one_that_is_refused(self) -> None:
        clock = FakeClock()
        link = FakeRealtimeLink(clock, refuse=EndReason.PROVIDER_AUTH)
        loss = await try_session(link, "gpt-realtime", clock, with_answer=True)
        assert loss is not None
        assert loss.reason is EndReason.PROVIDER_AUTH
        assert link.closed

    async def test_one_that_never_opens(self) -> None:
        clock = FakeClock()
        trying = asyncio.create_task(
            try_session(FakeRealtimeLink(clock, slow_to_open=True), "m", clock, with_answer=True)
        )
        await clock.advance(SESSION_LIMIT_S)
        assert await trying == ModelLost(EndReason.PROVIDER_DOWN, "no_answer")

    async def test_one_whose_answer_fails(self) -> None:
        clock = FakeClock()
        link = FakeRealtimeLink(clock, silent=True)
        trying = asyncio.create_task(try_session(link, "m", clock, with_answer=True))
        await settle()
        link.emit(AnswerStarted("r"), AnswerDone("r", AnswerStatus.FAILED, "server_error"))
        await clock.advance(ANSWER_LIMIT_S)
        assert await trying == ModelLost(EndReason.PROVIDER_DOWN, "server_error")
