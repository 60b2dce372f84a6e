"""What the model's events do to a call: turns, barge-in, captions, transcript.

Nothing here awaits. An event is handled to its end before the next one is looked at, so between "the caller speaks"
and silence lies one function call. What takes time is left to the tasks that `worker.bridge` owns: the mouth, the
announcer, and the few requests that go through `later`. Which answers are asked for, and what happens when none comes,
is `worker.asking`; how they are heard is `worker.agent_voice`; tools are `worker.tools`.

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

from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.agent_voice import AgentVoice
from worker.announcer import PersonCaption
from worker.asking import Asking
from worker.clip import ClipName, Clips
from worker.conversation import Conversation
from worker.ears import Ears
from worker.ending import Ending
from worker.farewell import Farewell
from worker.limits import Limits
from worker.long_turn import GONE_S, LongTurn, Step
from worker.lost_words import LostWords, as_said
from worker.lull import Lull
from worker.model_line import LineEvent, ModelAway, ModelBack, ModelLine, ModelReplaced, TranscriptionOff
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
    PathGap,
    PersonWrote,
    ReplyRefused,
    Said,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    WordsFailed,
)
from worker.tools import Tools
from worker.turns import Turns
from worker.writing import Writing

UNINTELLIGIBLE = "audio_unintelligible"
"""The transcriber's word for sound in which it finds no speech."""
GAP_PACKETS = 25
"""Half a second of sound: a word."""

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
        clips: Clips,
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
        self._conversation = Conversation(caller, ears.speaker, earlier)
        self._turns = Turns()
        self._voice = AgentVoice(
            room=room,
            clock=clock,
            conversation=self._conversation,
            turns=self._turns,
            clips=clips,
            report=report,
            on_over=self._item_over,
        )
        self.mouth, self.announcer = self._voice.mouth, self._voice.announcer
        self._farewell = Farewell()
        self._lull = Lull()
        self._asking = Asking(link, clock, say_clip=self._voice.say_clip, report=report, end=end)
        self._tools = Tools(link=link, asking=self._asking, farewell=self._farewell, clock=clock, report=report)
        self._writing = Writing(
            link, clock, self._conversation, self._turns, self.announcer, self._asking, limits, self._lull, ears, report
        )
        self._lost_words = LostWords(self._conversation, clock, report)
        self._long_turn = LongTurn()
        self._in_doubt = False
        """Nobody knows yet whether what was heard last of the people was words."""
        self._ready = False
        self._person_speaks = False
        self._speech: str | None = None
        """The item of the people whose end was not told."""

    @property
    def pauses(self) -> bool:
        """Nobody would hear it if the model were exchanged now: all was said and understood, a moment ago."""
        return self._ready and not self._busy and self._lull.lasts(self._clock.monotonic_s())

    def history(self) -> list[Said]:
        """The conversation so far, for a model that was not there."""
        return self._conversation.history()

    @property
    def is_quiet(self) -> bool:
        """Nobody speaks, and no answer is being made or waited for."""
        return not self._busy and not self._asking.is_owed

    def say_clip(self, name: ClipName) -> None:
        """Have the agent say a stored line, behind what it is saying."""
        self._voice.say_clip(name)

    def ask(self, instructions: str | None = None) -> None:
        """Have the agent say something now."""
        self._lull.asked(self._clock.monotonic_s())
        self._asking.ask(instructions)

    def tick(self) -> None:
        """To be called several times a second: what depends on time and not on an event."""
        now_s = self._clock.monotonic_s()
        if self._person_speaks or not self.mouth.silent:
            (self._limits.sound if self._in_doubt else self._limits.speech)(now_s)
        self._end_long_turn(now_s)
        self._lost_words.tick()
        if self._busy:
            self._lull.stirred(now_s)
        if self._farewell.due(now_s, silent=self.mouth.silent and not self._asking.is_open):
            self._end(self._hung_up)
        self._asking.tick(silent_s=self._voice.silent_s(), somebody_speaks=self._person_speaks)

    def path_lost(self, alive_s: float) -> None:
        """Nothing that was said since then was heard, and nothing more will be."""
        self._voice.unheard_since(alive_s, lambda *_: None)

    def path_gap(self, gap: PathGap) -> None:
        """For a while nothing got through: what was not heard is said again, and who was not heard is asked again."""
        is_cut = gap.lost_out >= GAP_PACKETS and self._voice.unheard_since(gap.alive_s, self._link.truncate)
        if is_cut:
            self._asking.mute()
        is_quiet = self.is_quiet and not self._person_speaks
        if not self._person_speaks:
            self._asking.path_gap(is_cut=is_cut, is_missed=is_quiet and gap.lost_in >= GAP_PACKETS)

    def close(self) -> None:
        """The call is over: what was being said, and that somebody spoke who was not understood, is on record."""
        self._voice.close()
        self._lost_words.close(self._end_of_speech())

    @property
    def _busy(self) -> bool:
        return self._person_speaks or not self.mouth.silent or self._asking.is_open or self._farewell.begun

    def on_event(self, event: LineEvent) -> None:
        self._lull.stirred(self._clock.monotonic_s())
        match event:
            case AnswerAudio():
                self._answer_audio(event)
            case AnswerText():
                if not self._asking.is_muted(event.response_id):
                    self._voice.text(event)
            case SpeechStarted():
                self._person_started(event)
            case SpeechStopped():
                self._person_stopped(event)
            case CallerWords():
                self._person_words(event)
            case WordsFailed():
                self._person_words_failed(event)
            case AnswerStarted():
                self._asking.started(event.response_id)
                self._lull.answered()
                self._farewell.answer_started()
            case AnswerItemDone():
                if not self._asking.is_muted(event.response_id):
                    self._voice.item_done(event)
            case AnswerDone():
                self._answer_done(event)
            case ToolCalled():
                self._asking.tool_called(event.response_id)
                self._later(self._tools.called(event))
            case ModelReady():
                self._model_ready()
            case ModelAway():
                self._model_away(event)
            case ModelBack():
                self._model_back(event)
            case ModelReplaced():
                self._report(Happened(event.why, event.detail))
            case TranscriptionOff():
                self._lost_words.writes_down = False
                self._report(Happened(HappenedKind.TRANSCRIPTION_OFF, event.code))
            case ReplyRefused():
                self._asking.refused(event)
            case ModelLost():
                self._end(Ending(event.reason, detail=event.detail))

    # ------------------------------------------------------------------------------------------------- the people

    def _person_started(self, event: SpeechStarted) -> None:
        self._person_speaks, self._speech = True, event.item_id
        self._in_doubt = True
        self._limits.sound(self._clock.monotonic_s())
        self._conversation.person_started(event.item_id, event.at_ms)
        self._turns.caller_started()
        self._long_turn.started(event.item_id, self._clock.monotonic_s(), interrupts=self._barge_in())
        self._asking.person_started()
        self.announcer.show_mood(AgentMood.LISTENING)

    def wrote(self, event: PersonWrote) -> None:
        """It is answered as if they had said it; who speaks at this moment is answered with it."""
        self._writing.wrote(event, None if self._person_speaks else self._barge_in)

    def _barge_in(self) -> bool:
        """Whether the agent was saying something, or about to."""
        said = self._voice.cut(self._link.truncate)
        interrupts = self._asking.mute() or said
        if interrupts:
            self._farewell.interrupted()
        return interrupts

    def _end_long_turn(self, now_s: float) -> None:
        match self._long_turn.step(now_s, answered=self.is_quiet, silent_s=self._link.silent_s):
            case Step.LISTEN_IN:
                self._conversation.person_stopped(self._speech or "", self._sounded_until_ms())
                self._link.listen_in()
            case Step.ASK:
                self._person_stopped(SpeechStopped(self._speech or "", self._sounded_until_ms()))
                self._asking.ask()
            case Step.HUSH:
                _log.warning("a turn does not end")
                self._report(Happened(HappenedKind.TURN_TOO_LONG, str(round(self._long_turn.length_s(now_s)))))
            case Step.END:
                self._person_stopped(SpeechStopped(self._speech or "", self._clock.now_ms()))
            case None:
                pass
        self._ears.is_hushed = self._long_turn.is_hushed

    def _sounded_until_ms(self) -> int:
        """When the people were heard last, in a turn that the detector has not ended."""
        silent_s = self._link.silent_s
        return self._clock.now_ms() - (round(silent_s * 1000) if silent_s < GONE_S else 0)

    def _person_stopped(self, event: SpeechStopped) -> None:
        self._person_speaks, self._speech = False, None
        self._long_turn.stopped()
        self._lull.spoke(event.item_id, self._clock.monotonic_s())
        self._conversation.person_stopped(event.item_id, event.at_ms)
        self._conversation.speaker(event.item_id, self._clock.now_ms())
        self._turns.caller_stopped(event.at_ms)
        if not self._conversation.has_words(event.item_id):
            self._lost_words.owed.spoke(event.item_id, self._clock.monotonic_s())
        self._asking.person_stopped()
        self.announcer.show_mood(AgentMood.THINKING)

    def _person_words(self, event: CallerWords) -> None:
        text, now_ms = event.text.strip(), self._clock.now_ms()
        if not event.final and self._conversation.has_words(event.item_id):
            return
        if text:
            self._lost_words.writes_down = True
            self._has_words()
            who = self._conversation.speaker(event.item_id, now_ms)
            caption = PersonCaption(who, self._ears.track_of(who), event.item_id, text, event.final)
            self.announcer.show_person(caption)
        if event.final:
            self._lull.understood(event.item_id)
            self._lost_words.owed.known(event.item_id)
            segment = self._conversation.person_words(event.item_id, text, now_ms)
            if segment is not None:
                self._report(as_said(segment))
            if not text:
                self._has_no_words(event.item_id)

    def _person_words_failed(self, event: WordsFailed) -> None:
        self._lull.understood(event.item_id)
        self._lost_words.owed.known(event.item_id)
        self._lost_words.tell([event.item_id], event.code)
        if event.code == UNINTELLIGIBLE:
            self._has_no_words(event.item_id)

    def _has_words(self) -> None:
        self._in_doubt = False
        self._limits.speech(self._clock.monotonic_s())
        self._long_turn.words()

    def _has_no_words(self, item_id: str) -> None:
        if self._in_doubt:
            self._limits.no_words(self._clock.monotonic_s())
        self._long_turn.no_words(item_id)

    def _end_of_speech(self) -> str | None:
        """Nobody will tell when the speech that goes on has ended. Gives its item."""
        speech, self._speech = self._speech, None
        self._person_speaks = False
        return speech

    # -------------------------------------------------------------------------------------------------- the agent

    def _answer_audio(self, event: AnswerAudio) -> None:
        if self._asking.is_muted(event.response_id):
            return
        if self._voice.audio(event):
            self._asking.sounded()
            self._farewell.spoke(event.response_id)

    def _item_over(self) -> None:
        self._lull.stirred(self._clock.monotonic_s())
        self._rest_if_silent()

    def _rest_if_silent(self) -> None:
        if self.mouth.silent and not self._asking.is_open and not self._person_speaks:
            self.announcer.show_mood(AgentMood.LISTENING)

    def _answer_done(self, event: AnswerDone) -> None:
        if event.usage is not None:
            self._report(event.usage)
        is_whole = event.status is AnswerStatus.COMPLETED
        self._asking.done(event, sounded_ms=self._voice.answer_done(event.response_id, is_whole=is_whole))
        self._rest_if_silent()

    # -------------------------------------------------------------------------------------------------- the model

    def _model_ready(self) -> None:
        if not self._ready:
            self._ready = True
            _log.info("model ready")
            if self.mouth.silent:
                self.announcer.show_mood(AgentMood.LISTENING)

    def _model_back(self, event: ModelBack) -> None:
        _log.info("model back", away_ms=event.away_ms, lost_ms=event.lost_ms)
        self._report(Happened(HappenedKind.MODEL_BACK, str(event.away_ms)))
        if event.lost_ms:
            self._report(Happened(HappenedKind.AUDIO_DROPPED, str(event.lost_ms)))
        self._lost_words.session_back(event)
        self._model_ready()
        self._asking.back(event)

    def _model_away(self, event: ModelAway) -> None:
        _log.warning("model lost, trying again", detail=event.detail)
        self._report(Happened(HappenedKind.MODEL_AWAY, event.detail))
        if self._lost_words.owed:
            self._asking.words_lost()
        self._asking.away(broke_off=self._voice.break_off(), cut_off=self._person_speaks, waited_s=event.waited_s)
        self._lost_words.session_lost(self._end_of_speech())
        self._long_turn.forget()
