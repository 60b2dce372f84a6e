"""A job of role recorder: hidden in a call without an agent, it hears everybody who has a microphone, for the recorder
and, where the claim says so, for the scribe who writes down what is said and shows it in the room.

It decides nothing about the call. It stays until it is told to go, until the room is closed, or, should nobody ever say
so, some time after the longest call. When its room is lost it is over; the API sees that and sends another one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from shared.call_report import AgentGone, GoneWhy, RecordingCause, ReportEvent
from shared.claims import Claim
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.announcer import Announcer, PersonCaption
from worker.audio_flow import AudioFlow
from worker.closing import close_all, step
from worker.ending import Ending
from worker.listener import Listener
from worker.meeting import Meeting
from worker.missing_microphone import happened
from worker.notice_visits import NoticeVisits
from worker.path_news import path_news
from worker.ports import (
    CallRoom,
    MicrophoneFound,
    MicrophoneMissing,
    MicrophoneMuted,
    MicrophoneOff,
    MicrophoneOn,
    PathGap,
    PathLost,
    PersonJoined,
    PersonLeft,
    RoomCloseCause,
    RoomClosed,
    RoomEvent,
    RoomUnreachable,
    Spoken,
)
from worker.recorder import Recorder
from worker.scribe import Scribe
from worker.waiting import first_of

OVERTIME_S = 120.0
LEAVE_S = 2.0

_log = get_logger(__name__)


class RecorderJob:
    """Used once, as `worker.call_job.CallJob`."""

    model = ""
    quiet_ms = None
    audio = AudioFlow()

    def __init__(
        self,
        claim: Claim,
        room: Callable[[Claim], CallRoom],
        clock: Clock,
        recorder: Recorder,
        report: Callable[[ReportEvent], None],
        scribe: Scribe | None = None,
        notices: NoticeVisits | None = None,
    ) -> None:
        """`scribe` None: nothing is written down here; `notices` None: nobody says in the call that it is recorded."""
        self._claim = claim
        self._make_room = room
        self._clock = clock
        self._recorder = recorder
        self._report = report
        self._scribe = scribe
        self._notices = notices
        self._listener: Listener | None = None
        self._meeting = Meeting(claim)
        self._over = asyncio.Event()
        self._cause = RecordingCause.JOB_OVER
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._track_ids: dict[Identity, str] = {}

    def set_model(self, model: str) -> None:
        """It has none."""

    def tell_of_recording(self) -> None:
        """Have it said in the call that it is recorded from now on. Safe at any time."""
        # Somebody else says it: what this one published, hidden, would reach people and be played by nobody (1.13.5).
        if self._notices is not None and not self._over.is_set():
            self._notices.begin()

    def end(self, ending: Ending) -> None:
        """Safe at any time."""
        self._end(RecordingCause.CALL_OVER if ending.gone is None else RecordingCause.JOB_OVER)

    async def run(self) -> None:
        room: CallRoom | None = None
        try:
            room = self._make_room(self._claim)
            async with self._captioned(room):
                await room.join(lambda event: self._on_event(room, event))
                _log.info("recorder joined")
                await first_of(self._over, self._clock, self._claim.max_duration_s + OVERTIME_S)
        except RoomUnreachable as error:
            _log.warning("recorder could not join", problem=str(error))
        except Exception:
            _log.exception("recorder failed")
        finally:
            step(lambda: self._recorder.close(self._cause))
            if self._listener is not None:
                step(self._listener.close)
            await self._close(room)

    @contextlib.asynccontextmanager
    async def _captioned(self, room: CallRoom) -> AsyncIterator[None]:
        """What is said is written down, and shown in the room, if that is wanted."""
        if self._scribe is None or not self._claim.transcribe:
            yield
            return
        announcer = Announcer(room, self._clock, agent_words=lambda: None)

        def show(spoken: Spoken, words: str, final: bool) -> None:
            track_id = self._track_ids.get(spoken.speaker)
            announcer.show_person(PersonCaption(spoken.speaker, track_id, spoken.segment_id, words, final))

        self._listener = await self._scribe.listener(self._claim, show)
        announcing = asyncio.create_task(announcer.run())
        try:
            yield
        finally:
            announcing.cancel()
            await asyncio.gather(announcing, return_exceptions=True)

    def _end(self, cause: RecordingCause) -> None:
        if not self._over.is_set():
            self._cause = cause
            self._over.set()

    def _on_event(self, room: CallRoom | None, event: RoomEvent) -> None:
        match event:
            case PersonJoined():
                self._meeting.came(event.identity)
            case PersonLeft():
                self._meeting.left(event.identity)
            case MicrophoneOn() if room is not None:
                self._track_ids[event.identity] = event.track_id
                self._readers[event.track_id] = asyncio.create_task(self._read(room, event.identity, event.track_id))
            case MicrophoneOff():
                self._hush(event.identity)
                if (reader := self._readers.pop(event.track_id, None)) is not None:
                    reader.cancel()
            case MicrophoneMuted(muted=True):
                self._hush(event.identity)
            case MicrophoneMissing() | MicrophoneFound():
                self._report(happened(event))
            case PathGap():
                self._report(path_news(event, self._clock.monotonic_s()))
            case PathLost():
                # What is in the file since then is silence that nobody kept: the next one goes on.
                self._report(path_news(event, self._clock.monotonic_s()))
                self._report(AgentGone(GoneWhy.PATH_LOST))
                self._end(RecordingCause.JOB_OVER)
            case RoomClosed(cause=RoomCloseCause.DEAF):
                self._report(AgentGone(GoneWhy.DEAF))
                self._end(RecordingCause.JOB_OVER)
            case RoomClosed():
                deleted = event.cause is RoomCloseCause.DELETED
                self._end(RecordingCause.CALL_OVER if deleted else RecordingCause.JOB_OVER)
            case _:
                pass

    def _hush(self, who: Identity) -> None:
        if self._listener is not None:
            self._listener.hush(who)

    async def _read(self, room: CallRoom, who: Identity, track_id: str) -> None:
        is_heard = False
        try:
            async for frame in room.microphone(track_id):
                if not is_heard:
                    is_heard = True
                    _log.info("microphone is heard", track=track_id)
                self._recorder.hear(who, frame)
                if self._listener is not None and self._meeting.has_begun:
                    self._listener.hear(who, frame)
        except Exception:
            _log.exception("a microphone is lost to the recorder")

    async def _close(self, room: CallRoom | None) -> None:
        readers, self._readers = list(self._readers.values()), {}
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                closing = [part.leave() for part in (room,) if part] + [n.aclose() for n in (self._notices,) if n]
                await close_all(*closing)
