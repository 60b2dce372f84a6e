"""What the API counts, from its own log and its own requests."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from control_api.middleware.measured import OTHER, Measured
from control_api.services.log_reader import LogReader
from shared.call_report import CallEnded, Report, Turn, Usage
from shared.call_state import EndReason
from tests.fakes.clock import FakeClock
from tests.support.calls import ANN
from tests.support.control_api_parts import Parts, parts
from tests.support.metrics import samples


async def told(api: Parts) -> dict[str, float]:
    return samples(await api.services.measures.text())


async def test_a_call_is_counted_from_its_creation_to_its_end() -> None:
    api = parts()
    reader = LogReader(api.store, api.clock, [api.services.measures.logged])
    await reader.read_on()
    call = await api.opened()
    await api.clock.advance(0.4)
    await api.agent_joins(call)
    await api.joins(call, ANN.user_id)
    at_ms = api.clock.now_ms()
    await api.services.reports.take(
        [
            Report(call.id, 1, 2, at_ms, Turn(1, 640, interrupted=False, played_ms=900)),
            Report(call.id, 1, 3, at_ms, Usage(100, 50, 0, 120, audio_output_tokens=40)),
        ]
    )
    await reader.read_on()
    found = await told(api)
    assert found['voice_api_calls{status="connected"}'] == 1
    assert found["voice_api_calls_opened_total"] == 1
    assert found["voice_api_claims_total"] == 1
    assert found['voice_api_dispatches_total{attempt="first"}'] == 1
    assert found["voice_api_response_seconds_sum"] == 0.64
    assert found['voice_api_tokens_total{kind="audio_in"}'] == 80
    assert found["voice_api_agent_join_seconds_count"] == 1
    assert found["voice_api_connect_seconds_count"] == 1
    assert found["voice_api_workers"] == 1

    await api.services.reports.take([Report(call.id, 1, 4, at_ms, CallEnded(EndReason.CALLER_HUNG_UP))])
    await reader.read_on()
    await reader.read_on()
    found = await told(api)
    assert found['voice_api_calls{status="connected"}'] == 0
    assert found['voice_api_calls_ended_total{reason="caller_hung_up",status="completed"}'] == 1


async def test_what_was_there_before_the_process_is_not_counted() -> None:
    api = parts()
    await api.opened()
    await LogReader(api.store, api.clock, [api.services.measures.logged]).read_on()
    assert (await told(api))["voice_api_calls_opened_total"] == 0


def test_requests_are_counted_by_published_routes_only() -> None:
    seen: list[tuple[str, str, int]] = []

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    app = Starlette(routes=[Route("/known", answer), Route("/secret-1", answer)])
    measured = Measured(app, lambda *told: seen.append(told[:3]), ["/known"], FakeClock())
    client = TestClient(measured)
    client.get("/known")
    client.get("/secret-1")
    client.request("BREW", "/known")
    assert seen == [("GET", "/known", 200), ("GET", OTHER, 200), (OTHER, "/known", 405)]
