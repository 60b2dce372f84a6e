"""Conferences: who makes one connected, and that the last one out ends it."""

from __future__ import annotations

import pytest

from control_api.records import LeftWhy
from tests.support.api_client import TOKEN, Api, an_api, error_of
from tests.support.calls import WORKER

MEET = {"callType": "conference"}


async def ticks(api: Api, seconds: int) -> None:
    for _ in range(seconds):
        await api.parts.tick()


async def test_two_people_are_a_conference() -> None:
    async with an_api() as api:
        call = await api.called(**MEET)
        await api.parts.joins(call, "user-2")
        assert (await api.shown())["status"] == "ringing"
        await api.parts.joins(call, "user-3")
        assert (await api.shown())["status"] == "connected", "its caller need not be one of them"


async def test_one_person_and_the_agent_are_a_conference() -> None:
    async with an_api() as api:
        call = await api.called(**MEET, enableAiAgent=True)
        await api.parts.agent_joins(call)
        assert (await api.shown())["status"] == "ringing"
        await api.parts.joins(call, "user-2")
        assert (await api.shown())["status"] == "connected"


async def test_the_same_person_twice_is_one() -> None:
    async with an_api() as api:
        call = await api.called(**MEET)
        await api.parts.joins(call, "user-2")
        await api.parts.joins(call, "user-2")
        assert (await api.shown())["status"] == "ringing"


async def test_the_last_one_out_ends_it() -> None:
    async with an_api() as api:
        call = await api.called(**MEET)
        ann, bob = await api.parts.joins(call, "user-1"), await api.parts.joins(call, "user-2")
        await ticks(api, 12)
        await api.parts.leaves(call, ann)
        await ticks(api, 40)
        assert (await api.shown())["status"] == "connected", "the first one out does not, though it was its caller"
        await api.parts.leaves(call, bob)
        await ticks(api, 3)
        shown = await api.shown()
        assert (shown["status"], shown["endReason"]) == ("completed", "everyone_left")
        assert "r1" not in api.parts.gateway.rooms


async def test_a_room_in_which_somebody_is_after_all_is_not_closed_under_them() -> None:
    """The webhook that says that Carl came is late, or lost."""
    async with an_api() as api:
        call = await api.called(**MEET)
        ann, bob = await api.parts.joins(call, "user-1"), await api.parts.joins(call, "user-2")
        api.parts.gateway.joins(call.media_room, "user-3")
        await ticks(api, 1)
        await api.parts.leaves(call, ann)
        await api.parts.leaves(call, bob)
        await ticks(api, 40)
        assert (await api.shown())["status"] == "connected"


async def test_a_last_one_who_is_lost_may_come_back() -> None:
    async with an_api() as api:
        call = await api.called(**MEET)
        ann, bob = await api.parts.joins(call, "user-1"), await api.parts.joins(call, "user-2")
        await ticks(api, 1)
        await api.parts.leaves(call, ann)
        await api.parts.leaves(call, bob, LeftWhy.LOST)
        await ticks(api, 29)
        assert (await api.shown())["status"] == "connected"
        await ticks(api, 4)
        assert (await api.shown())["endReason"] == "everyone_left"


async def test_a_conference_to_which_nobody_comes() -> None:
    async with an_api() as api:
        await api.called(**MEET)
        await ticks(api, 64)
        shown = await api.shown()
        assert (shown["status"], shown["endReason"]) == ("missed", "no_show")


async def test_one_who_waits_for_the_others_is_left_in_peace() -> None:
    async with an_api() as api:
        call = await api.called(**MEET)
        await api.parts.joins(call, "user-1")
        await ticks(api, 90)
        assert (await api.shown())["status"] == "ringing"


async def test_without_its_agent_it_goes_on() -> None:
    async with an_api() as api:
        call = await api.called(**MEET, enableAiAgent=True)
        await api.parts.joins(call, "user-1")
        await api.parts.agent_joins(call)
        api.parts.services.workers.closed(api.parts.services.workers._links[WORKER])
        await ticks(api, 14)
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"], shown["recoveries"]) == ("connected", "pending", 1)
        await ticks(api, 16)
        assert ((await api.shown())["status"], (await api.shown())["agentStatus"]) == ("connected", "disconnected")


async def test_an_agent_that_never_comes_is_given_up_and_the_people_talk() -> None:
    async with an_api() as api:
        call = await api.called(**MEET, enableAiAgent=True)
        await api.parts.joins(call, "user-1")
        await ticks(api, 16)
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"]) == ("ringing", "disconnected")


@pytest.mark.parametrize("report", ["provider_down", "agent_hung_up", "caller_hung_up"])
async def test_what_its_worker_says_of_the_end_is_about_the_agent_only(report: str) -> None:
    async with an_api() as api:
        call = await api.called(**MEET, enableAiAgent=True)
        await api.parts.joins(call, "user-1")
        await api.parts.joins(call, "user-2")
        await api.parts.agent_joins(call)
        ended = {
            "callId": call.id,
            "epoch": 1,
            "seq": 2,
            "atMs": api.parts.clock.now_ms(),
            "event": {"type": "call_ended", "reason": report},
        }
        await api.worker("/internal/reports", {"workerId": WORKER, "reports": [ended]})
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"]) == ("connected", "disconnected")


async def test_whoever_knows_its_name_may_join_unless_it_is_for_certain_people() -> None:
    async with an_api() as api:
        await api.called(**MEET)
        assert (await api.request("POST", TOKEN, user="bob", json={"roomName": "r1"})).status_code == 200
        await api.called("r2", **MEET, participantIds=["user-3"])
        for user, status in (("bob", 403), ("carl", 200), ("ann", 200), ("root", 200)):
            answer = await api.request("POST", TOKEN, user=user, json={"roomName": "r2"})
            assert answer.status_code == status, user
        answer = await api.request("POST", TOKEN, user="bob", json={"roomName": "r2"})
        assert error_of(answer) == (403, "Forbidden", "forbidden")


async def test_a_guest_may_read_it_and_not_change_it() -> None:
    async with an_api() as api:
        await api.called(**MEET)
        await api.request("POST", TOKEN, user="bob", json={"roomName": "r1"})
        assert (await api.shown(user="bob"))["callerId"] == "user-1"
        listed = await api.request("GET", user="bob")
        assert listed.json()["total"] == 0, "a list holds calls where one is caller or callee"
        for answer in (
            await api.request("DELETE", params={"roomName": "r1"}, user="bob"),
            await api.request("PATCH", json={"roomName": "r1", "metadata": {}}, user="bob"),
        ):
            assert error_of(answer) == (403, "Access denied", "forbidden")
