"""The worker's port to the API, without an API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from shared.call_report import Report
from shared.claims import Claim, ClaimRequest
from worker.ports import ApiUnreachable, ClaimLost, ControlApi, ReportsRefused


class FakeControlApi(ControlApi):
    def __init__(self, *claims: Claim) -> None:
        self.claims = {(claim.call_id, claim.epoch): claim for claim in claims}
        self.reports: list[Report] = []
        """Everything that was delivered, also twice."""
        self.deliveries = 0
        self.away = False
        self.poison: set[int] = set()
        """A delivery with a report of such a `seq` is refused as a whole."""
        self.hold_claims: asyncio.Event | None = None

    async def claim(self, request: ClaimRequest) -> Claim:
        if self.hold_claims is not None:
            await self.hold_claims.wait()
        if self.away:
            raise ApiUnreachable("away")
        claim = self.claims.pop((request.call_id, request.epoch), None)
        if claim is None:
            raise ClaimLost("409")
        return claim

    async def deliver(self, reports: Sequence[Report]) -> int:
        self.deliveries += 1
        await asyncio.sleep(0)
        if self.away:
            raise ApiUnreachable("away")
        if any(report.seq in self.poison for report in reports):
            raise ReportsRefused("400")
        self.reports.extend(reports)
        return 0
