"""What the agent says, from the pieces that the model sends to what was heard: sound, captions, the transcript's words
and the figures of each turn. Stored lines go the same way (`worker.stand_in`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared import pcm
from shared.call_report import ReportEvent, Turn
from shared.clock import Clock
from shared.log import get_logger
from worker.announcer import Announcer
from worker.clip import Clips
from worker.conversation import Conversation
from worker.loudness import AUDIBLE_RMS, is_loud
from worker.mouth import Mouth
from worker.playout import Heard
from worker.ports import AgentMood, AnswerAudio, AnswerItemDone, AnswerText, CallRoom
from worker.recorder import PATH_MS
from worker.stand_in import StandIn
from worker.turns import Turns
from worker.unheard import Lately, Said, without_last

_log = get_logger(__name__)


@dataclass(slots=True)
class _Sounding:
    """An open answer: the item that it is at, and how much sound there was of it."""

    item_id: str
    ms: float


class AgentVoice:
    def __init__(
        self,
        *,
        room: CallRoom,
        clock: Clock,
        conversation: Conversation,
        turns: Turns,
        clips: Clips,
        report: Callable[[ReportEvent], None],
        on_over: Callable[[], None],
    ) -> None:
        """`on_over`: an item was heard to its end, or cut."""
        self._room = room
        self._clock = clock
        self._conversation = conversation
        self._turns = turns
        self._report = report
        self._on_over = on_over
        self.mouth = Mouth(room, clock, on_first_sound=self._first_sound, on_heard=self._over)
        self.announcer = Announcer(room, clock, agent_words=self._words)
        self._stand_in = StandIn(clips, self.mouth, conversation, report)
        self.say_clip = self._stand_in.say
        self._lately = Lately()
        self._open: dict[str, _Sounding] = {}
        """The open answers of which there is sound."""
        self._lead: dict[str, tuple[str, int]] = {}
        """Of open answers: an item that has begun with silence, and how many bytes of it."""
        self._heard_from_ms: dict[str, int] = {}
        """Of items that sound, when their first sound was heard: milliseconds since 1970."""
        self._sounded_s = clock.monotonic_s()

    def silent_s(self) -> float:
        """For how long nothing is heard; to be asked several times a second."""
        now_s = self._clock.monotonic_s()
        if self.mouth.sounds:
            self._sounded_s = now_s
        return now_s - self._sounded_s

    # ------------------------------------------------------------------------------------- the pieces of an answer

    def text(self, event: AnswerText) -> None:
        self._conversation.agent_item(event.item_id).add_text(event.delta)

    def audio(self, event: AnswerAudio) -> bool:
        """Whether there is something to hear. An item's silence at its beginning waits for that: one in which nothing
        else follows is never said."""
        ms = pcm.ms_of(len(event.pcm))
        self._conversation.agent_item(event.item_id).add_audio(ms)
        sounding = self._open.get(event.response_id)
        if sounding is not None and sounding.item_id == event.item_id:
            sounding.ms += ms
            self.mouth.say(event.item_id, event.pcm)
            return True
        led_by, lead_bytes = self._lead.pop(event.response_id, (event.item_id, 0))
        lead_bytes = lead_bytes if led_by == event.item_id else 0
        if not is_loud(event.pcm, AUDIBLE_RMS):
            self._lead[event.response_id] = event.item_id, lead_bytes + len(event.pcm)
            return False
        before_ms = sounding.ms if sounding is not None else 0.0
        if sounding is not None:
            self.mouth.finish(sounding.item_id)
        self._turns.says(event.response_id, event.item_id)
        self._open[event.response_id] = _Sounding(event.item_id, before_ms + ms)
        self.mouth.say(event.item_id, bytes(lead_bytes) + event.pcm)
        return True

    def item_done(self, event: AnswerItemDone) -> None:
        words = self._conversation.agent_item(event.item_id)
        if event.is_whole:
            words.complete()
        else:
            words.break_off()
        self.mouth.finish(event.item_id)

    def answer_done(self, response_id: str, *, is_whole: bool) -> float:
        """Nothing more comes of the answer. How many ms of sound there were of it."""
        self._lead.pop(response_id, None)
        self._report_turn(self._turns.answer_done(response_id))
        sounding = self._open.pop(response_id, None)
        if sounding is None:
            return 0.0
        if not is_whole:
            self._conversation.agent_broke_off(sounding.item_id)
        self.mouth.finish(sounding.item_id)
        return sounding.ms

    def break_off(self) -> bool:
        """Nothing more comes of any answer; what is there is heard. Whether one was in the middle of its sound."""
        was_sounding = bool(self._open)
        for sounding in self._open.values():
            self._conversation.agent_broke_off(sounding.item_id)
        self._open.clear()
        self._lead.clear()
        self._answers_done()
        self.mouth.finish_all()
        return was_sounding

    def cut(self, truncate: Callable[[str, int], None]) -> bool:
        """Be silent now. Tells `truncate` of each item of the model that was cut, and how many ms of it were heard.
        False when nothing was being said."""
        said = self.mouth.cut()
        for heard in said:
            if not heard.complete and not self._stand_in.speaks(heard.item_id):
                truncate(heard.item_id, heard.heard_ms)
                _log.info("barge-in", heard_ms=heard.heard_ms, received_ms=heard.received_ms)
            self._over(heard)
        return bool(said)

    def unheard_since(self, alive_s: float, truncate: Callable[[str, int], None]) -> bool:
        """Be silent now. What was played since then was heard by nobody: what was told of it is told anew, and
        `truncate` is told as by `cut`. False when nothing was."""
        now_s = self._clock.monotonic_s()
        said = without_last(self.mouth.close(), (now_s - alive_s) * 1000)
        lately = self._lately.unheard_since(alive_s)
        for heard in (*(one.heard for one in lately), *said):
            if not heard.complete and not self._stand_in.speaks(heard.item_id):
                truncate(heard.item_id, heard.heard_ms)
        for one in lately:
            self._take_back(one)
        for heard in said:
            self._over(heard)
        _log.warning("words were heard by nobody", items=len(lately) + len(said))
        return bool(lately or said)

    def _take_back(self, said: Said) -> None:
        item_id, heard_ms = said.heard.item_id, said.heard.heard_ms
        segment = self._conversation.agent_unheard(item_id, said.words.heard(heard_ms), heard_ms)
        for told in (segment, said.turn):
            if told is not None:
                self._report(told)

    def close(self) -> None:
        """The call is over: what was being said ends where it was heard last."""
        for heard in self.mouth.close():
            self._over(heard)
        self._answers_done()

    def _answers_done(self) -> None:
        for turn in self._turns.answers_done():
            self._report_turn(turn)

    # ----------------------------------------------------------------------------------------------- what is heard

    def _first_sound(self, item_id: str) -> None:
        now_ms = self._clock.now_ms()
        # It is handed to the room now: it is heard behind what is in the room's queue, and has the way to go.
        self._heard_from_ms[item_id] = now_ms + round(self._room.queued_ms()) + PATH_MS
        if self._stand_in.speaks(item_id):
            self._stand_in.began(item_id)
        else:
            response_ms = self._turns.first_sound(item_id, now_ms)
            _log.info("agent speaks", response_ms=response_ms)
        self.announcer.show_mood(AgentMood.SPEAKING)
        self.announcer.agent_speaks()

    def _over(self, heard: Heard) -> None:
        words = self._conversation.agent_item(heard.item_id)
        turn = self._turns.over(heard.item_id, heard.heard_ms, interrupted=not heard.complete)
        self._stand_in.over(heard.item_id)
        segment = self._conversation.agent_over(heard, started_ms=self._heard_from_ms.pop(heard.item_id, None))
        if segment is not None:
            self._report(segment)
            self.announcer.agent_said(heard.item_id, segment.text)
        self._lately.add(Said(heard, words, turn, self._clock.monotonic_s()))
        self._report_turn(turn)
        self._on_over()

    def _report_turn(self, turn: Turn | None) -> None:
        if turn is not None:
            self._report(turn)
            _log.info(
                "turn",
                turn=turn.turn,
                response_ms=turn.response_ms,
                played_ms=turn.played_ms,
                interrupted=turn.interrupted,
            )

    def _words(self) -> tuple[str, str] | None:
        position = self.mouth.position()
        return None if position is None else (position[0], self._conversation.agent_heard(*position))
