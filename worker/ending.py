"""How a worker's part in a call ends."""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_report import GoneWhy
from shared.call_state import FAULTS, EndReason


@dataclass(frozen=True, slots=True)
class Ending:
    """At most one of `reason` and `gone` is set. `reason`: the call ends with it, and the room is told. `gone`: only
    the agent leaves. Neither: whoever ended the call knows why, there is nothing to report."""

    reason: EndReason | None = None
    gone: GoneWhy | None = None
    detail: str | None = None
    """A short machine word for operators."""

    @property
    def word(self) -> str:
        """For the log."""
        return (self.reason or self.gone or "told").__str__()


def for_several(ending: Ending) -> Ending:
    """The same for a call of several people: what broke is the agent's, and they go on without it."""
    if ending.reason not in FAULTS:
        return ending
    words = (ending.reason.value, ending.detail)
    return Ending(gone=GoneWhy.FAILED, detail=" ".join(word for word in words if word))
