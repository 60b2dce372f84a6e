"""What workers post: claims and reports. Their bodies are those of `shared`, not of the public contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from control_api.http_errors import JsonResponse, error_response
from control_api.middleware.scope import request_id
from control_api.services.container import services
from shared import call_report, claims, wire
from shared.errors import Errors, VoiceError
from shared.log import get_logger

log = get_logger(__name__)

BODY_LIMITS = {claims.PATH: claims.MAX_BYTES, call_report.PATH: call_report.MAX_BYTES}
MALFORMED = "malformed"


async def claim(request: Request) -> Response:
    body = wire.parse_object(await request.body(), max_bytes=claims.MAX_BYTES)
    won = await services(request).claims.claim(claims.ClaimRequest.from_wire(body))
    return JsonResponse(won.to_wire())


async def take_reports(request: Request) -> Response:
    """A report that cannot be read is refused alone: it must not block those behind it."""
    body = wire.parse_object(await request.body(), max_bytes=call_report.MAX_BYTES)
    wire.text(body, "workerId", max_chars=128)
    rejected: dict[int, str] = {}
    reports: list[call_report.Report] = []
    positions: list[int] = []
    for index, value in enumerate(wire.objects(body, "reports", max_items=call_report.MAX_BATCH)):
        try:
            reports.append(call_report.Report.from_wire(value))
            positions.append(index)
        except wire.WireError as error:
            log.warning("report refused", why=str(error))
            rejected[index] = MALFORMED
    taken = await services(request).reports.take(reports)
    rejected |= {positions[index]: code for index, code in taken.rejected.items()}
    return JsonResponse(_taken(len(reports) - len(taken.rejected), rejected))


def _taken(accepted: int, rejected: Mapping[int, str]) -> dict[str, Any]:
    return {
        "accepted": accepted,
        "rejected": [{"index": index, "code": code} for index, code in sorted(rejected.items())],
    }


def _route(path: str, handler: Any) -> BaseRoute:
    async def endpoint(request: Request) -> Response:
        try:
            answer: Response = await handler(request)
            return answer
        except wire.WireError as error:
            problem = VoiceError(Errors.INVALID_REQUEST, str(error))
        except VoiceError as error:
            problem = error
        return error_response(problem, request_id=request_id(request.scope))

    return Route(path, endpoint, methods=["POST"])


ROUTES = (_route(claims.PATH, claim), _route(call_report.PATH, take_reports))
