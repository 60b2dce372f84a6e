"""What people write to the agent in the room's chat: in the transcript, on all pages and in the model's memory as if
they had said it."""

from __future__ import annotations

from collections.abc import Callable

from shared.call_report import ReportEvent
from shared.clock import Clock
from shared.log import get_logger
from worker.announcer import Announcer, PersonCaption
from worker.asking import Asking
from worker.conversation import Conversation
from worker.ears import Ears
from worker.limits import Limits
from worker.lull import Lull
from worker.model_line import ModelLine
from worker.ports import AgentMood, PersonWrote
from worker.turns import Turns

_log = get_logger(__name__)


class Writing:
    def __init__(
        self,
        link: ModelLine,
        clock: Clock,
        conversation: Conversation,
        turns: Turns,
        announcer: Announcer,
        asking: Asking,
        limits: Limits,
        lull: Lull,
        ears: Ears,
        report: Callable[[ReportEvent], None],
    ) -> None:
        self._link = link
        self._clock = clock
        self._conversation = conversation
        self._turns = turns
        self._announcer = announcer
        self._asking = asking
        self._limits = limits
        self._lull = lull
        self._ears = ears
        self._report = report

    def wrote(self, event: PersonWrote, interrupt: Callable[[], object] | None) -> None:
        """`interrupt` stops what is being said; None: somebody speaks at this moment, and the answer to them is the
        answer to this."""
        segment = self._conversation.person_wrote(event.identity, event.text, self._clock.now_ms())
        if segment is None:
            return
        if interrupt is not None:
            interrupt()
        _log.info("a person wrote", chars=len(segment.text))
        self._limits.speech(self._clock.monotonic_s())
        self._report(segment)
        self._announcer.show_person(
            PersonCaption(event.identity, self._ears.track_of(event.identity), segment.segment_id, segment.text, True)
        )
        self._link.write(segment.text)
        if interrupt is not None:
            self._answer()

    def _answer(self) -> None:
        """The time that this takes is not measured: nobody has waited for the end of any speech."""
        self._turns.caller_started()
        self._lull.asked(self._clock.monotonic_s())
        self._asking.person_started()
        self._asking.ask(is_new=True)
        self._announcer.show_mood(AgentMood.THINKING)
