"""The agent's side of "whose turn is it": asks the model for answers, knows which are being made, and does not leave
the caller alone when none comes (`worker.patience` says when, this does it).

An answer that was asked for with words of its own (a greeting, a goodbye) is said once. The service makes one answer at
a time and begins some by itself, when the caller has finished. So such a request waits for the answer that is open, or
is made again when that is done; and it is dropped when the caller speaks first.

Only sound that can be heard, or a tool call, settles what is owed. Whatever an answer is called at its end, the caller
has waited for nothing when it was empty, and waits for the rest when it broke off::

    completed, with sound                        settled
    completed without a sound, and one is owed   ┐ asked for again, soon and then less often, as one that failed; of
    incomplete, or cancelled by the service      │ one that was heard in part the rest. After three in a row another
    failed                                       ┘ session is tried, after nine the call ends (an empty one: after 30 s)
"""

from __future__ import annotations

from collections.abc import Callable

from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from worker.clip import ClipName
from worker.comeback import FILTERED, comeback
from worker.ending import Ending
from worker.model_line import ModelBack, ModelLine
from worker.patience import Patience, Step
from worker.ports import ANSWER_OPEN, AnswerDone, AnswerStatus, ReplyRefused
from worker.untold import WORD_MS

LISTEN_S = 1.5
"""A caller who speaks while the model comes back is heard by its detector within this."""
STALLED_S = 1.0
"""Of silence in an answer that was heard and is not done: the next word does not come."""
SPOILT_SESSION = 3
"""So many answers in a row that were empty or broke off: another session may do better."""
SPOILT_CALL = 9
"""No session does."""
TALK_MS = 10_000
"""An answer of which so much was there is no spoilt one, though the caller gets its rest."""
EMPTY = "no_sound"
FILTER = "content_filter"

_log = get_logger(__name__)


class Asking:
    def __init__(
        self,
        link: ModelLine,
        clock: Clock,
        *,
        say_clip: Callable[[ClipName], None],
        report: Callable[[ReportEvent], None],
        end: Callable[[Ending], None],
    ) -> None:
        self._link = link
        self._clock = clock
        self._say_clip = say_clip
        self._report = report
        self._end = end
        self._patience = Patience()
        self._open: set[str] = set()
        self._muted: set[str] = set()
        self._line: str | None = None
        """What the model was asked to say and has not said yet."""
        self._is_new = False
        """What was asked last is answered by no answer that was begun before."""
        self._waiting = False
        """It is asked for that when the open answer is done."""
        self._broke_off = False
        self._unheard = False
        self._was_cut_off = False
        """The session broke in the middle of a sentence; the next one may hear enough of its rest, or not."""
        self._with_tool: set[str] = set()
        """Open answers that called a tool: what follows is asked for."""
        self._spoilt = 0
        """Answers in a row, since one was whole, that were empty or broke off."""
        self._trouble = Ending(EndReason.PROVIDER_DOWN, detail="no_answer")

    @property
    def is_open(self) -> bool:
        """An answer is being made."""
        return bool(self._open)

    @property
    def is_owed(self) -> bool:
        """The caller waits for an answer."""
        return self._patience.is_owed

    def is_muted(self, response_id: str) -> bool:
        """Nobody wants to hear this answer any more."""
        return response_id in self._muted

    # --------------------------------------------------------------------------------------------- what is wanted

    def ask(self, line: str | None = None, *, with_tools: bool = True, is_new: bool = False) -> None:
        """Have the model answer now: by itself, or what `line` instructs it to. `is_new`: to what an answer that is
        being made cannot know."""
        self._line, self._is_new = line, is_new
        self._patience.owe(self._clock.monotonic_s())
        if self._open:
            self._waiting = True
        else:
            self._link.reply(line, with_tools=with_tools)

    def mute(self) -> bool:
        """Stop what is being made; False when nothing is."""
        self._muted |= self._open
        if self._open:
            self._link.interrupt()
        return bool(self._open)

    # --------------------------------------------------------------------------------------------- what happens

    def person_started(self) -> None:
        self._line = None
        self._waiting = self._broke_off = self._unheard = self._was_cut_off = False
        self._patience.settle()

    def person_stopped(self) -> None:
        """The service answers that by itself."""
        self._patience.owe(self._clock.monotonic_s())

    def words_lost(self) -> None:
        """The session has ended before it told what the caller had said."""
        self._unheard = self._patience.is_owed

    def tool_called(self, response_id: str) -> None:
        self._with_tool.add(response_id)

    def tool_loop_stopped(self) -> None:
        """The model calls tools instead of speaking: it is not asked at once again."""
        self._patience.owe(self._clock.monotonic_s())

    def started(self, response_id: str) -> None:
        self._open.add(response_id)
        self._patience.begun(self._clock.monotonic_s())

    def sounded(self) -> None:
        """The answer's sound is here."""
        self._broke_off = self._unheard = self._was_cut_off = False
        self._patience.settle()
        if not self._waiting:
            self._line = None

    def done(self, event: AnswerDone, *, sounded_ms: float) -> None:
        """`sounded_ms`: how much could be heard of it, or will be."""
        wanted = event.response_id not in self._muted
        # Another one serves as well, or what follows a tool; and of one that was never told of nothing was expected.
        counts = wanted and event.response_id in self._open and event.response_id not in self._with_tool
        for answers in (self._open, self._muted, self._with_tool):
            answers.discard(event.response_id)
        if event.status is AnswerStatus.FAILED and wanted:
            self._failed(event, sounded_ms)
        elif self._waiting and not self._open:
            self._waiting = False
            self.ask(self._line)
        elif counts and not self._open:
            self._counted(event, sounded_ms)

    def _counted(self, event: AnswerDone, sounded_ms: float) -> None:
        if event.status is AnswerStatus.COMPLETED and (sounded_ms or not self._patience.is_owed):
            self._broke_off = False
            self._spoilt = 0
            self._patience.settle()
        elif sounded_ms or self._patience.is_owed:
            self._failed(event, sounded_ms)

    def refused(self, event: ReplyRefused) -> None:
        if event.code != ANSWER_OPEN:
            self._refused(event.code, event.retry_after_s)
        elif self._open:
            # The one that is open serves as well, unless certain words are wanted.
            self._waiting = self._line is not None or self._is_new
        else:
            self._patience.refused(self._clock.monotonic_s(), None)

    def away(self, *, broke_off: bool, cut_off: bool, waited_s: float) -> None:
        """The session is lost, and with it what was being made. `cut_off`: it had told that somebody began to speak,
        and not that they stopped. `waited_s`: for how long a caller has waited of whom it told nothing."""
        now_s = self._clock.monotonic_s()
        for answers in (self._open, self._muted, self._with_tool):
            answers.clear()
        self._waiting = False
        self._broke_off = self._broke_off or broke_off
        if broke_off:
            self._patience.owe(now_s)
        if cut_off:
            self._unheard = self._was_cut_off = True
            self._patience.owe(now_s - waited_s)
        self._patience.away(now_s - waited_s)

    def back(self, event: ModelBack) -> None:
        now_s = self._clock.monotonic_s()
        says, line = comeback(
            line=self._line,
            is_owed=self._patience.is_owed,
            broke_off=self._broke_off,
            unheard=self._unheard or event.lost_ms >= WORD_MS,
            was_filled=self._patience.clips > 0,
        )
        self._patience.back(now_s)
        if says and (event.somebody_speaks or self._was_cut_off):
            self._line = line
            self._patience.owe_later(now_s, LISTEN_S)
        elif says:
            self.ask(line)

    def path_gap(self, *, is_cut: bool, is_missed: bool) -> None:
        """For a while nothing got through. `is_cut`: of our words; `is_missed`: the caller spoke, and was not heard."""
        says, line = comeback(
            line=self._line, is_owed=self.is_owed, broke_off=is_cut, unheard=is_missed, was_filled=False
        )
        if says and (is_cut or is_missed):
            self.ask(line)

    def tick(self, *, silent_s: float, somebody_speaks: bool) -> None:
        """To be called several times a second. `silent_s`: for how long nothing of the agent was heard."""
        now_s = self._clock.monotonic_s()
        if somebody_speaks:
            return
        if silent_s >= STALLED_S and self._is_wanted_open and not self._patience.is_owed:
            self._broke_off = True
            self._patience.owe(now_s - silent_s)
        match self._patience.step(now_s, silent_s):
            case Step.CLIP:
                self._say_clip(ClipName.MOMENT if self._patience.clips == 1 else ClipName.STILL)
            case Step.ASK if not self._is_wanted_open:
                self._push()
            case Step.ASK_AGAIN:
                self._stalled("asked_again")
                self._push()
            case Step.GIVE_UP_SESSION:
                self._stalled("session_given_up")
                self._link.give_up_session("stalled")
            case Step.GIVE_UP:
                self._end(self._trouble)
            case _:
                pass

    # --------------------------------------------------------------------------------------------- what is done

    @property
    def _is_wanted_open(self) -> bool:
        return bool(self._open - self._muted)

    def _push(self) -> None:
        self.mute()
        if self._broke_off and self._line is None:
            _, self._line = comeback(line=None, is_owed=True, broke_off=True, unheard=False, was_filled=False)
        self._waiting = False
        self._link.reply(self._line)

    def _failed(self, event: AnswerDone, sounded_ms: float) -> None:
        now_s = self._clock.monotonic_s()
        self._broke_off = self._broke_off or sounded_ms > 0
        if not self._patience.is_owed:
            self._patience.owe(now_s)
        code = event.error_code or (EMPTY if event.status is AnswerStatus.COMPLETED else event.status.value)
        if code == FILTER:
            self._line = FILTERED
        self._refused(code, event.retry_after_s)
        if sounded_ms or event.status is not AnswerStatus.FAILED:
            self._count_spoilt(code, sounded_ms)

    def _count_spoilt(self, code: str, sounded_ms: float) -> None:
        self._spoilt = 0 if sounded_ms >= TALK_MS else self._spoilt + 1
        if self._spoilt >= SPOILT_CALL:
            self._end(self._trouble)
        elif self._spoilt and self._spoilt % SPOILT_SESSION == 0:
            self._stalled("session_given_up")
            self._link.give_up_session(code)

    def _refused(self, code: str, retry_after_s: float | None) -> None:
        is_limit = "rate_limit" in code
        self._trouble = Ending(EndReason.PROVIDER_QUOTA if is_limit else EndReason.PROVIDER_DOWN, detail=code)
        self._patience.refused(self._clock.monotonic_s(), retry_after_s)
        _log.warning("answer failed", code=code, retry_after_s=retry_after_s)
        if is_limit:
            wait_ms = None if retry_after_s is None else str(round(retry_after_s * 1000))
            self._report(Happened(HappenedKind.RATE_LIMITED, wait_ms))
        else:
            self._report(Happened(HappenedKind.ANSWER_FAILED, code))

    def _stalled(self, what_is_done: str) -> None:
        _log.warning("answer stalled", done=what_is_done)
        self._report(Happened(HappenedKind.ANSWER_STALLED, what_is_done))
