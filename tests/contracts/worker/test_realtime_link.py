"""What every link to a Realtime model promises: the fake, and the real one against the local Realtime server."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp
import pytest

from scripts.local_realtime.voice import synthesize
from shared import pcm
from shared.call_state import EndReason
from shared.clock import SystemClock
from tests.fakes.realtime_link import FakeRealtimeLink
from tests.support.forward_proxy import forward_proxy
from tests.support.local_realtime import RunningServer, running_server
from tests.support.until import patient
from worker.adapters.key_check import check_key
from worker.adapters.realtime_link import OpenAiRealtimeLink
from worker.farewell import END_CALL
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
    RealtimeLink,
    Said,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
)

FRAME_BYTES = pcm.bytes_of(20)
HEARS = "Where is my order?"
SAYS = "It will be with you tomorrow."
LONG = "This is a long answer, and it goes on and on, because nobody has stopped it yet. " * 4
BRIEF = Brief("gpt-realtime", "alloy", "You are a test.", (END_CALL,))
LIMIT_S = 10.0

_Event = TypeVar("_Event")


class Line(ABC):
    """A link under test, and what it said."""

    link: RealtimeLink

    def __init__(self) -> None:
        self.events: list[ModelEvent] = []
        self._changed = asyncio.Event()

    @abstractmethod
    async def begin_long_answer(self) -> None:
        """The model is asked for an answer that it is not done with for a while."""

    async def open(self, brief: Brief = BRIEF) -> None:
        await self.link.open(brief, self.on_event)

    def on_event(self, event: ModelEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def of(self, kind: type[_Event]) -> list[_Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind: type[_Event], condition: Callable[[_Event], bool] = lambda _: True) -> _Event:
        try:
            async with asyncio.timeout(patient(LIMIT_S)):
                while not any(condition(event) for event in self.of(kind)):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            kinds = [type(event).__name__ for event in self.events]
            raise AssertionError(f"no such {kind.__name__} within {LIMIT_S} s: {kinds}") from None
        return next(event for event in self.of(kind) if condition(event))

    async def ask(self) -> None:
        """A spoken question and the silence that ends the turn, a little faster than in real time."""
        audio = synthesize(HEARS) + bytes(pcm.bytes_of(1000))
        for at in range(0, len(audio) - FRAME_BYTES, FRAME_BYTES):
            self.link.hear(audio[at : at + FRAME_BYTES])
            await asyncio.sleep(0.002)


class FakeLine(Line):
    def __init__(self, **misbehaviour: Any) -> None:
        super().__init__()
        self.link: FakeRealtimeLink = FakeRealtimeLink(SystemClock(), hears=HEARS, says=SAYS, **misbehaviour)

    async def begin_long_answer(self) -> None:
        self.link.answer(done=False)


class RealLine(Line):
    def __init__(self, server: RunningServer, http: aiohttp.ClientSession, key: str = "sk-test") -> None:
        super().__init__()
        self.link = OpenAiRealtimeLink(http=http, api_key=key, base_url=server.http_url + "/v1", clock=SystemClock())

    async def begin_long_answer(self) -> None:
        self.link.reply()
        await self.wait_for(AnswerAudio)


async def test_the_model_is_asked_through_the_proxy_that_is_meant_for_it() -> None:
    """Its socket, and the question whether it knows our key."""
    async with (
        running_server({"greeting": {"says": SAYS}}) as server,
        forward_proxy(server.port) as proxy,
        aiohttp.ClientSession() as http,
    ):
        assert await check_key(http, "http://model.example/v1", "sk-test", proxy.url) is None
        line = RealLine(server, http)
        line.link = OpenAiRealtimeLink(
            http=http, api_key="sk-test", base_url="http://model.example/v1", clock=SystemClock(), proxy=proxy.url
        )
        await line.open()
        await line.wait_for(ModelReady)
        await line.link.aclose()
        assert set(proxy.asked_for) == {"model.example"}


Lines = Callable[..., Any]


@pytest.fixture(params=["fake", "real"])
async def make_line(request: pytest.FixtureRequest) -> AsyncIterator[Lines]:
    """Makes lines: ``await make_line(refuse=..., says=...)``; all of them are closed in the end."""
    async with AsyncExitStack() as stack:

        async def make(*, refuse: EndReason | None = None, says: str = SAYS) -> Line:
            line = FakeLine(refuse=refuse) if request.param == "fake" else await _real(stack, refuse, says)
            stack.push_async_callback(line.link.aclose)
            return line

        yield make


async def _real(stack: AsyncExitStack, refuse: EndReason | None, says: str) -> RealLine:
    script: dict[str, Any] = {"turns": [{"hears": HEARS, "says": says}], "greeting": {"says": says}}
    if refuse is EndReason.PROVIDER_QUOTA:
        script["faults"] = [{"kind": "refuse", "at_connect": True, "status": 429, "code": "insufficient_quota"}]
    if refuse is EndReason.PROVIDER_DOWN:
        script["faults"] = [{"kind": "refuse", "at_connect": True, "status": 503}]
    key = "sk-another" if refuse is EndReason.PROVIDER_AUTH else None
    server = await stack.enter_async_context(running_server(script, key=key))
    http = await stack.enter_async_context(aiohttp.ClientSession())
    return RealLine(server, http)


@pytest.fixture
async def line(make_line: Lines) -> Line:
    made: Line = await make_line()
    return made


async def test_a_question_is_heard_and_answered(line: Line) -> None:
    await line.open()
    await line.wait_for(ModelReady)
    await line.ask()
    done = await line.wait_for(AnswerDone)
    words = await line.wait_for(CallerWords, lambda words: words.final)

    assert words.text == HEARS
    assert done.status is AnswerStatus.COMPLETED
    assert done.usage is not None
    order = [type(event) for event in line.events if not isinstance(event, ModelReady | CallerWords)]
    assert order[:3] == [SpeechStarted, SpeechStopped, AnswerStarted]
    assert set(order[3:-2]) == {AnswerAudio, AnswerText}
    assert order[-2:] == [AnswerItemDone, AnswerDone]


async def test_an_answers_parts_belong_together(line: Line) -> None:
    await line.open()
    await line.ask()
    done = await line.wait_for(AnswerDone)
    parts = line.of(AnswerAudio)
    (ended,) = line.of(AnswerItemDone)
    of_the_answer = (done.response_id, ended.item_id)
    assert all((part.response_id, part.item_id) == of_the_answer for part in parts)
    assert all((part.response_id, part.item_id) == of_the_answer for part in line.of(AnswerText))
    assert "".join(part.delta for part in line.of(AnswerText)).strip() == SAYS
    assert all(len(part.pcm) % pcm.BYTES_PER_SAMPLE == 0 for part in parts)
    assert sum(pcm.ms_of(len(part.pcm)) for part in parts) > 500


async def test_the_first_words_wait_for_a_session_that_takes_long_to_set_up() -> None:
    script = {"turns": [{"hears": HEARS, "says": SAYS}], "set_up_ms": 500}
    async with running_server(script) as server, aiohttp.ClientSession() as http:
        line = RealLine(server, http)
        try:
            await line.open()
            await line.ask()
            said_ms = SystemClock().now_ms()
            assert line.of(ModelReady) == []
            started = await line.wait_for(SpeechStarted)
            await line.wait_for(AnswerDone)
            assert line.link.unsent.dropped_ms == 0
            assert started.at_ms <= said_ms, "they are placed where they were spoken, and not where they were sent"
        finally:
            await line.link.aclose()


async def test_speech_is_placed_in_time(line: Line) -> None:
    await line.open()
    await line.wait_for(ModelReady)
    await line.ask()
    started, stopped = await line.wait_for(SpeechStarted), await line.wait_for(SpeechStopped)
    now_ms = SystemClock().now_ms()
    assert now_ms - 10_000 < started.at_ms < stopped.at_ms + 500 <= now_ms + 500
    assert started.item_id == stopped.item_id == (await line.wait_for(CallerWords)).item_id


async def test_what_was_said_before_is_taken_and_not_answered(line: Line) -> None:
    history = (Said(False, "My name is Ann."), Said(True, "Hello Ann."), Said(False, "Where are you?"))
    await line.open(replace(BRIEF, history=history))
    await line.wait_for(ModelReady)
    await line.ask()
    done = await line.wait_for(AnswerDone)
    assert done.status is AnswerStatus.COMPLETED
    assert [answer.response_id for answer in line.of(AnswerStarted)] == [done.response_id]
    assert line.of(ModelLost) == []


async def test_it_answers_when_it_is_asked_to(line: Line) -> None:
    await line.open()
    line.link.reply("Greet the caller.")
    done = await line.wait_for(AnswerDone)
    assert done.status is AnswerStatus.COMPLETED
    assert line.of(AnswerAudio)


async def test_an_answer_that_is_interrupted_ends_as_cancelled(make_line: Lines) -> None:
    line: Line = await make_line(says=LONG)
    await line.open()
    await line.begin_long_answer()
    line.link.interrupt()
    assert (await line.wait_for(AnswerDone)).status is AnswerStatus.CANCELLED


async def test_of_a_turn_that_goes_on_the_words_so_far_can_be_had_and_it_is_not_answered_for_that(line: Line) -> None:
    await line.open()
    await line.wait_for(ModelReady)
    audio = synthesize(HEARS)
    for at in range(0, len(audio) - FRAME_BYTES, FRAME_BYTES):
        line.link.hear(audio[at : at + FRAME_BYTES])
        await asyncio.sleep(0.002)
    started = await line.wait_for(SpeechStarted)
    line.link.listen_in()
    words = await line.wait_for(CallerWords, lambda words: words.final)
    assert (words.item_id, words.text) == (started.item_id, HEARS)
    assert line.of(AnswerStarted) == []


async def test_interrupting_nothing_changes_nothing(line: Line) -> None:
    await line.open()
    await line.wait_for(ModelReady)
    line.link.interrupt()
    await line.ask()
    assert (await line.wait_for(AnswerDone)).status is AnswerStatus.COMPLETED


@pytest.mark.parametrize("heard_ms", [0, 300])
async def test_after_a_truncation_the_conversation_goes_on(line: Line, heard_ms: int) -> None:
    await line.open()
    line.link.reply()
    first = await line.wait_for(AnswerDone)
    line.link.truncate(line.of(AnswerAudio)[0].item_id, heard_ms)
    await line.ask()
    await line.wait_for(AnswerDone, lambda done: done.response_id != first.response_id)
    assert line.of(ModelLost) == []


async def test_after_a_tools_result_the_conversation_goes_on(line: Line) -> None:
    await line.open()
    line.link.reply()
    first = await line.wait_for(AnswerDone)
    await line.link.tool_result("call_1", "end_call", "done")
    line.link.reply()
    await line.wait_for(AnswerDone, lambda done: done.response_id != first.response_id)


@pytest.mark.parametrize("reason", [EndReason.PROVIDER_AUTH, EndReason.PROVIDER_QUOTA, EndReason.PROVIDER_DOWN])
async def test_a_model_that_refuses_says_for_whose_fault(make_line: Lines, reason: EndReason) -> None:
    line: Line = await make_line(refuse=reason)
    await line.open()
    assert (await line.wait_for(ModelLost)).reason is reason
    assert line.of(ModelReady) == []


@asynccontextmanager
async def a_line(**script: Any) -> AsyncIterator[RealLine]:
    """To the local server, which misbehaves at connect."""
    whole = {"turns": [{"hears": HEARS, "says": SAYS}], "greeting": {"says": SAYS}, **script}
    async with running_server(whole) as server, aiohttp.ClientSession() as http:
        line = RealLine(server, http)
        try:
            yield line
        finally:
            await line.link.aclose()


@pytest.mark.parametrize("quiet_ms", [0, 160])
async def test_the_very_first_word_is_placed_where_it_began(quiet_ms: int) -> None:
    """Before it the session has heard less than its detector's padding; and what waited is as old as it is."""
    audio = bytes(pcm.bytes_of(quiet_ms)) + b"\x00\x10" * (pcm.bytes_of(600) // pcm.BYTES_PER_SAMPLE)
    async with a_line() as line:
        await line.open()
        await line.wait_for(ModelReady)
        now_ms = SystemClock().now_ms()
        for at in range(0, len(audio), FRAME_BYTES):
            line.link.hear(audio[at : at + FRAME_BYTES], pcm.ms_of(len(audio) - at - FRAME_BYTES))
        started = await line.wait_for(SpeechStarted)
        assert started.at_ms == pytest.approx(now_ms - 600, abs=40)


THINKING = replace(BRIEF, model="gpt-realtime-2.1")


@pytest.mark.parametrize("brief", [BRIEF, THINKING])
async def test_without_the_transcriber_that_is_refused_there_is_still_talk(brief: Brief) -> None:
    async with a_line(faults=[{"kind": "refuse_transcription", "at_connect": True, "code": "model_not_found"}]) as line:
        await line.open(brief)
        assert (await line.wait_for(ModelReady)).transcription_off == "model_not_found"
        await line.ask()
        assert (await line.wait_for(AnswerDone)).status is AnswerStatus.COMPLETED
    assert line.of(CallerWords) == []


@pytest.mark.parametrize("brief", [BRIEF, THINKING])
async def test_a_session_that_cannot_be_ours_is_lost_with_the_services_code(brief: Brief) -> None:
    async with a_line(faults=[{"kind": "refuse_update", "at_connect": True, "code": "invalid_value"}]) as line:
        await line.open(brief)
        lost = await line.wait_for(ModelLost)
        assert lost == ModelLost(EndReason.PROVIDER_DOWN, "invalid_value session.audio.output.voice", is_final=True)
    assert line.of(ModelReady) == []


async def test_a_voice_that_the_service_does_not_have_is_no_session() -> None:
    async with a_line() as line:
        await line.open(replace(BRIEF, voice="nobody"))
        assert (await line.wait_for(ModelLost)).detail == "invalid_value session.audio.output.voice"
    assert line.of(ModelReady) == []


async def test_a_model_that_thinks_is_asked_to_do_so_briefly_and_says_several_things_in_one_answer() -> None:
    turn = {"hears": HEARS, "says": SAYS, "preambles": [{"says": "Let me see."}], "calls": [{"name": "look"}]}
    async with a_line(turns=[turn]) as line:
        await line.open(THINKING)
        await line.ask()
        done = await line.wait_for(AnswerDone)
        items = list(dict.fromkeys(part.item_id for part in line.of(AnswerAudio)))
        assert [ended.item_id for ended in line.of(AnswerItemDone)] == items
        assert len(items) == 2
        said = ["".join(part.delta for part in line.of(AnswerText) if part.item_id == item) for item in items]
        assert said == ["Let me see.", SAYS]
        assert [call.response_id for call in line.of(ToolCalled)] == [done.response_id]
        line.link.truncate(items[0], 100)
        line.link.truncate(items[1], 0)
        await line.ask()
        await line.wait_for(AnswerDone, lambda other: other.response_id != done.response_id)
    assert line.of(ModelLost) == []


async def test_after_closing_nothing_is_told(line: Line) -> None:
    await line.open()
    await line.wait_for(ModelReady)
    await line.begin_long_answer()
    await line.link.aclose()
    await line.link.aclose()
    told = len(line.events)
    line.link.hear(bytes(FRAME_BYTES))
    line.link.interrupt()
    await asyncio.sleep(0.05)
    assert len(line.events) == told


async def test_closing_before_opening(line: Line) -> None:
    await line.link.aclose()
    assert line.events == []
