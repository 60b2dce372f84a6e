"""The shell around one session: reads its socket, does its work, sends its frames."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from scripts.local_realtime.answering import ToolLoop, give_content
from scripts.local_realtime.events import frame_text
from scripts.local_realtime.faults import Caller, SessionFaults, TurnPlan, add_to_plan
from scripts.local_realtime.misbehaviour import BEFORE_THE_SESSION, carry_out, expire
from scripts.local_realtime.protocol import ClientEventError, parse_client_event
from scripts.local_realtime.script import AnyFault, Down
from scripts.local_realtime.session import Session
from scripts.local_realtime.stage import Stage
from scripts.local_realtime.stats import SessionRecord
from scripts.local_realtime.vad import SpeechDetector
from scripts.local_realtime.wire import Wire
from scripts.local_realtime.work import Answer, DropGuess, Guess, Listen, Transcribe, Work

log = logging.getLogger(__name__)


class Connection:
    """One client. ``run`` returns when the socket is closed, whoever closed it."""

    def __init__(
        self,
        wire: Wire,
        session: Session,
        caller: Caller,
        stage: Stage,
        record: SessionRecord,
        go_down: Callable[[Down], None],
        check: Callable[[str], None] | None = None,
    ) -> None:
        self.wire = wire
        self.session = session
        self.record = record
        self._go_down = go_down
        self._check = check
        self._now_s = asyncio.get_running_loop().time
        self._began_s = self._now_s()
        self._limit_s = stage.session_limit_s  # a later script does not change what the client was told of it
        self._set_up_s = stage.set_up_s
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._undoing: list[asyncio.TimerHandle] = []
        self._heard: dict[str, asyncio.Event] = {}
        self._plans: deque[TurnPlan] = deque()
        self._injected: list[AnyFault] = []
        self._tools = ToolLoop()
        session.withholds = self._withholds
        self.adopt(stage, caller)

    def adopt(self, stage: Stage, caller: Caller) -> None:
        """Play a script. In an open session its faults at connect do not happen, nor seconds that are over."""
        replaced = bool(self._timers)
        self._mind = stage.mind
        self._ear = stage.mind.ear()
        self._detector = SpeechDetector(stage.mind.probability())
        self._faults = SessionFaults(stage.book, caller, connected=replaced)
        for timer in self._timers:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers = [loop.call_at(self._began_s + self._limit_s, lambda: self._spawn(expire(self)))]
        for second, fault in self._faults.timed():
            if self._began_s + second >= loop.time():
                self._timers.append(loop.call_at(self._began_s + second, self._on_time, fault))

    @property
    def caller(self) -> Caller:
        """What faults look at."""
        return self._faults.caller

    async def run(self) -> None:
        """Serve the client."""
        try:
            first = self._faults.at_connect()
            await self._fire_all([fault for fault in first if isinstance(fault, BEFORE_THE_SESSION)])
            await asyncio.sleep(self._set_up_s)
            self.session.open()
            await self.flush()
            await self._fire_all([fault for fault in first if not isinstance(fault, BEFORE_THE_SESSION)])
            while (text := await self.wire.receive()) is not None:
                if self._set_up_s and '"session.update"' in text:
                    await asyncio.sleep(self._set_up_s)
                self._take(text)
                await self.flush()
        finally:
            await self._end()

    async def flush(self) -> None:
        """Send what the session has to say. One sender at a time, so that events keep their order."""
        async with self._sending:
            for frame in self.session.take_frames():
                kind, body = frame
                self.record.sent(kind, None if isinstance(body, str) else body, self._now_s())
                text = frame_text(frame)
                if self._check is not None:
                    self._check(text)
                await self.wire.send(text)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something after a while, unless the connection is over by then."""
        self._undoing.append(asyncio.get_running_loop().call_later(seconds, do))

    def inject(self, fault: AnyFault) -> None:
        """Let a fault happen now, or with the next turn when it is one of answers."""
        plan = TurnPlan()
        add_to_plan(plan, fault)
        if plan.now:
            self._spawn(self._fire(fault))
        else:
            self._injected.append(fault)

    # ------------------------------------------------------------- work

    def _take(self, text: str) -> None:
        try:
            event = parse_client_event(text)
        except ClientEventError as error:
            self.session.refuse(error)
            return
        self.record.received(event.type, self._now_s())
        if event.type == "session.update" and (fault := self._faults.refusing(_asks_for_words(event.session))):
            self.record.fault(fault.kind, self._now_s())
            self.session.refuse(ClientEventError(fault.message, fault.code, fault.param, event.event_id))
            return
        before_ms = self.session.buffer.end_ms
        self.session.receive(event)
        if event.type == "input_audio_buffer.append":
            self.record.audio_received(self.session.buffer.end_ms - before_ms, self._now_s())
        elif event.type == "session.update":
            self.caller.instructions = str(self.session.config["instructions"])
            self._spawn(self._fire_all(self._faults.at_connect()))
        self._do_work()

    def _do_work(self) -> None:
        # hearing can make more work, such as the answer to a turn that has just ended
        while work := self.session.take_work():
            for piece in work:
                self._do(piece)

    def _do(self, work: Work) -> None:
        match work:
            case Listen(audio):
                for probability in self._detector.push(audio):
                    self.session.hear(probability)
            case Guess(audio):
                self._ear.guess(audio)
            case DropGuess():
                self._ear.drop_guess()
            case Transcribe(item_id, turn):
                self._heard[item_id] = asyncio.Event()
                self._plan(turn)
                self._spawn(self._transcribe(work))
            case Answer():
                self._spawn(self._answer(work, self._plans.popleft()))

    async def _transcribe(self, work: Transcribe) -> None:
        try:
            text = await self._ear.hear(work.turn, work.audio)
        except Exception:
            log.exception("recognition failed", extra={"session": self.session.id})
            self.session.not_transcribed(work.item_id, "The recogniser failed.")
        else:
            self.session.transcribed(work.item_id, text)
        self._heard.pop(work.item_id).set()
        await self.flush()

    async def _answer(self, work: Answer, plan: TurnPlan) -> None:
        response = self.session.responses.get(work.response_id)
        if response is None:
            return
        if work.item_id is not None and (heard := self._heard.get(work.item_id)):
            await heard.wait()
        try:
            await give_content(self, self._mind, response, work, plan, self._tools)
        except Exception:
            log.exception("answering failed", extra={"session": self.session.id})
            self.session.fail(response.id, "server_error", "server_error", "The local server failed; see its log.")
            await self.flush()
        finally:
            self.record.audio_sent(response.audio_ms)

    # ------------------------------------------------------------- faults

    def _plan(self, turn: int) -> TurnPlan:
        """The plan of a turn; what it does to the connection begins with the first call."""
        plan = self._faults.plan(turn)
        for fault in self._injected:
            add_to_plan(plan, fault)
        self._injected.clear()
        now, plan.now = plan.now, []
        if now:
            self._spawn(self._fire_all(now))
        return plan

    def _withholds(self, turn: int) -> bool:
        plan = self._plan(turn)
        if not plan.no_response:
            self._plans.append(plan)
        return plan.no_response

    def _on_time(self, fault: AnyFault) -> None:
        if self._faults.applies_now(fault):
            self._spawn(self._fire(fault))

    async def _fire_all(self, faults: list[AnyFault]) -> None:
        for fault in faults:
            await self._fire(fault)

    async def _fire(self, fault: AnyFault) -> None:
        log.info("fault", extra={"session": self.session.id, "kind": fault.kind})
        self.record.fault(fault.kind, self._now_s())
        await carry_out(fault, self, self._go_down)

    # ------------------------------------------------------------- tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        for timer in (*self._timers, *self._undoing):
            timer.cancel()
        self._ear.drop_guess()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _asks_for_words(session: Any) -> bool:
    sound = getattr(getattr(session, "audio", None), "input", None)
    return getattr(sound, "transcription", None) is not None
