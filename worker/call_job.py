"""One job = one call: build its room and its model link, run the bridge, and whatever happens, say how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared import room_signals
from shared.call_report import AgentGone, CallEnded, RecordingCause, ReportEvent
from shared.call_state import EndReason
from shared.claims import Claim
from shared.clock import Clock
from shared.log import get_logger
from worker.audio_flow import AudioFlow
from worker.bridge import Bridge
from worker.clip import Clips, goodbye
from worker.closing import close_all, step
from worker.ending import Ending, for_several
from worker.farewell import END_CALL, LEAVE_CALL
from worker.last_line import say_last
from worker.model_line import ModelLine
from worker.people import are_several
from worker.ports import Brief, CallRoom, ModelLost, RealtimeLink, Said
from worker.recorder import Recorder
from worker.session_age import SESSION_S
from worker.tapped_room import TappedRoom

LAST_WORD_S = 0.5
CLOSE_S = 2.2

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a claim leaves to the worker."""

    model: str
    prompt: str
    greeting: str


@dataclass(frozen=True, slots=True)
class CallParts:
    """How the outside of a call is made; called on the process's loop."""

    room: Callable[[Claim], CallRoom]
    notice_room: Callable[[Claim], CallRoom]
    """For who says in a call without an agent that it is recorded; of a claim with a token for it."""
    link: Callable[[Claim], RealtimeLink]
    clock: Clock
    defaults: Defaults
    clips: Clips
    model_session_s: float = SESSION_S
    """How long the service lets a session of the model live."""
    on_model_refused: Callable[[ModelLost], None] = lambda _: None


class CallJob:
    """Used once. `run` never raises but for its own cancellation."""

    def __init__(
        self, claim: Claim, parts: CallParts, recorder: Recorder, report: Callable[[ReportEvent], None]
    ) -> None:
        self._claim = claim
        self._parts = parts
        self._recorder = recorder
        self._report = report
        self._bridge: Bridge | None = None
        self._early: Ending | None = None
        self._model = claim.model or parts.defaults.model
        self._room: CallRoom | None = None
        self._link: ModelLine | None = None

    @property
    def model(self) -> str:
        """The model that the call talks with, or will."""
        return self._model if self._link is None else self._link.model

    @property
    def quiet_ms(self) -> int | None:
        """For how long nobody speaks; None while nobody has come."""
        quiet_s = None if self._bridge is None else self._bridge.quiet_s
        return None if quiet_s is None else round(quiet_s * 1000)

    @property
    def audio(self) -> AudioFlow:
        """What waits in the call's queues of audio."""
        return AudioFlow() if self._bridge is None else self._bridge.audio

    def set_model(self, model: str) -> None:
        """Go on with another model from the next pause on. Safe at any time."""
        self._model = model
        if self._link is not None:
            self._link.want(model)

    def tell_of_recording(self) -> None:
        """Say in the call that it is recorded from now on. Safe at any time."""
        if self._bridge is not None:
            self._bridge.tell_of_recording()

    def end(self, ending: Ending) -> None:
        """End the call from outside. Safe at any time."""
        if self._bridge is not None:
            self._bridge.end(ending)
        elif self._early is None:
            self._early = ending

    async def run(self) -> None:
        ending = Ending(EndReason.INTERNAL_ERROR, detail="cancelled")
        try:
            ending = await self._serve()
            if self._room is not None and (name := goodbye(ending)) is not None:
                await say_last(self._room, self._parts.clips[name], self._parts.clock, self._report)
        finally:
            # Reported before anything is closed: whatever hangs from here on, the record is true.
            step(lambda: self._report_end(ending))
            cause = RecordingCause.CALL_OVER if ending.gone is None else RecordingCause.JOB_OVER
            step(lambda: self._recorder.close(cause))
            await self._close(ending)

    async def _serve(self) -> Ending:
        try:
            room = self._room = TappedRoom(self._parts.room(self._claim), self._recorder)
            link = self._link = self._build_line()
            self._bridge = self._build_bridge(room, link)
            if self._early is not None:
                self._bridge.end(self._early)
            ending = await self._bridge.run()
        except Exception as error:
            _log.exception("call failed")
            ending = Ending(EndReason.INTERNAL_ERROR, detail=type(error).__name__)
        return for_several(ending) if are_several(self._claim.call_type) else ending

    def _build_line(self) -> ModelLine:
        parts = self._parts
        return ModelLine(
            lambda: parts.link(self._claim),
            parts.clock,
            model=self._model,
            session_s=parts.model_session_s,
            on_refused=parts.on_model_refused,
        )

    def _build_bridge(self, room: CallRoom, link: ModelLine) -> Bridge:
        claim, defaults = self._claim, self._parts.defaults
        return Bridge(
            claim=claim,
            brief=Brief(
                model=self._model,
                voice=claim.voice,
                instructions=claim.system_prompt or defaults.prompt,
                history=tuple(Said(said.by_agent, said.text) for said in claim.history),
                tools=(LEAVE_CALL if are_several(claim.call_type) else END_CALL,),
            ),
            greeting=defaults.greeting if claim.greeting is None else claim.greeting,
            room=room,
            link=link,
            clock=self._parts.clock,
            report=self._report,
            clips=self._parts.clips,
        )

    def _report_end(self, ending: Ending) -> None:
        if ending.reason is not None:
            self._report(CallEnded(ending.reason, ending.detail))
        elif ending.gone is not None:
            self._report(AgentGone(ending.gone, ending.detail))
        else:
            _log.info("call ended by the API")

    async def _close(self, ending: Ending) -> None:
        room, link = self._room, self._link
        try:
            async with asyncio.timeout(CLOSE_S):
                if room is not None and ending.reason is not None:
                    await self._last_word(room, ending.reason)
                closing = [part.leave() for part in (room,) if part] + [part.aclose() for part in (link,) if part]
                await close_all(*closing)
        except TimeoutError:
            _log.error("call could not be closed in time")

    async def _last_word(self, room: CallRoom, reason: EndReason) -> None:
        try:
            async with asyncio.timeout(LAST_WORD_S):
                room.stop_playing()
                payload = room_signals.call_ended(self._claim.call_id, reason)
                await room.tell(room_signals.CALL_ENDED_TOPIC, payload)
        except TimeoutError:
            pass
        except Exception:
            _log.exception("the room could not be told of the end")
