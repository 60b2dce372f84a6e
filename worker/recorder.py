"""The recordings of one job: started and stopped by the API's commands, fed with what is heard in the room.

Nothing in here waits, and nothing that goes wrong with a file reaches the call: a recording that fails is ended,
reported, and the call goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared import pcm
from shared.call_report import RecordingCause, RecordingFailed, RecordingStarted, ReportEvent
from shared.clock import Clock
from shared.ids import EgressId, Identity
from shared.log import get_logger
from shared.recording_order import Channels, RecordingOrder
from shared.worker_link import MAX_RECORDINGS, HeldCall
from worker.ports import Part, PartFile, Pcm, RecordingSpool
from worker.timeline import Timeline

AGENT = "agent"
LEFT, RIGHT = 0, 1
PATH_MS = 50
"""Between a person and us, either way: coding, a loopback network, the least of the jitter buffers. What comes from a
microphone was spoken so much earlier, what we play is heard so much later. Measured here: 44-87 ms, 38-112 ms when the
machine is busy."""

_log = get_logger(__name__)

Finish = Callable[[PartFile, RecordingCause], None]
"""Takes over a file that gets no more blocks: closes, reports and stores it."""


@dataclass(slots=True)
class _Running:
    order: RecordingOrder
    timeline: Timeline
    file: PartFile


class Recorder:
    def __init__(
        self,
        job: HeldCall,
        *,
        caller: Identity,
        spool: RecordingSpool | None,
        clock: Clock,
        report: Callable[[ReportEvent], None],
        finish: Finish,
    ) -> None:
        """`spool` None: this worker has no place for recordings, and says so when it is asked for one."""
        self._job = job
        self._caller = caller
        self._spool = spool
        self._clock = clock
        self._report = report
        self._finish = finish
        self._running: dict[EgressId, _Running] = {}
        self._begun: set[EgressId] = set()
        """Every recording that this job ever began, or refused."""

    @property
    def running(self) -> tuple[EgressId, ...]:
        return tuple(self._running)

    @property
    def waiting_ms(self) -> int:
        """Of sound that is not written yet: of the file that is furthest behind."""
        return max((running.file.waiting_ms for running in self._running.values()), default=0)

    def start(self, order: RecordingOrder) -> bool:
        """From now on. One that was begun already is not begun again. Whether it has begun with this."""
        if order.egress_id in self._begun:
            return False
        self._begun.add(order.egress_id)
        if self._spool is None or len(self._running) >= MAX_RECORDINGS:
            code = "no_store" if self._spool is None else "too_many"
            _log.error("recording refused", egress_id=order.egress_id, code=code)
            self._report(RecordingFailed(order.egress_id, self._job.epoch, code))
            return False
        started_ms = self._clock.now_ms()
        file = self._spool.open(Part(self._job.call_id, self._job.epoch, order, started_ms))
        timeline = Timeline(channels=order.channels.size, start_ms=self._now_ms())
        self._running[order.egress_id] = _Running(order, timeline, file)
        self._report(RecordingStarted(order.egress_id, self._job.epoch, started_ms))
        _log.info("recording started", egress_id=order.egress_id)
        return True

    def stop(self, egress_id: EgressId) -> None:
        """Stopping what does not run changes nothing."""
        self._end(egress_id, RecordingCause.STOPPED)

    def close(self, cause: RecordingCause) -> None:
        """The job is over; safe to say twice."""
        for egress_id in self.running:
            self._end(egress_id, cause)

    # ------------------------------------------------------------------------------------------------ what is heard

    def hear(self, who: Identity, frame: Pcm) -> None:
        """A frame of somebody's microphone has come."""
        if self._running:
            left = who == self._caller
            begins_ms = self._now_ms() - pcm.ms_of(len(frame)) - PATH_MS
            for running in self._running.values():
                running.timeline.push(who, self._channel(running, left=left), begins_ms, frame)

    def speak(self, frame: Pcm, queued_ms: float) -> None:
        """A frame of the agent will be played behind what is queued."""
        if self._running:
            begins_ms = self._now_ms() + queued_ms + PATH_MS
            for running in self._running.values():
                running.timeline.push(AGENT, self._channel(running, left=False), begins_ms, frame)

    def cut(self) -> None:
        """What was to be played of the agent is not played."""
        for running in self._running.values():
            running.timeline.cut(AGENT, self._now_ms() + PATH_MS)

    def tick(self) -> None:
        """Write what is due. To be called several times a second."""
        for egress_id, running in list(self._running.items()):
            for block in running.timeline.blocks(self._now_ms()):
                running.file.write(block)
            if running.file.failure is not None:
                self._end(egress_id, running.file.failure)

    def _end(self, egress_id: EgressId, cause: RecordingCause) -> None:
        if (running := self._running.pop(egress_id, None)) is None:
            return
        for block in running.timeline.rest(self._now_ms()):
            running.file.write(block)
        _log.info("recording ended", egress_id=egress_id, cause=cause.value, late_ms=round(running.timeline.late_ms))
        self._finish(running.file, cause)

    @staticmethod
    def _channel(running: _Running, *, left: bool) -> int:
        return LEFT if left or running.order.channels is Channels.MIXED else RIGHT

    def _now_ms(self) -> float:
        return self._clock.monotonic_s() * 1000
