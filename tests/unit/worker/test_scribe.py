"""From what is heard to reported words, with a service that is there or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.call_report import ReportEvent, Segment
from shared.ids import CallId, Identity
from shared.worker_link import HeldCall
from tests.fakes.clock import START_MS, FakeClock, settle
from tests.fakes.transcription import FakeTranscriber, LoudDetectors, MemorySpeechSpool
from tests.support.until import patient
from tests.unit.worker.harness import CALLER, FRAME_MS, LOUD, QUIET, make_claim
from worker.listener import Listener
from worker.ports import KeptSpeech, Spoken
from worker.recorder import PATH_MS
from worker.scribe import ADOPT_S, FRESH_MS, Scribe

CALLEE = Identity("user_2")
NEAR_MS = 40
"""A window."""


class Talk:
    """One call between people; its time passes only when a test says so."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.detectors, self.spool, self.transcriber = LoudDetectors(), MemorySpeechSpool(), FakeTranscriber()
        self.told: list[tuple[HeldCall, ReportEvent]] = []
        self.shown: list[tuple[str, str, bool]] = []
        self.scribe = Scribe(
            detectors=self.detectors,
            spool=self.spool,
            transcriber=self.transcriber,
            clock=self.clock,
            report=lambda held, event: self.told.append((held, event)),
        )
        self.listener: Listener | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.scribe.run())
        self.listener = await self.scribe.listener(make_claim(epoch=3), self._show)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def says(self, who: Identity, ms: int, pause_ms: int = 700) -> None:
        assert self.listener is not None
        for at in range(0, ms + pause_ms, FRAME_MS):
            await self.clock.advance(FRAME_MS / 1000)
            self.listener.hear(who, LOUD if at < ms else QUIET)

    async def until(self, count: int) -> list[Segment]:
        """So many segments were told. (Files are read in a thread, whose time is not the clock's.)"""
        async with asyncio.timeout(patient(5)):
            while len(self.segments) < count:
                await asyncio.to_thread(lambda: None)
                await self.clock.advance(0.5)
        return self.segments

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.to_thread(lambda: None)
            await settle()

    @property
    def segments(self) -> list[Segment]:
        return [event for _, event in self.told if isinstance(event, Segment)]

    def _show(self, spoken: Spoken, words: str, final: bool) -> None:
        self.shown.append((spoken.segment_id, words, final))


async def test_each_ones_words_are_reported_with_their_times_and_shown() -> None:
    talk = Talk()
    async with talk.running():
        await talk.says(CALLER, 1_000)
        [first] = await talk.until(1)
        await talk.says(CALLEE, 500)
        second = (await talk.until(2))[1]
        assert await talk.scribe.flush(5)
    assert (first.speaker, second.speaker) == (CALLER, CALLEE)
    assert abs(first.start_ms - (START_MS - PATH_MS)) <= NEAR_MS
    assert abs(first.end_ms - first.start_ms - 1_000) <= NEAR_MS
    assert first.text.endswith(" bytes")
    assert {held for held, _ in talk.told} == {HeldCall(make_claim().call_id, 3)}
    assert first.segment_id != second.segment_id
    assert [final for name, _, final in talk.shown if name == first.segment_id] == [False, True]
    assert talk.spool.kept == {}


async def test_words_that_come_in_a_burst_have_the_times_at_which_they_were_said() -> None:
    talk = Talk()
    async with talk.running():
        await talk.says(CALLER, 0, 200)
        assert talk.listener is not None
        begins_ms = talk.clock.now_ms() - PATH_MS
        await talk.clock.advance(0.28)  # the loop is busy, and then all of it is there
        for _ in range(280 // FRAME_MS):
            talk.listener.hear(CALLER, LOUD)
        await talk.says(CALLER, 300)
        [said] = await talk.until(1)
    assert abs(said.start_ms - begins_ms) <= NEAR_MS
    assert abs(said.end_ms - begins_ms - 580) <= NEAR_MS


async def test_two_who_speak_at_once_are_two_segments() -> None:
    talk = Talk()
    async with talk.running():
        await asyncio.gather(talk.says(CALLER, 1_000), talk.says(CALLEE, 1_000))
        assert {segment.speaker for segment in await talk.until(2)} == {CALLER, CALLEE}


async def test_a_service_that_is_down_delays_and_loses_nothing() -> None:
    talk = Talk()
    talk.transcriber.down = True
    async with talk.running():
        for _ in range(3):
            await talk.says(CALLER, 500)
            await talk.settle()
        await talk.clock.advance(3_600)
        await talk.settle()
        assert talk.segments == []
        assert len(talk.spool.kept) == 3
        talk.transcriber.down = False
        found = await talk.until(3)
        assert await talk.scribe.flush(5)
    assert sorted(segment.segment_id for segment in found) == ["speech-3-1", "speech-3-2", "speech-3-3"]
    assert talk.spool.kept == {}
    assert talk.shown == [], "an hour old: no captions any more"


async def test_speech_that_goes_on_when_the_job_ends_is_written_down_too() -> None:
    talk = Talk()
    async with talk.running():
        await talk.says(CALLER, 500, pause_ms=0)
        assert talk.listener is not None
        talk.listener.close()
        assert len(await talk.until(1)) == 1


async def test_a_microphone_without_frames_parts_the_speech() -> None:
    talk = Talk()
    async with talk.running():
        await talk.says(CALLER, 500, pause_ms=0)
        await talk.clock.advance(2)
        await talk.says(CALLER, 500)
        first, second = await talk.until(2)
    assert second.start_ms - first.end_ms > 1_500


async def test_speech_of_a_dead_process_is_written_down() -> None:
    talk = Talk()
    spoken = Spoken(CallId("0190-other"), 1, "speech-1-7", CALLEE, START_MS - 60_000, START_MS - 59_000)
    async with talk.running():
        await talk.settle()
        kept = KeptSpeech(spoken, Path("old"), 100)
        talk.spool.kept[kept.file] = kept, bytes(100)
        talk.spool.of_the_dead.append(kept)
        await talk.clock.advance(ADOPT_S)
        [segment] = await talk.until(1)
        assert await talk.scribe.flush(5)
    assert talk.spool.kept == {}
    assert (segment.segment_id, segment.start_ms) == ("speech-1-7", spoken.start_ms)
    assert talk.told[0][0] == HeldCall(spoken.call_id, 1)


async def test_silence_that_was_taken_for_speech_is_no_segment() -> None:
    talk = Talk()

    async def no_words(audio: bytes, on_words: object) -> str:
        return "  "

    talk.transcriber.transcribe = no_words  # type: ignore[method-assign]
    async with talk.running():
        await talk.says(CALLER, 500)
        await talk.settle()
        assert await talk.scribe.flush(5)
    assert (talk.told, talk.shown, talk.spool.kept) == ([], [], {})


async def test_a_full_disk_costs_the_words_and_nothing_else() -> None:
    talk = Talk()
    talk.spool.full = True
    async with talk.running():
        await talk.says(CALLER, 500)
        await talk.settle()
        talk.spool.full = False
        await talk.says(CALLER, 500)
        [segment] = await talk.until(1)
    assert segment.segment_id == "speech-3-2"


async def test_words_that_come_late_are_no_captions() -> None:
    talk = Talk()
    talk.transcriber.may_answer.clear()
    async with talk.running():
        await talk.says(CALLER, 500)
        await talk.settle()
        await talk.clock.advance(FRESH_MS / 1000)
        talk.transcriber.may_answer.set()
        await talk.until(1)
    assert [final for _, _, final in talk.shown] == [False]


async def test_without_a_detector_nobody_listens() -> None:
    talk = Talk()
    talk.detectors.unusable = True
    async with talk.running():
        assert talk.listener is None
