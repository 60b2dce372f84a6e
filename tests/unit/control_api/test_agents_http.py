"""``/api/voice/agent``: an agent is added to and removed from running calls."""

from __future__ import annotations

from typing import Any

import pytest

from shared.agent_state import AgentState
from shared.call_spec import CallSpec
from shared.ids import AGENT_NAME
from shared.worker_link import CommandKind, Heartbeat
from tests.support.api_client import AGENT, SESSION, Api, an_api, error_of
from tests.support.control_api_parts import a_hello


async def spawn(api: Api, user: str = "ann", **body: Any) -> Any:
    return await api.request("POST", AGENT, user=user, json={"roomName": "r1", **body})


async def remove(api: Api, user: str = "ann", room: str = "r1") -> Any:
    answer = await api.request("DELETE", AGENT, user=user, params={"roomName": room})
    await api.parts.closed()
    return answer


async def a_talking_call(api: Api) -> Any:
    call = await api.called()
    await api.parts.clock.advance(1)
    await api.parts.joins(call, "user-1")
    await api.parts.agent_joins(call)
    await api.parts.clock.advance(10)
    return call


async def test_an_agent_is_spawned_as_the_contract_shows() -> None:
    async with an_api() as api:
        call = await api.called(enableAiAgent=False)
        await api.parts.clock.advance(2)
        answer = await spawn(api, systemPrompt="Be brief.", voice="nova")
        assert answer.status_code == 200
        stored = await api.parts.call(call.id)
        assert answer.json() == {
            "success": True,
            "message": "Agent spawned successfully",
            "session": {
                "roomName": "r1",
                "agentIdentity": stored.agent_identity,
                "status": "pending",
                "createdAt": "2023-11-14T22:13:22.000Z",
                "callId": call.id,
                "token": f"person user-1 {call.media_room} 60",
                "tokenExpiresAt": "2023-11-14T22:14:22.000Z",
                "serverUrl": "ws://public.example",
            },
        }
        room = api.parts.gateway.rooms[call.media_room]
        assert room.dispatches == [(AGENT_NAME, CallSpec(call.id, call.room_name, 1).to_metadata())]
        claim = await api.parts.claimed(stored)
        assert (claim.system_prompt, claim.voice, claim.call_type) == ("Be brief.", "marin", "support")


async def test_the_agent_that_is_there_is_answered() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        body = (await spawn(api, systemPrompt="Another one.")).json()["session"]
        assert (body["status"], body["agentIdentity"]) == ("active", call.agent_identity)
        assert (await api.parts.call(call.id)).agent_epoch == 1
        instructions = await api.parts.store.read(lambda tx: tx.instructions(call.id))
        assert instructions.system_prompt == ""


async def test_404_without_an_active_call_and_403_if_it_is_not_theirs() -> None:
    async with an_api() as api:
        assert error_of(await spawn(api)) == (404, "Call session or agent not found", "not_found")
        await api.called()
        assert error_of(await spawn(api, "bob")) == (403, "Access denied", "forbidden")
        assert (await spawn(api, "root")).status_code == 200
        await api.request("DELETE", SESSION, params={"roomName": "r1"})
        assert error_of(await spawn(api))[0] == 404
        assert error_of(await api.request("POST", AGENT, json={})) == (400, "Missing roomName", "invalid_request")
        assert error_of(await spawn(api, voice="darth"))[:2] == (400, "Bad Request")


async def test_a_removed_agent_leaves_and_the_call_goes_on() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        api.parts.commands()
        answer = await remove(api)
        assert answer.json() == {"success": True, "message": "Agent removed successfully"}
        (told,) = api.parts.commands()
        assert (told.kind, told.call_id, told.epoch) == (CommandKind.REMOVE_AGENT, call.id, 1)
        assert api.parts.gateway.requests[-1] == "remove_participant"
        for _ in range(20):
            await api.parts.tick()
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"], shown["agentAvailable"]) == ("connected", "disconnected", False)
        assert (await remove(api)).status_code == 200, "again is the same"


async def test_a_worker_that_still_names_it_is_told_again() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        await remove(api)
        api.parts.commands()
        await api.parts.beat(call)
        await api.parts.tick()
        assert [told.kind for told in api.parts.commands()] == [CommandKind.REMOVE_AGENT]


async def test_an_agent_comes_back_with_a_new_epoch_and_is_not_taken_for_the_old_one() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        await remove(api)
        before = len(api.parts.gateway.requests)
        body = (await spawn(api)).json()["session"]
        assert (body["status"], body["agentIdentity"]) == ("pending", call.agent_identity)
        assert api.parts.gateway.requests[before:] == ["remove_participant", "dispatch"], "the same identity, twice"
        again = await api.parts.call(call.id)
        assert (again.agent_epoch, again.agent_state, again.agent_joined_ms) == (2, AgentState.PENDING, None)
        assert again.connected_at_ms == (await api.parts.call(call.id)).connected_at_ms
        await api.parts.agent_joins(call)
        assert (await api.shown())["agentStatus"] == "active"


async def test_a_call_that_is_connected_stays_so_whatever_its_agents_do() -> None:
    async with an_api() as api:
        await a_talking_call(api)
        connected_at = (await api.shown())["connectedAt"]
        for _ in range(3):
            await remove(api)
            await api.parts.clock.advance(1)
            assert (await api.shown())["connectedAt"] == connected_at
            await spawn(api)
            assert (await api.shown())["connectedAt"] == connected_at


async def test_an_agent_that_nobody_takes_leaves_the_call_as_it_was() -> None:
    async with an_api() as api:
        call = await api.called(enableAiAgent=False)
        await api.parts.joins(call, "user-1")
        await spawn(api)
        for _ in range(16):
            await api.parts.tick()
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"]) == ("ringing", "disconnected")


async def test_an_agent_that_could_not_be_dispatched_is_an_outage() -> None:
    async with an_api() as api:
        await api.called(enableAiAgent=False)
        api.parts.gateway.fail_next["dispatch"] = 1
        answer = await spawn(api)
        assert error_of(answer) == (503, "Service Unavailable", "livekit_unreachable")
        assert (await api.shown())["agentStatus"] == "disconnected"
        await api.parts.closed()
        assert (await spawn(api)).json()["session"]["status"] == "pending"


async def test_an_error_of_ours_is_the_contracts_500() -> None:
    async with an_api() as api:
        await api.called(enableAiAgent=False)
        api.parts.store.fail_next = RuntimeError("the secret is sesame")
        answer = await spawn(api)
        assert error_of(answer) == (500, "Failed to spawn agent", "internal_error")
        assert "sesame" not in answer.text


async def test_no_free_slot() -> None:
    async with an_api() as api:
        await api.called(enableAiAgent=False)
        workers = api.parts.services.workers
        workers.heard(workers.connected(a_hello()), Heartbeat(0, ()))
        assert error_of(await spawn(api)) == (503, "Service Unavailable", "no_free_slot")
        assert (await api.shown())["agentStatus"] is None


async def test_one_agent_is_found() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        await api.parts.beat(call)
        found = await api.request("GET", AGENT, params={"roomName": "r1"})
        assert found.json() == {
            "success": True,
            "available": True,
            "session": {
                "roomName": "r1",
                "agentIdentity": call.agent_identity,
                "status": "active",
                "createdAt": "2023-11-14T22:13:20.000Z",
                "callId": call.id,
            },
        }
        await api.parts.clock.advance(4.1)
        assert (await api.request("GET", AGENT, params={"roomName": "r1"})).json()["available"] is False
        await api.called("r2", enableAiAgent=False)
        found = await api.request("GET", AGENT, params={"roomName": "r2"})
        assert found.json() == {"success": True, "available": False, "session": None}
        assert error_of(await api.request("GET", AGENT)) == (400, "Missing roomName", "invalid_request")
        assert error_of(await api.request("GET", AGENT, params={"roomName": "r9"}))[0] == 404
        assert error_of(await api.request("GET", AGENT, params={"roomName": "r1"}, user="bob"))[0] == 403


async def test_all_agents_for_admins_and_ones_own_for_others() -> None:
    async with an_api() as api:
        await api.called("r1")
        await api.parts.clock.advance(1)
        await api.called("r2")
        await api.post({"roomName": "r3"}, user="bob")
        await api.post({"roomName": "r4", "enableAiAgent": False}, user="bob")

        async def listed(user: str, **params: Any) -> Any:
            answer = await api.request("GET", AGENT, params={"listAll": "true", **params}, user=user)
            return answer.json()

        mine = await listed("ann", limit=1)
        assert {key: mine[key] for key in ("success", "count", "total", "limit", "offset")} == {
            "success": True,
            "count": 1,
            "total": 2,
            "limit": 1,
            "offset": 0,
        }
        assert [session["roomName"] for session in mine["sessions"]] == ["r2"]
        assert [session["roomName"] for session in (await listed("bob"))["sessions"]] == ["r3"]
        assert (await listed("root"))["total"] == 3
        await remove(api, room="r1")
        assert (await listed("ann"))["total"] == 1


async def patch(api: Api, status: str, room: str = "r1") -> Any:
    answer = await api.request("PATCH", AGENT, json={"roomName": room, "status": status})
    await api.parts.closed()
    return answer


async def test_a_status_is_asked_for() -> None:
    async with an_api() as api:
        await api.called()
        assert error_of(await patch(api, "active")) == (409, "Conflict", "state_conflict")
        assert (await patch(api, "pending")).json() == {"success": True, "message": "Agent status updated to pending"}
        assert (await patch(api, "disconnected")).json()["message"] == "Agent status updated to disconnected"
        assert (await api.shown())["agentStatus"] == "disconnected"
        assert (await patch(api, "pending")).status_code == 200
        assert (await api.shown())["agentStatus"] == "pending"
        await api.parts.agent_joins(await api.parts.call((await api.shown())["callId"]))
        assert (await patch(api, "active")).status_code == 200
        assert error_of(await patch(api, "dancing"))[0] == 400


@pytest.mark.parametrize("status", ["disconnected", "pending", "active"])
async def test_a_status_of_what_is_not_there(status: str) -> None:
    async with an_api() as api:
        assert error_of(await patch(api, status, "r9")) == (404, "Call session or agent not found", "not_found")


async def test_removing_what_was_never_there() -> None:
    async with an_api() as api:
        await api.called(enableAiAgent=False)
        assert error_of(await remove(api)) == (404, "Call session or agent not found", "not_found")
        assert error_of(await api.request("DELETE", AGENT)) == (400, "Missing roomName", "invalid_request")
