"""The probes of the model against its stand-in: what they find out, and what they cost."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from scripts.dev.free_ports import free_port
from shared.call_state import EndReason
from shared.clock import SystemClock
from tests.support.local_realtime import RunningServer, running_server
from worker.adapters.key_check import check_key
from worker.adapters.realtime_link import OpenAiRealtimeLink
from worker.model_watch import try_session
from worker.ports import ModelLost

KEY = "sk-right"


async def _check(url: str, key: str) -> ModelLost | None:
    async with aiohttp.ClientSession() as http:
        return await check_key(http, f"{url}/v1", key)


async def _try(server: RunningServer, *, with_answer: bool) -> ModelLost | None:
    async with aiohttp.ClientSession() as http:
        clock = SystemClock()
        link = OpenAiRealtimeLink(http=http, api_key=KEY, base_url=f"{server.http_url}/v1", clock=clock)
        return await try_session(link, "gpt-realtime", clock, with_answer=with_answer)


def _script(*faults: dict[str, Any]) -> dict[str, Any]:
    return {"turns": [{"says": "Yes."}], "faults": list(faults)}


async def test_a_key_is_judged_without_a_session() -> None:
    async with running_server(_script(), key=KEY) as server:
        assert await _check(server.http_url, KEY) is None
        assert await _check(server.http_url, "sk-wrong") == ModelLost(
            EndReason.PROVIDER_AUTH, "invalid_api_key", is_final=True
        )
        assert server.server.statistics.sessions_total == 0


async def test_a_service_that_is_not_there_is_down() -> None:
    loss = await _check(f"http://127.0.0.1:{free_port()}", KEY)
    assert loss is not None
    assert (loss.reason, loss.is_final) == (EndReason.PROVIDER_DOWN, False)


@pytest.mark.parametrize(
    ("fault", "with_answer", "reason"),
    [
        (None, False, None),
        (None, True, None),
        ({"kind": "refuse", "status": 401, "at_connect": True}, False, EndReason.PROVIDER_AUTH),
        ({"kind": "fail_response", "code": "insufficient_quota", "at_turn": 0}, False, None),
        ({"kind": "fail_response", "code": "insufficient_quota", "at_turn": 0}, True, EndReason.PROVIDER_QUOTA),
    ],
    ids=["well", "well, with an answer", "no key", "a session needs no money", "an answer does"],
)
async def test_a_session_is_tried(fault: dict[str, Any] | None, with_answer: bool, reason: EndReason | None) -> None:
    async with running_server(_script(*([fault] if fault else []))) as server:
        loss = await _try(server, with_answer=with_answer)
    assert (None if loss is None else loss.reason) is reason
