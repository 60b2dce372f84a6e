"""All calls by HTTP, as operators ask for them: the list, the workers, the figures."""

from __future__ import annotations

from typing import Any

import pytest

from control_api.records import Call, StoredSegment, StoredTurn, StoredUsage
from control_api.services.workers import FORGET_AFTER_S
from control_api.token_costs import TokenCosts
from shared.call_report import Usage
from shared.ids import WorkerId
from shared.prices import Prices
from shared.worker_link import Heartbeat, HeldCall, Hello
from tests.fakes.clock import START_MS
from tests.support.api_client import SESSION, Api, an_api, error_of
from tests.support.calls import CALL

WORKERS = "/api/voice/workers"
STATS = "/api/voice/stats"
HOUR_MS = 3_600_000


async def listed(api: Api, user: str = "root", **params: Any) -> list[str]:
    answer = await api.request("GET", params={"listAll": "true", **params}, user=user)
    assert answer.status_code == 200, answer.text
    return [session["roomName"] for session in answer.json()["sessions"]]


async def test_an_admin_sees_everybodys_calls_page_by_page() -> None:
    async with an_api() as api:
        for number, user in enumerate(("ann", "bob", "ann")):
            await api.request("POST", json={"roomName": f"r{number}"}, user=user)
            await api.parts.clock.advance(1)
        assert await listed(api) == ["r2", "r1", "r0"]
        assert await listed(api, userId="user-1") == ["r2", "r0"]
        answer = await api.request("GET", params={"listAll": "true", "limit": 2, "userId": "user-1"}, user="root")
        assert (answer.json()["total"], answer.json()["count"], "Link" in answer.headers) == (2, 2, False)
        answer = await api.request("GET", params={"listAll": "true", "limit": 2, "q": "x", "offset": 0}, user="root")
        assert answer.json()["total"] == 0
        assert [one["roomName"] for one in (await api.request("GET", user="bob")).json()["sessions"]] == ["r1"]


async def test_calls_are_narrowed_down_by_words_and_time() -> None:
    async with an_api() as api:
        first = await api.called("r0")
        await api.parts.clock.advance(60)
        second = await api.called("r1")
        said = StoredSegment(first.id, "s", "agent", "Your parcel is late.", START_MS, START_MS + 1)
        await api.parts.store.write(lambda tx: tx.put_segment(said))
        assert await listed(api, q="parcel late") == ["r0"]
        assert await listed(api, user="ann", listAll="false", q="parcel") == ["r0"], "in one's own calls, too"
        assert await listed(api, q="parcel", userId="nobody") == []
        assert first.created_at_ms < second.created_at_ms
        created = (await api.shown("r1"))["createdAt"]
        assert await listed(api, **{"from": created}) == ["r1"]
        assert await listed(api, to=created) == ["r0"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"q": " "}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a b c d e f g h i j k"}, "q"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-31"}, "from"),
        ({"from": "2026-03-31T14:05:00"}, "from"),
        ({"to": "2026-02-30T00:00:00Z"}, "to"),
        ({"to": "1774965900"}, "to"),
        ({"from": "2026-03-31T00:00:00Z", "to": "2026-03-31T02:00:00+02:00"}, "to"),
        ({"listAll": "perhaps"}, "listAll"),
        ({"userId": ""}, "userId"),
        ({"userId": "user-1", "listAll": "false"}, "userId"),
        ({"limit": 101}, "limit"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_400_and_says_which_part(
    params: dict[str, Any], field: str
) -> None:
    async with an_api() as api:
        answer = await api.request("GET", params={"listAll": "true", **params}, user="root")
        assert error_of(answer)[0] == 400
        assert answer.json()["details"]["field"] == field


@pytest.mark.parametrize("path", [SESSION + "?listAll=true", WORKERS, STATS])
async def test_others_are_refused(path: str) -> None:
    async with an_api() as api:
        answer = await api.request("GET", path)
        assert error_of(answer)[::2] == (403, "forbidden")


async def test_workers_with_their_load_and_since_when_they_leave() -> None:
    async with an_api() as api:
        workers, clock = api.parts.services.workers, api.parts.clock
        busy = workers.connected(Hello(WorkerId("w-1"), 3, "1.2.3"))
        old = workers.connected(Hello(WorkerId("w-2"), 2))
        workers.heard(busy, Heartbeat(1, (HeldCall(CALL, 1),)))
        workers.heard(old, Heartbeat(0, ()))
        body = (await api.request("GET", WORKERS, user="root")).json()
        assert [(one["workerId"], one["state"], one["calls"], one["version"]) for one in body["workers"]] == [
            ("w-1", "ready", 1, "1.2.3"),
            ("w-2", "full", 0, None),
        ]
        assert (body["count"], body["slots"], body["freeSlots"]) == (2, 5, 1)

        await clock.advance(2)
        workers.heard(busy, Heartbeat(0, (HeldCall(CALL, 1),), draining=True))
        await clock.advance(2)
        workers.heard(busy, Heartbeat(0, (HeldCall(CALL, 1),), draining=True))
        workers.closed(old)
        [leaving, gone] = (await api.request("GET", WORKERS, user="root")).json()["workers"]
        assert (leaving["state"], gone["state"]) == ("draining", "gone")
        assert leaving["connectedAt"] < leaving["drainingSince"] < leaving["lastHeardAt"]

        await clock.advance(3.5)
        assert (await api.request("GET", WORKERS, user="root")).json()["workers"][0]["state"] == "silent"
        await clock.advance(FORGET_AFTER_S)
        assert (await api.request("GET", WORKERS, user="root")).json()["count"] == 1


async def test_figures_over_time() -> None:
    async with an_api() as api:
        call = await api.called("r0")
        await api.parts.clock.advance(1)
        await api.parts.joins(call, "user-1")
        await api.parts.agent_joins(call)

        def use_case(tx: Any) -> None:
            for turn, response_ms in enumerate((400, 900, None)):
                tx.put_turn(StoredTurn(call.id, 1, turn, response_ms, False, 0))
            tx.put_usage(StoredUsage(call.id, 1, 1, Usage(1_000, 500, 0, 1_200, audio_output_tokens=500)))

        await api.parts.store.write(use_case)
        body = (await api.request("GET", STATS, user="root")).json()
        assert (body["bucket"], len(body["buckets"])) == ("hour", 25)
        assert [one["calls"] for one in body["buckets"]] == [0] * 24 + [1]
        assert body["buckets"][-1] == {**body["total"], "start": body["buckets"][-1]["start"]}
        assert {key: body["total"][key] for key in ("calls", "answered", "missed", "failed", "waiting", "answers")} == {
            "calls": 1,
            "answered": 1,
            "missed": 0,
            "failed": 0,
            "waiting": 0,
            "answers": 2,
        }
        assert (body["total"]["responseP50Ms"], body["total"]["responseP95Ms"]) == (400, 900)
        tokens = {"input": 1_000, "output": 500, "cached": 0, "audio": 1_200, "costUsd": None}
        assert body["total"]["tokens"] == tokens
        shown = (await api.request("GET", params={"roomName": "r0"}, user="root")).json()["session"]
        assert shown["tokens"] == tokens
        assert (await api.shown("r0"))["tokens"] is None, "for admins only"
        days = (await api.request("GET", STATS, params={"bucket": "day"}, user="root")).json()
        assert (len(days["buckets"]), days["total"]["calls"]) == (31, 1)


PRICES = (
    '{"usual": {"text_in": 4, "audio_in": 32, "cached_in": 0.4, "text_out": 16, "audio_out": 64},'
    ' "gpt-realtime-2.1-mini": {"text_in": 1, "audio_in": 10, "cached_in": 0.1, "text_out": 2, "audio_out": 20}}'
)
_OLD = '"gpt-realtime": {"text_in": 4, "audio_in": 32, "cached_in": 0.4, "text_out": 16, "audio_out": 64}'
OLD_PRICES = f"{{{_OLD}}}"
USED = Usage(1_000, 500, 200, 900, audio_output_tokens=400, cached_audio_tokens=100)
"""Text in 400, audio in 400, cached 200, text out 100, audio out 400."""


async def uses_tokens(api: Api, call: Call) -> None:
    await api.parts.store.write(lambda tx: tx.put_usage(StoredUsage(call.id, 1, 1, USED)))
    await api.parts.clock.advance(1)


async def cost_usd(api: Api, room_name: str | None = None) -> float | None:
    """Of one call, or in the figures of all."""
    if room_name is not None:
        tokens = (await api.shown(room_name, user="root"))["tokens"]
    else:
        tokens = (await api.request("GET", STATS, user="root")).json()["total"]["tokens"]
    found: float | None = tokens["costUsd"]
    return found


@pytest.mark.parametrize(
    ("prices", "asked"),
    [
        (PRICES.replace("usual", "gpt-realtime-2.1"), "gpt-realtime-2.1-2026-05-01"),
        (PRICES.replace("usual", "gpt-realtime-2.1"), "gpt-realtime-2025-08-28"),
        (PRICES.replace("usual", "my-model"), "my-model-2026-05-01"),
        (OLD_PRICES, "gpt-realtime"),
        (OLD_PRICES, "gpt-realtime-2025-08-28"),
    ],
)
async def test_a_dated_name_costs_what_its_name_does_and_an_old_one_what_it_did(prices: str, asked: str) -> None:
    async with an_api(costs=TokenCosts(Prices.parse(prices), "usual")) as api:
        await uses_tokens(api, await api.called("r0", model=asked))
        usual_usd = (400 * 4 + 400 * 32 + 200 * 0.4 + 100 * 16 + 400 * 64) / 1e6
        assert await cost_usd(api) == pytest.approx(usual_usd)


async def test_each_call_costs_what_its_model_costs() -> None:
    async with an_api(costs=TokenCosts(Prices.parse(PRICES), "usual")) as api:
        assert await cost_usd(api) == 0
        await uses_tokens(api, await api.called("r0"))
        await uses_tokens(api, await api.called("r1", model="gpt-4o-mini-realtime-preview-2024-12-17"))
        usual_usd = (400 * 4 + 400 * 32 + 200 * 0.4 + 100 * 16 + 400 * 64) / 1e6
        mini_usd = (400 * 1 + 400 * 10 + 200 * 0.1 + 100 * 2 + 400 * 20) / 1e6
        assert await cost_usd(api, "r0") == pytest.approx(usual_usd), "a call that names no model has the workers'"
        assert await cost_usd(api, "r1") == pytest.approx(mini_usd), "a retired name stands for its successor"
        assert await cost_usd(api) == pytest.approx(usual_usd + mini_usd)
        tokens = (await api.request("GET", STATS, user="root")).json()["total"]["tokens"]
        assert {**tokens, "costUsd": 0} == {
            "input": 2_000,
            "output": 1_000,
            "cached": 400,
            "audio": 1_600,
            "costUsd": 0,
        }


async def test_a_cost_of_which_a_part_is_not_known_is_null() -> None:
    async with an_api(costs=TokenCosts(Prices.parse(PRICES), "usual")) as api:
        await uses_tokens(api, await api.called("r0"))
        call = await api.called("r1", model="another")
        await api.parts.clock.advance(1)
        assert await cost_usd(api, "r1") == 0, "it has used nothing"
        assert await cost_usd(api) == await cost_usd(api, "r0")
        await uses_tokens(api, call)
        assert await cost_usd(api, "r1") is None
        assert await cost_usd(api) is None


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"bucket": "minute"}, "bucket"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "from"),
        ({"bucket": "day", "from": "2020-01-01T00:00:00Z"}, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"from": "soon"}, "from"),
    ],
)
async def test_figures_of_a_time_that_is_too_long_are_refused(params: dict[str, Any], field: str) -> None:
    async with an_api() as api:
        answer = await api.request("GET", STATS, params=params, user="root")
        assert (error_of(answer)[0], answer.json()["details"]["field"]) == (400, field)
