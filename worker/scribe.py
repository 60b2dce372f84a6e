"""What people say to each other, written down: from the speech that is over to the reported segment.

::

    speech ──▶ kept on disk ──▶ backlog ──▶ transcribed ──▶ caption in the room, segment reported ──▶ forgotten
    dead processes' speech ────────┘ ▲           │ the service does not take it
                                     └───────────┘

The sound leaves the disk only when its words are in the spool of reports. So a service that is away for hours delays a
transcript and loses nothing of it; what is bounded, and what is dropped then, stands in `worker.speech_backlog`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared import writing
from shared.call_report import MAX_TEXT_CHARS, ReportEvent, Segment
from shared.claims import Claim
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from shared.worker_link import HeldCall
from worker.listener import Listener
from worker.ports import (
    DetectorUnusable,
    KeptSpeech,
    SpeechDetectors,
    SpeechSpool,
    Spoken,
    Transcriber,
    TranscriberUnavailable,
)
from worker.speech import Speech
from worker.speech_backlog import Entry, SpeechBacklog
from worker.waiting import first_of

AT_ONCE = 4
"""Requests at a time."""
ADOPT_S = 30.0
"""Between two looks for speech of processes that died beside this one."""
FRESH_MS = 15_000
"""Words that are older are no captions any more."""

_log = get_logger(__name__)

Show = Callable[[Spoken, str, bool], None]
"""(whose, the words so far, whether these are all): a caption in the room."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    kept: KeptSpeech
    show: Show | None


class Scribe:
    def __init__(
        self,
        *,
        detectors: SpeechDetectors,
        spool: SpeechSpool,
        transcriber: Transcriber,
        clock: Clock,
        report: Callable[[HeldCall, ReportEvent], None],
    ) -> None:
        """`report` must take what comes after a job's end."""
        self._detectors = detectors
        self._spool = spool
        self._transcriber = transcriber
        self._clock = clock
        self._report = report
        self._backlog: SpeechBacklog[_Waiting] = SpeechBacklog()
        self._keeping: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()

    async def listener(self, claim: Claim, show: Show) -> Listener | None:
        """For one job; None when this worker cannot tell speech from noise, which is logged."""
        try:
            await asyncio.to_thread(self._detectors.load)
        except DetectorUnusable as error:
            _log.error("calls are not written down", problem=str(error))
            return None
        count = 0

        def over(who: Identity, speech: Speech) -> None:
            nonlocal count
            count += 1
            name = f"speech-{claim.epoch}-{count}"
            spoken = Spoken(claim.call_id, claim.epoch, name, who, speech.start_ms, speech.end_ms)
            self._take(spoken, speech.audio, show)

        return Listener(self._detectors.new, self._clock, over)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._adopt())
            for _ in range(AT_ONCE):
                tasks.create_task(self._work())

    async def flush(self, limit_s: float) -> bool:
        """Wait until everything is written down; False when it was not within `limit_s`."""
        self._note()
        return await first_of(self._idle, self._clock, limit_s)

    # ------------------------------------------------------------------------------------------------ what is kept

    def _take(self, spoken: Spoken, audio: bytes, show: Show) -> None:
        if not self._backlog.fits(len(audio)):
            _log.warning("speech dropped: too much waits", call_id=spoken.call_id, dropped=self._backlog.dropped)
            return
        task = asyncio.create_task(self._keep(spoken, audio, show))
        self._keeping.add(task)
        task.add_done_callback(self._kept)
        self._idle.clear()

    async def _keep(self, spoken: Spoken, audio: bytes, show: Show) -> None:
        try:
            kept = await asyncio.to_thread(self._spool.keep, spoken, audio)
        except OSError as error:
            _log.error("speech dropped: it cannot be kept", call_id=spoken.call_id, error=error.strerror)
            return
        self._backlog.add(_Waiting(kept, show), kept.size_bytes)

    def _kept(self, task: asyncio.Task[None]) -> None:
        self._keeping.discard(task)
        self._note()

    async def _adopt(self) -> None:
        while True:
            for kept in await asyncio.to_thread(self._spool.left_over):
                self._backlog.add(_Waiting(kept, None), kept.size_bytes, is_new=False)
            self._note()
            await self._clock.sleep(ADOPT_S)

    # ----------------------------------------------------------------------------------------- what is written down

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            entry = self._backlog.take(self._clock.monotonic_s())
            if entry is None:
                await self._wait()
            else:
                await self._write_down(entry)
                self._note()

    async def _wait(self) -> None:
        wait_s = self._backlog.wait_s(self._clock.monotonic_s())
        if wait_s is None:
            await self._changed.wait()
        else:
            await first_of(self._changed, self._clock, wait_s)

    async def _write_down(self, entry: Entry[_Waiting]) -> None:
        kept, show = entry.item.kept, entry.item.show
        try:
            audio = await asyncio.to_thread(self._spool.read, kept)
            text = await self._transcriber.transcribe(audio, lambda words: self._show(kept, show, words, all_=False))
        except (TranscriberUnavailable, OSError) as error:
            self._failed(entry, error)
            return
        if text := writing.cut(text.strip(), MAX_TEXT_CHARS):
            self._show(kept, show, text, all_=True)
            self._tell(kept.spoken, text)
        await asyncio.to_thread(self._spool.remove, kept)
        self._backlog.done(entry)  # last: who waits for everything to be written down waits for this, too

    def _failed(self, entry: Entry[_Waiting], error: Exception) -> None:
        spoken = entry.item.kept.spoken
        problem = str(error) if isinstance(error, TranscriberUnavailable) else type(error).__name__
        if self._backlog.failed(entry, self._clock.monotonic_s()):
            _log.warning("speech waits for its words", call_id=spoken.call_id, problem=problem)
        else:
            _log.error("speech dropped: it is never taken", call_id=spoken.call_id, problem=problem)
            self._spool.remove(entry.item.kept)

    def _show(self, kept: KeptSpeech, show: Show | None, words: str, *, all_: bool) -> None:
        if show is not None and self._clock.now_ms() - kept.spoken.end_ms < FRESH_MS:
            show(kept.spoken, words, all_)

    def _tell(self, spoken: Spoken, text: str) -> None:
        held = HeldCall(spoken.call_id, spoken.epoch)
        self._report(held, Segment(spoken.segment_id, spoken.speaker, text, spoken.start_ms, spoken.end_ms))
        _log.info("speech written down", call_id=spoken.call_id, chars=len(text))

    def _note(self) -> None:
        self._changed.set()
        if self._backlog.is_empty and not self._keeping:
            self._idle.set()
        else:
            self._idle.clear()
