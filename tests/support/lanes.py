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
    "tests/integration/worker/test_transcription.py::test_the_words_of_two_people_are_written_down_and_shown_to_both",
)
"""Files and tests that hold times to within a tenth of a second or so, or ask a browser for the very words, which a
machine keeps that has nothing else to do: last, in one lane, when all others are done."""
LONG = (
    "tests/e2e/test_faults.py",
    "tests/integration/control_api/test_calls.py",
    "tests/integration/worker/test_model_faults.py",
)
"""Files of minutes, first of their kind: one that begins when the others are done is waited for by two idle lanes."""
_ALONE = "alone"


def is_short(nodeid: str) -> bool:
    return nodeid.partition("::")[0] not in LONG


def is_measuring(nodeid: str) -> bool:
    return nodeid.partition("[")[0] in MEASURING or nodeid.partition("::")[0] in MEASURING


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """A file stays in one lane, and so do folders that share what runs: two browsers leave a small machine no time for
    the audio. What measures times waits for all else."""

    def _split_scope(self, nodeid: str) -> str:
        if is_measuring(nodeid):
            return _ALONE
        shared = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return shared or str(super()._split_scope(nodeid))

    def _reschedule(self, node: WorkerController) -> None:
        if list(self.workqueue) != [_ALONE]:
            super()._reschedule(node)
            return
        open_lanes = [one for one in self.nodes if not one.shutting_down]
        if node in open_lanes and len(open_lanes) > 1:
            # The one with the browsers stays: its stack runs, and some of what measures needs it.
            if self._pending_of(self.assigned_work[node]) <= 2 and BROWSER not in self.assigned_work[node]:
                node.shutdown()  # it does what it has, and no more
            return
        # A lane holds back its last test until it knows what comes next; so the others, when they are done, look here.
        for last in open_lanes:
            if not any(self._pending_of(self.assigned_work[one]) for one in self.nodes if one is not last):
                super()._reschedule(last)


def scheduler(config: Any, log: Any) -> Lanes:
    return Lanes(config, log)
