"""What the model's events do to a call: turns, barge-in, captions, transcript, tools.

Nothing here awaits. An event is handled to its end before the next one is looked at, so between "the caller speaks"
and silence lies one function call. What takes time is left to the tasks that `worker.bridge` owns: the mouth, the
announcer, and the few requests that go through `later`.

Barge-in, the part that must be right to the millisecond::

    model: speech started ─▶ cut the mouth            what was heard is known now, to within 8 ms
                          ─▶ cancel the answer        the model may still be making it
                          ─▶ truncate each cut item   the model's memory ends where the caller's ends
                          ─▶ report what was heard    caption and transcript end there too
                          ─▶ ignore the rest          events of the cancelled answer are still on their way
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from shared import pcm
from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.call_state import EndReason
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.announcer import Announcer, PersonCaption
from worker.conversation import Conversation
from worker.ears import Ears
from worker.ending import Ending
from worker.farewell import END_CALL, Farewell
from worker.limits import Limits
from worker.lull import Lull
from worker.model_line import LineEvent, ModelAway, ModelBack, ModelLine, ModelReplaced
from worker.mouth import Mouth
from worker.playout import Heard
from worker.ports import (
    AgentMood,
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    CallerWords,
    CallRoom,
    ModelLost,
    ModelReady,
    ReplyRefused,
    Said,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
)
from worker.turns import Turns

MAX_FAILED_ANSWERS = 2
RETRY_ANSWER_S = 1.0

_log = get_logger(__name__)


class Dialogue:
    def __init__(
        self,
        *,
        caller: Identity,
        earlier: Sequence[Said],
        room: CallRoom,
        link: ModelLine,
        ears: Ears,
        limits: Limits,
        clock: Clock,
        report: Callable[[ReportEvent], None],
        end: Callable[[Ending], None],
        later: Callable[[Coroutine[Any, Any, None]], object],
        hung_up: Ending,
    ) -> None:
        """`earlier` was said before this agent came. `later` runs a coroutine in the call's task group; `hung_up` is
        how it ends when the agent hangs up."""
        self._link = link
        self._ears = ears
        self._limits = limits
        self._clock = clock
        self._report = report
        self._end = end
        self._later = later
        self._hung_up = hung_up
        self.mouth = Mouth(room, clock, on_first_sound=self._first_sound, on_heard=self._item_over)
        self.announcer = Announcer(room, clock, agent_words=self._agent_words)
        self._conversation = Conversation(caller, ears.speaker, earlier)
        self._turns = Turns()
        self._farewell = Farewell()
        self._lull = Lull()
        self._open_answers: set[str] = set()
        self._muted_answers: set[str] = set()
        self._last_item: dict[str, str] = {}
        """The item that an open answer is at."""
        self._failed_answers = 0
        self._ready = False
        self._person_speaks = False

    @property
    def pauses(self) -> bool:
        """Nobody would hear it if the model were exchanged now: all was said and understood, a moment ago."""
        return self._ready and not self._busy and self._lull.lasts(self._clock.monotonic_s())

    def history(self) -> list[Said]:
        """The conversation so far, for a model that was not there."""
        return self._conversation.history()

    def ask(self, instructions: str | None = None) -> None:
        """Have the agent say something now."""
        self._lull.asked(self._clock.monotonic_s())
        self._link.reply(instructions)

    def tick(self) -> None:
        """To be called several times a second: what depends on time and not on an event."""
        now_s = self._clock.monotonic_s()
        if self._person_speaks or not self.mouth.silent:
            self._limits.speech(now_s)
        if self._busy:
            self._lull.stirred(now_s)
        if self._farewell.due(now_s, silent=self.mouth.silent and not self._open_answers):
            self._end(self._hung_up)

    @property
    def _busy(self) -> bool:
        return self._person_speaks or not self.mouth.silent or bool(self._open_answers) or self._farewell.begun

    def on_event(self, event: LineEvent) -> None:
        self._lull.stirred(self._clock.monotonic_s())
        match event:
            case AnswerAudio():
                self._answer_audio(event)
            case AnswerText():
                if event.response_id not in self._muted_answers:
                    self._conversation.agent_item(event.item_id).add_text(event.delta)
            case SpeechStarted():
                self._person_started(event)
            case SpeechStopped():
                self._person_stopped(event)
            case CallerWords():
                self._person_words(event)
            case AnswerStarted():
                self._open_answers.add(event.response_id)
                self._lull.answered()
                self._farewell.answer_started()
            case AnswerItemDone():
                self._item_done(event)
            case AnswerDone():
                self._answer_done(event)
            case ToolCalled():
                self._later(self._tool_called(event))
            case ModelReady():
                self._model_ready()
            case ModelAway():
                self._model_away(event)
            case ModelBack():
                self._model_back(event)
            case ModelReplaced():
                self._report(Happened(event.why, event.detail))
            case ReplyRefused():
                _log.warning("the model refused to answer", code=event.code)
            case ModelLost():
                self._end(Ending(event.reason, detail=event.detail))

    # ------------------------------------------------------------------------------------------------- the people

    def _person_started(self, event: SpeechStarted) -> None:
        self._person_speaks = True
        self._limits.speech(self._clock.monotonic_s())
        self._conversation.person_started(event.item_id, event.at_ms)
        self._turns.caller_started()
        self._barge_in()
        self.announcer.show_mood(AgentMood.LISTENING)

    def _barge_in(self) -> None:
        said = self.mouth.cut()
        if not said and not self._open_answers:
            return
        self._farewell.interrupted()
        self._muted_answers |= self._open_answers
        self._link.interrupt()
        for heard in said:
            if not heard.complete:
                self._link.truncate(heard.item_id, heard.heard_ms)
                _log.info("barge-in", heard_ms=heard.heard_ms, received_ms=heard.received_ms)
            self._item_over(heard)

    def _person_stopped(self, event: SpeechStopped) -> None:
        self._person_speaks = False
        self._lull.spoke(event.item_id, self._clock.monotonic_s())
        self._conversation.person_stopped(event.item_id, event.at_ms)
        self._conversation.speaker(event.item_id, self._clock.now_ms())
        self._turns.caller_stopped(event.at_ms)
        self.announcer.show_mood(AgentMood.THINKING)

    def _person_words(self, event: CallerWords) -> None:
        text, now_ms = event.text.strip(), self._clock.now_ms()
        if text:
            who = self._conversation.speaker(event.item_id, now_ms)
            caption = PersonCaption(who, self._ears.track_of(who), event.item_id, text, event.final)
            self.announcer.show_person(caption)
        if event.final:
            self._lull.understood(event.item_id)
            segment = self._conversation.person_words(event.item_id, text, now_ms)
            if segment is not None:
                self._report(segment)

    # -------------------------------------------------------------------------------------------------- the agent

    def _answer_audio(self, event: AnswerAudio) -> None:
        if event.response_id in self._muted_answers:
            return
        self._conversation.agent_item(event.item_id).add_audio(pcm.ms_of(len(event.pcm)))
        self._farewell.spoke(event.response_id)
        self._last_item[event.response_id] = event.item_id
        self.mouth.say(event.item_id, event.pcm)

    def _item_done(self, event: AnswerItemDone) -> None:
        if event.response_id not in self._muted_answers:
            self._conversation.agent_item(event.item_id).complete()
            self.mouth.finish(event.item_id)

    def _first_sound(self, item_id: str) -> None:
        response_ms = self._turns.first_sound(item_id, self._clock.now_ms())
        _log.info("agent speaks", response_ms=response_ms)
        self.announcer.show_mood(AgentMood.SPEAKING)
        self.announcer.agent_speaks()

    def _item_over(self, heard: Heard) -> None:
        over = self._turns.over(heard.item_id, heard.heard_ms, interrupted=not heard.complete)
        segment = self._conversation.agent_over(heard, started_ms=over[1] if over else None)
        if segment is not None:
            self._report(segment)
            self.announcer.agent_said(heard.item_id, segment.text)
        if over is not None:
            turn, _ = over
            self._report(turn)
            _log.info(
                "turn",
                turn=turn.turn,
                response_ms=turn.response_ms,
                played_ms=turn.played_ms,
                interrupted=turn.interrupted,
            )
        self._lull.stirred(self._clock.monotonic_s())
        self._rest_if_silent()

    def _rest_if_silent(self) -> None:
        if self.mouth.silent and not self._open_answers and not self._person_speaks:
            self.announcer.show_mood(AgentMood.LISTENING)

    def _answer_done(self, event: AnswerDone) -> None:
        self._open_answers.discard(event.response_id)
        self._muted_answers.discard(event.response_id)
        if (item_id := self._last_item.pop(event.response_id, None)) is not None:
            self.mouth.finish(item_id)
        if event.usage is not None:
            self._report(event.usage)
        if event.status is AnswerStatus.FAILED:
            self._answer_failed(event)
        elif event.status is AnswerStatus.COMPLETED:
            self._failed_answers = 0
        self._rest_if_silent()

    def _answer_failed(self, event: AnswerDone) -> None:
        self._failed_answers += 1
        _log.warning("answer failed", code=event.error_code, in_a_row=self._failed_answers)
        if self._failed_answers < MAX_FAILED_ANSWERS:
            self._later(self._answer_again())
            return
        quota = event.error_code is not None and "rate_limit" in event.error_code
        self._end(Ending(EndReason.PROVIDER_QUOTA if quota else EndReason.PROVIDER_DOWN, detail=event.error_code))

    async def _answer_again(self) -> None:
        await self._clock.sleep(RETRY_ANSWER_S)
        self.ask()

    async def _tool_called(self, event: ToolCalled) -> None:
        if event.name != END_CALL.name:
            _log.warning("the model called a tool that it was not given")
            await self._link.tool_result(event.call_id, event.name, "There is no such tool.")
            self.ask()
            return
        goodbye = self._farewell.begin(event.response_id, self._clock.monotonic_s())
        await self._link.tool_result(event.call_id, event.name, "You hang up after your goodbye.")
        if goodbye is not None:
            self.ask(goodbye)

    def _agent_words(self) -> tuple[str, str] | None:
        position = self.mouth.position()
        return None if position is None else (position[0], self._conversation.agent_heard(*position))

    # -------------------------------------------------------------------------------------------------- the model

    def _model_ready(self) -> None:
        if not self._ready:
            self._ready = True
            _log.info("model ready")
            if self.mouth.silent:
                self.announcer.show_mood(AgentMood.LISTENING)

    def _model_back(self, event: ModelBack) -> None:
        self._model_ready()
        _log.info("model back", away_ms=event.away_ms, lost_ms=event.lost_ms)
        self._report(Happened(HappenedKind.MODEL_BACK, str(event.away_ms)))
        if event.lost_ms:
            self._report(Happened(HappenedKind.AUDIO_DROPPED, str(event.lost_ms)))

    def _model_away(self, event: ModelAway) -> None:
        _log.warning("model lost, trying again", detail=event.detail)
        self._report(Happened(HappenedKind.MODEL_AWAY, event.detail))
        self._person_speaks = False
        self._open_answers.clear()
        self._muted_answers.clear()
        self._last_item.clear()
        self.mouth.finish_all()
