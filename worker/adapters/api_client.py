"""The control API's internal HTTP routes: claims and reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import aiohttp

from shared import call_report, claims, wire
from shared.call_report import Report
from shared.claims import Claim, ClaimRequest
from shared.ids import WorkerId
from shared.log import get_logger
from worker.ports import ApiUnreachable, ClaimLost, ControlApi, ReportsRefused

REPORTS_TIMEOUT_S = 10.0

_log = get_logger(__name__)


class HttpControlApi(ControlApi):
    def __init__(self, *, http: aiohttp.ClientSession, base_url: str, token: str, worker_id: WorkerId) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._worker_id = worker_id

    async def claim(self, request: ClaimRequest) -> Claim:
        status, body = await self._post(claims.PATH, request.to_wire(), claims.TIMEOUT_S)
        if status == 200:
            try:
                return Claim.from_wire(wire.parse_object(body, max_bytes=claims.MAX_BYTES))
            except wire.WireError as error:
                raise ApiUnreachable(f"the claim cannot be read: {error}") from None
        # 404: the API has no such call (any more), so nobody will ever get it.
        if status in (404, 409):
            raise ClaimLost(str(status))
        raise ApiUnreachable(f"status {status}")

    async def deliver(self, reports: Sequence[Report]) -> int:
        payload = {"workerId": self._worker_id, "reports": [report.to_wire() for report in reports]}
        status, body = await self._post(call_report.PATH, payload, REPORTS_TIMEOUT_S)
        if status == 200:
            return len(_rejected(body))
        if status in (400, 413, 422):
            raise ReportsRefused(str(status))
        if status in (401, 403):
            _log.error("the API does not accept this worker's token", status=status)
        raise ApiUnreachable(f"status {status}")

    async def _post(self, path: str, payload: dict[str, Any], timeout_s: float) -> tuple[int, bytes]:
        try:
            async with self._http.post(
                self._base_url + path,
                data=wire.dumps(payload).encode(),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiUnreachable(type(error).__name__) from None


def _rejected(body: bytes) -> list[Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return []
    rejected = value.get("rejected") if isinstance(value, dict) else None
    return rejected if isinstance(rejected, list) else []
