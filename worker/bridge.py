"""One call: the owner of its tasks, between the room and the model.

::

    room ── microphone frames ──▶ ears ───▶ link
    room ◀── agent's frames ───── mouth ◀── dialogue ◀── link's events
    room ◀── captions, state ── announcer ◀───┘
    room's events ─▶ people: who is there, and how it ends        _watch ─▶ limits of time, another model

Every task lives in one `TaskGroup`, so nothing outlives `run`, and an exception in any of them ends this call and no
other. A call ends exactly once: the first `end` stands. The events of room and model come as plain calls on the loop;
when one of them raises, that too ends the call as ``internal_error``.

The model's session is opened when somebody of the call has come, not before: an empty room must cost nothing. The
greeting is asked for when the caller is there, in the same breath if they are the first, and the mouth holds it until
somebody is subscribed to the agent's track. Where people are to be told that they are recorded, that is said before it,
and the mouth holds both until the recording has begun (`worker.notice`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from shared.call_report import AgentJoined, GoneWhy, Happened, HappenedKind, ReportEvent
from shared.call_state import EndReason
from shared.claims import Claim
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.audio_flow import AudioFlow
from worker.clip import ClipName, Clips
from worker.dialogue import Dialogue
from worker.ears import Ears
from worker.ending import Ending
from worker.first_words import first_words
from worker.limits import Limits
from worker.missing_microphone import happened
from worker.model_line import LineEvent, ModelLine
from worker.notice import Notice
from worker.path_news import path_news
from worker.people import People, are_several
from worker.ports import (
    AgentAudible,
    AgentMood,
    Brief,
    CallRoom,
    MessageLeftOut,
    MicrophoneFound,
    MicrophoneMissing,
    MicrophoneMuted,
    MicrophoneOff,
    MicrophoneOn,
    PathGap,
    PathLost,
    PersonJoined,
    PersonLeft,
    PersonWrote,
    Queued,
    RoomCloseCause,
    RoomClosed,
    RoomEvent,
    RoomUnreachable,
)

WATCH_S = 0.25
AUDIBLE_AFTER_S = 2.0
"""Nobody has said that somebody is subscribed to the agent's track, or that the recording has begun: speak anyway."""
UNSEEN_S = 5.0
"""Our own connection was away: so much later it would have told us of everybody who is there (seen: 1 s)."""

_log = get_logger(__name__)
_Event = TypeVar("_Event")

_CLOSED: dict[RoomCloseCause, Ending] = {
    RoomCloseCause.DELETED: Ending(),
    RoomCloseCause.REMOVED: Ending(gone=GoneWhy.REMOVED),
    RoomCloseCause.SUPERSEDED: Ending(gone=GoneWhy.SUPERSEDED),
    RoomCloseCause.LOST: Ending(EndReason.MEDIA_SERVER_LOST),
    RoomCloseCause.DEAF: Ending(gone=GoneWhy.DEAF),
}


class Bridge:
    def __init__(
        self,
        *,
        claim: Claim,
        brief: Brief,
        greeting: str,
        room: CallRoom,
        link: ModelLine,
        clock: Clock,
        report: Callable[[ReportEvent], None],
        clips: Clips,
    ) -> None:
        """`brief` and `greeting` have the worker's defaults filled in; an empty greeting: the caller speaks first."""
        self._brief = brief
        self._first_words = first_words(greeting, takes_over=claim.takes_over, knows_the_talk=bool(brief.history))
        self._room = room
        self._link = link
        self._clock = clock
        self._report = report
        self._ending: Ending | None = None
        self._ended = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None
        self._first_came_s: float | None = None
        self._opened = False
        self._is_greeted = False
        """Whom the greeting is for has come."""
        self._is_audible = False
        self._notice = Notice(comes_first=claim.recording_notice)
        self._people = People(
            call_type=claim.call_type,
            caller=claim.caller_identity,
            callee=claim.callee_identity,
            grace_s=claim.reconnect_grace_s,
        )
        self._limits = Limits(
            max_duration_s=claim.max_duration_s, idle_timeout_s=claim.idle_timeout_s, now_s=clock.monotonic_s()
        )
        self._ears = Ears(room, clock, hear=link.hear, start=self._start)
        self._dialogue = Dialogue(
            caller=claim.caller_identity,
            earlier=brief.history,
            room=room,
            link=link,
            ears=self._ears,
            limits=self._limits,
            clock=clock,
            report=report,
            clips=clips,
            end=self.end,
            later=self._start,
            # People who talk with each other go on without the agent.
            hung_up=Ending(gone=GoneWhy.HUNG_UP) if are_several(claim.call_type) else Ending(EndReason.AGENT_HUNG_UP),
        )

    def end(self, ending: Ending) -> None:
        """End the call; the first ending stands. Returns at once, `run` returns soon after."""
        if self._ending is None:
            self._ending = ending
            self._ended.set()

    def tell_of_recording(self) -> None:
        """A recording has begun, and the people in the call are to hear it."""
        self._notice.recording_began(self._clock.monotonic_s())
        self._speak_if_heard()

    @property
    def quiet_s(self) -> float | None:
        """For how long nobody speaks; None while nobody has come."""
        return self._limits.quiet_s(self._clock.monotonic_s())

    @property
    def audio(self) -> AudioFlow:
        unsent = self._link.unsent
        to_model = Queued(unsent.waiting_ms, unsent.dropped_ms + self._ears.dropped_ms)
        return AudioFlow(to_model, self._dialogue.mouth.unsaid)

    async def run(self) -> Ending:
        """Serve the call until it ends. Room and link are left open, for a last word; the caller closes them."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                dialogue = self._dialogue
                model = self._link.run(dialogue.history)
                for work in (self._join(), dialogue.mouth.run(), dialogue.announcer.run(), model, self._watch()):
                    self._start(work)
                await self._ended.wait()
                raise _Over
        except* _Over:
            pass
        except* RoomUnreachable as group:
            self.end(Ending(EndReason.MEDIA_SERVER_LOST, detail=str(group.exceptions[0])[:64]))
        except* Exception as group:
            _log.error("call failed", exc_info=group)
            self.end(Ending(EndReason.INTERNAL_ERROR, detail=type(group.exceptions[0]).__name__))
        finally:
            # Also when it is cancelled: whatever has ended the call, what was heard of it is on record.
            self._close_dialogue()
        return self._ending or Ending(EndReason.INTERNAL_ERROR)

    def _close_dialogue(self) -> None:
        try:
            self._dialogue.close()
        except Exception:
            _log.exception("the last words of a call are not on record")

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        if self._tasks is None or self._ended.is_set():
            work.close()
            return None
        return self._tasks.create_task(work)

    # -------------------------------------------------------------------------------------------------- the tasks

    async def _join(self) -> None:
        self._dialogue.announcer.show_mood(AgentMood.INITIALIZING)
        await self._room.join(self._on_room_event)
        self._report(AgentJoined())
        _log.info("agent joined")

    async def _open_model(self) -> None:
        await self._link.open(self._brief, self._on_model_event)
        self._opened = True
        self._greet()

    def _greet(self) -> None:
        if self._opened and self._is_greeted and self._first_words is not None:
            self._dialogue.ask(self._first_words)
            self._first_words = None

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(WATCH_S)
            self._ears.tick()
            self._dialogue.tick()
            now_s = self._clock.monotonic_s()
            if self._first_came_s is not None and now_s - self._first_came_s >= AUDIBLE_AFTER_S:
                self._dialogue.mouth.open()
            if self._notice.due(now_s, is_quiet=self._dialogue.is_quiet and not self._people.waiting):
                self._dialogue.say_clip(ClipName.RECORDED)
            if self._link.due and self._dialogue.pauses:
                self._start(self._link.change(self._dialogue.history(), lambda: self._dialogue.pauses))
            reason = self._people.due(now_s) or self._limits.due(now_s, waiting=self._people.waiting)
            if reason is not None:
                self.end(Ending(reason))

    # ------------------------------------------------------------------------------------------------- the events

    def _on_model_event(self, event: LineEvent) -> None:
        self._safely(self._dialogue.on_event, event)

    def _on_room_event(self, event: RoomEvent) -> None:
        self._safely(self._room_event, event)

    def _safely(self, handle: Callable[[_Event], None], event: _Event) -> None:
        if self._ended.is_set():
            return
        try:
            handle(event)
        except Exception as error:
            # An SDK's emitter would log it and go on, with a call that is half broken.
            _log.exception("call failed", event_type=type(event).__name__)
            self.end(Ending(EndReason.INTERNAL_ERROR, detail=type(error).__name__))

    def _room_event(self, event: RoomEvent) -> None:
        match event:
            case PersonJoined() if self._people.belongs(event.identity):
                self._person_joined(event.identity)
            case PersonLeft() if self._people.belongs(event.identity):
                self._person_left(event)
            case MicrophoneOn() if self._people.belongs(event.identity):
                self._ears.open(event.identity, event.track_id)
            case PersonWrote() if self._people.belongs(event.identity):
                self._dialogue.wrote(event)
            case MessageLeftOut() if self._people.belongs(event.identity):
                self._report(Happened(HappenedKind.MESSAGE_LEFT_OUT, event.why))
            case MicrophoneOff():
                self._ears.close(event.track_id)
            case MicrophoneMuted():
                self._ears.mute(event.track_id, event.muted)
            case MicrophoneMissing() | MicrophoneFound() if self._people.belongs(event.identity):
                self._report(happened(event))
            case PathGap():
                self._report(path_news(event, self._clock.monotonic_s()))
                self._dialogue.path_gap(event)
            case PathLost():
                self._report(path_news(event, self._clock.monotonic_s()))
                self._dialogue.path_lost(event.alive_s)
                self.end(Ending(gone=GoneWhy.PATH_LOST))
            case AgentAudible():
                self._is_audible = True
                self._speak_if_heard()
            case RoomClosed():
                self.end(_CLOSED[event.cause])
            case _:
                pass

    def _speak_if_heard(self) -> None:
        if self._is_audible and not self._notice.waits_for_recording:
            self._dialogue.mouth.open()

    def _person_joined(self, who: Identity) -> None:
        now_s = self._clock.monotonic_s()
        self._people.came(who)
        self._limits.somebody_came(now_s)
        _log.info("person joined", first=self._first_came_s is None)
        if self._people.is_greeted(who):
            self._is_greeted = True
            if self._notice.first():
                self._dialogue.say_clip(ClipName.RECORDED)
            self._greet()
        if self._first_came_s is None:
            self._first_came_s = now_s
            self._start(self._open_model())

    def _person_left(self, event: PersonLeft) -> None:
        _log.info("person left", on_purpose=event.on_purpose)
        left_s = self._clock.monotonic_s() + (UNSEEN_S if event.unseen else 0.0)
        reason = self._people.left(event.identity, left_s, on_purpose=event.on_purpose)
        if reason is not None:
            self.end(Ending(reason))


class _Over(Exception):
    """The call has ended: leave the task group, which cancels what still runs and waits for it."""
