"""How `make test` deals its files out to the lanes that run at the same time."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser/"
TOGETHER = (BROWSER, "tests/e2e/one_worker/", "tests/e2e/two_workers/")
"""Folders whose files share one running stack, and so a lane."""
MEASURING = (
    "tests/browser/test_ai_call.py::test_a_whole_call",
    "tests/browser/test_people.py::test_two_people_ring_talk_and_hang_up",
    "tests/integration/worker/test_conversation.py::test_a_question_is_answered_aloud_and_both_sides_are_told",
    "tests/integration/worker/test_conversation.py::test_barge_in_is_silence_at_the_caller",
    "tests/integration/worker/test_conversation.py::test_the_greeting_comes_as_soon_as_the_caller_can_hear_it",
    "tests/integration/worker/test_recording.py",
    "tests/integration/worker/test_several_people.py::test_either_may_barge_in",
    "tests/integration/worker/test_thinking_models.py::test_two_items_of_one_answer_are_heard_in_order_and_are_one_turn",
    "tests/integration/worker/test_transcription.py::test_the_words_of_two_people_are_written_down_and_shown_to_both",
)
"""Files and tests that hold times to within a tenth of a second or so, or ask a browser for the very words, which a
machine keeps that has little else to do: last, in one lane, when all others but light ones are done."""
LIGHT = (
    "tests/integration/worker/test_endings.py",
    "tests/integration/worker/test_model_faults.py",
)
"""Files whose tests wait for minutes and do little (a third of a core), and share nothing but what a whole run has:
they are dealt out one by one, and may run beside what measures."""
LONG = (
    "tests/browser/test_console.py",
    "tests/e2e/test_faults.py",
    "tests/integration/control_api/test_calls.py",
)
"""Files of minutes, first of their kind: one that begins when the others are done is waited for by two idle lanes."""
_ALONE = "alone"


def is_short(nodeid: str) -> bool:
    return nodeid.partition("::")[0] not in LONG


def is_light(nodeid: str) -> bool:
    return nodeid.partition("::")[0] in LIGHT


def is_measuring(nodeid: str) -> bool:
    return nodeid.partition("[")[0] in MEASURING or nodeid.partition("::")[0] in MEASURING


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """A file stays in one lane, and so do folders that share what runs: two browsers leave a small machine no time for
    the audio. What measures times waits for all else but what is light."""

    def _split_scope(self, nodeid: str) -> str:
        if is_measuring(nodeid):
            return _ALONE
        if is_light(nodeid):
            return nodeid
        shared = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return shared or str(super()._split_scope(nodeid))

    def _reschedule(self, node: WorkerController) -> None:
        waiting = list(self.workqueue)
        if _ALONE not in waiting or not all(map(_may_run_with_it, waiting)):
            super()._reschedule(node)
            return
        measuring = self._lane_that_measures()
        if node is not measuring:
            if len(waiting) > 1:
                self.workqueue.move_to_end(_ALONE)
                super()._reschedule(node)
            elif self._pending_of(self.assigned_work[node]) <= 2:
                node.shutdown()  # it does what it has, and no more
        # A lane holds back its last test until it knows what comes next; so this is looked at whoever has done one.
        if all(self._does_light_work(one) for one in self.nodes if one is not measuring):
            self.workqueue.move_to_end(_ALONE, last=False)
            super()._reschedule(measuring)

    def _lane_that_measures(self) -> WorkerController:
        """The one with the browsers: its stack runs, and some of what measures needs it."""
        return next((one for one in self.nodes if BROWSER in self.assigned_work[one]), self.nodes[-1])

    def _does_light_work(self, node: WorkerController) -> bool:
        work = self.assigned_work[node].items()
        return not self._pending_of({scope: unit for scope, unit in work if not is_light(scope)})


def _may_run_with_it(scope: str) -> bool:
    return scope == _ALONE or is_light(scope)


def scheduler(config: Any, log: Any) -> Lanes:
    return Lanes(config, log)
