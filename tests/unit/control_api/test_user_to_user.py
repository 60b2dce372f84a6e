"""Calls between two people: ringing, answering, declining, and every way in which they end."""

from __future__ import annotations

import json

import pytest

from control_api.records import LeftWhy
from control_api.services.make_room import room_facts
from shared.room_signals import CALL_ANSWERED_TOPIC
from tests.support.api_client import TOKEN, Api, an_api
from tests.support.calls import WORKER

PAIR = {"callType": "user-to-user", "calleeId": "user-2"}


async def answer(api: Api, user: str = "bob") -> dict[str, object]:
    response = await api.request("POST", TOKEN, user=user, json={"roomName": "r1"})
    assert response.status_code == 200, response.text
    body: dict[str, object] = response.json()
    return body


async def test_the_callee_finds_the_call_and_knows_what_is_recorded_before_they_answer() -> None:
    async with an_api() as api:
        await api.called(**PAIR, enableRecording=False, enableTranscription=True)
        listed = (await api.request("GET", params={"status": "ringing"}, user="bob")).json()["sessions"]
        expected = {
            "roomName": "r1",
            "callerId": "user-1",
            "callerName": "Ann",
            "calleeId": "user-2",
            "answeredAt": None,
            "recordingEnabled": False,
            "transcriptionEnabled": True,
        }
        assert [{key: item[key] for key in expected} for item in listed] == [expected]
        assert (await api.request("GET", params={"status": "ringing"}, user="carl")).json()["total"] == 0


async def test_the_room_tells_everyone_what_is_recorded_and_nothing_that_a_client_sent() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR, metadata={"secret": 1}, enableTranscription=False)
        told = api.parts.gateway.rooms[call.media_room].metadata
        assert told == room_facts(call)
        assert json.loads(told) == {"recordingEnabled": False, "transcriptionEnabled": False}


async def test_a_call_between_two_has_no_agent_unless_asked() -> None:
    async with an_api() as api:
        assert (await api.opened(**PAIR))["agentSpawned"] is False
        assert (await api.opened(**PAIR, enableAiAgent=True))["agentStatus"] == "pending"


async def test_the_first_token_answers_and_later_ones_say_that_it_was_answered() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await api.parts.clock.advance(3)
        first = await answer(api)
        assert first["answeredElsewhere"] is False
        shown = await api.shown(user="bob")
        assert (shown["status"], shown["answeredAt"]) == ("ringing", "2023-11-14T22:13:23.000Z")
        await api.parts.clock.advance(1)
        second = await answer(api)
        assert second["answeredElsewhere"] is True
        assert (await api.shown(user="bob"))["answeredAt"] == shown["answeredAt"]
        await api.parts.closed()
        data = api.parts.gateway.rooms[call.media_room].data
        assert [topic for topic, _ in data] == [CALL_ANSWERED_TOPIC]


async def test_it_is_connected_when_both_are_there_and_nobody_else_counts() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await api.parts.joins(call, "user-1")
        await answer(api, "root")
        await api.parts.joins(call, "admin-1")
        assert (await api.shown())["status"] == "ringing"
        await answer(api)
        await api.parts.joins(call, "user-2")
        assert (await api.shown())["status"] == "connected"


@pytest.mark.parametrize(("who", "reason"), [("user-1", "caller_hung_up"), ("user-2", "callee_hung_up")])
async def test_whoever_leaves_on_purpose_ends_it(who: str, reason: str) -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await answer(api)
        stays = {identity: await api.parts.joins(call, identity) for identity in ("user-1", "user-2")}
        await api.parts.clock.advance(7.9)
        await api.parts.leaves(call, stays[who])
        shown = await api.shown()
        assert (shown["status"], shown["endReason"], shown["duration"]) == ("completed", reason, 7)


@pytest.mark.parametrize(("who", "reason"), [("user-1", "caller_lost"), ("user-2", "callee_lost")])
async def test_whoever_is_lost_has_30_s_to_come_back(who: str, reason: str) -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await answer(api)
        stays = {identity: await api.parts.joins(call, identity) for identity in ("user-1", "user-2")}
        for _ in range(12):
            await api.parts.tick()
        await api.parts.leaves(call, stays[who], LeftWhy.LOST)
        for _ in range(29):
            await api.parts.tick()
        assert (await api.shown())["status"] == "connected"
        for _ in range(6):
            await api.parts.tick()
        shown = await api.shown()
        assert (shown["status"], shown["endReason"]) == ("completed", reason)


@pytest.mark.parametrize("how", ["patch", "delete"])
async def test_the_callee_declines(how: str) -> None:
    async with an_api() as api:
        await api.called(**PAIR)
        if how == "patch":
            done = await api.request("PATCH", json={"roomName": "r1", "status": "missed"}, user="bob")
        else:
            done = await api.request("DELETE", params={"roomName": "r1"}, user="bob")
        assert done.status_code == 200
        shown = await api.shown()
        assert (shown["status"], shown["endReason"], shown["duration"]) == ("missed", "declined", 0)


async def test_after_30_s_without_an_answer_it_is_missed() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await api.parts.joins(call, "user-1")
        for _ in range(29):
            await api.parts.tick()
        assert (await api.shown())["status"] == "ringing"
        await api.parts.tick()
        shown = await api.shown(user="bob")
        assert (shown["status"], shown["endReason"]) == ("missed", "no_answer")


async def test_ringing_ends_even_while_the_media_server_is_away() -> None:
    async with an_api() as api:
        await api.called(**PAIR)
        api.parts.gateway.down = True
        for _ in range(31):
            await api.parts.tick()
        assert (await api.shown())["endReason"] == "no_answer"
        api.parts.gateway.down = False
        await api.parts.tick(5)


async def test_a_callee_who_answered_and_never_came() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        await api.parts.joins(call, "user-1")
        await api.parts.clock.advance(20)
        await answer(api)
        for _ in range(58):
            await api.parts.tick()
        assert (await api.shown())["status"] == "ringing"
        for _ in range(6):
            await api.parts.tick()
        shown = await api.shown()
        assert (shown["status"], shown["endReason"]) == ("missed", "no_show")


@pytest.mark.parametrize("how", ["leaves", "delete"])
async def test_the_caller_hangs_up_while_it_rings(how: str) -> None:
    async with an_api() as api:
        call = await api.called(**PAIR)
        ann = await api.parts.joins(call, "user-1")
        if how == "leaves":
            await api.parts.leaves(call, ann)
        else:
            await api.request("DELETE", params={"roomName": "r1"})
        shown = await api.shown(user="bob")
        expected = "caller_hung_up" if how == "leaves" else "ended_by_api"
        assert (shown["status"], shown["endReason"], shown["duration"]) == ("missed", expected, 0)


async def test_a_callee_in_another_call_is_busy() -> None:
    async with an_api() as api:
        await api.post({"roomName": "bobs"}, user="bob")
        session = await api.opened(roomName="r1", **PAIR)
        assert (session["status"], session["endReason"], session["token"]) == ("missed", "busy", "")
        assert "r1" not in api.parts.gateway.rooms
        assert (await api.shown(user="bob"))["endReason"] == "busy"
        await api.parts.tick(5)
        await api.request("DELETE", params={"roomName": "bobs"}, user="bob")
        assert (await api.opened(roomName="r1", **PAIR))["status"] == "ringing"


async def test_a_callee_at_whom_another_call_rings_is_not_busy() -> None:
    async with an_api() as api:
        await api.post({**PAIR, "roomName": "r0"}, user="carl")
        assert (await api.opened(roomName="r1", **PAIR))["status"] == "ringing"


async def test_the_agent_of_a_call_between_two_is_no_party_of_it() -> None:
    async with an_api() as api:
        call = await api.called(**PAIR, enableAiAgent=True)
        await api.parts.joins(call, "user-1")
        await api.parts.agent_joins(call)
        assert (await api.shown())["status"] == "ringing"
        await answer(api)
        await api.parts.joins(call, "user-2")
        assert (await api.shown())["status"] == "connected"
        api.parts.services.workers.closed(api.parts.services.workers._links[WORKER])
        for _ in range(30):
            await api.parts.tick()
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"], shown["recoveries"]) == ("connected", "disconnected", 1)
