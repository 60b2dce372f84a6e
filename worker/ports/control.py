"""The ports to the control API, and to the spool where its reports wait."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from shared.call_report import Report
from shared.claims import Claim, ClaimRequest
from shared.ids import CallId


class ClaimLost(Exception):
    """Somebody else has the call, or it is over: nobody should be offered this job again."""


class ApiUnreachable(Exception):
    """The API did not answer in time, or not sensibly: another worker may be luckier."""


class ReportsRefused(Exception):
    """The API understood the request and refuses it as a whole; the same bytes will be refused again."""


class ControlApi(ABC):
    @abstractmethod
    async def claim(self, request: ClaimRequest) -> Claim:
        """Answers within `shared.claims.TIMEOUT_S`. Raises `ClaimLost` or `ApiUnreachable`."""

    @abstractmethod
    async def deliver(self, reports: Sequence[Report]) -> int:
        """How many of them the API refused; they are done with all the same. Raises `ApiUnreachable` (send again) or
        `ReportsRefused`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The oldest reports of one call that are not acknowledged yet."""

    call_id: CallId
    epoch: int
    reports: tuple[Report, ...]


class Spool(ABC):
    """Reports that were not acknowledged yet, kept where they survive the process."""

    @abstractmethod
    def append(self, report: Report) -> bool:
        """Keep `report`; False when it was dropped for want of room (see the implementation's rule). Reports about how
        a call began or ended are never dropped."""

    @abstractmethod
    def oldest(self, max_reports: int) -> Batch | None:
        """The next ones to send, in the order of their `seq`; None when there is nothing to send."""

    @abstractmethod
    def acknowledge(self, batch: Batch) -> None:
        """Forget `batch`, which is what `oldest` gave last."""

    @abstractmethod
    def sync(self) -> None:
        """Make what was appended survive a crash of the machine. May block for milliseconds: call it off the loop."""

    @property
    @abstractmethod
    def size_bytes(self) -> int: ...

    @property
    @abstractmethod
    def dropped(self) -> int:
        """How many reports were dropped so far."""

    @abstractmethod
    def close(self) -> None: ...
