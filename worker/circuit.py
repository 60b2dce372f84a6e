"""Whether the model takes calls at all, for all calls of this process. Pure; seconds on one growing clock.

A key that is refused or an account without money is nobody's call's own trouble: the next caller would meet the same.
So the first refusal opens the circuit, and it closes when a probe has passed; until then the process takes no calls.
It begins open: a bad key is found at the start, and not by the first caller.
"""

from __future__ import annotations

from shared.call_state import EndReason
from worker.ports import ModelLost

PROBE_MIN_S = 2.0
PROBE_MAX_S = 60.0

UNPROVEN = "not_probed"
_OF_ALL_CALLS = frozenset({EndReason.PROVIDER_AUTH, EndReason.PROVIDER_QUOTA})


class Circuit:
    def __init__(self) -> None:
        self.problem: str | None = UNPROVEN
        """Why no calls are taken, as a machine word; None while they are."""
        self.needs_answer = False
        """A session alone proves nothing: money is asked for with the first answer."""
        self._failures = 0

    def refused(self, loss: ModelLost) -> bool:
        """A call was refused. Whether that opens the circuit now."""
        if not loss.is_final or loss.reason not in _OF_ALL_CALLS or self.problem is not None:
            return False
        self._open(loss)
        self._failures = 0
        return True

    def probed(self, loss: ModelLost | None) -> None:
        """A probe has passed (None), or was refused."""
        if loss is None:
            self.problem, self.needs_answer, self._failures = None, False, 0
        else:
            self._open(loss)
            self._failures += 1

    @property
    def next_probe_s(self) -> float:
        """How long to wait before the next probe."""
        return min(PROBE_MIN_S * float(2 ** min(self._failures, 10)), PROBE_MAX_S)

    def _open(self, loss: ModelLost) -> None:
        self.problem = loss.reason.value
        self.needs_answer = self.needs_answer or (loss.is_final and loss.reason is EndReason.PROVIDER_QUOTA)
