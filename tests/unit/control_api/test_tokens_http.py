"""``/api/voice/token`` and LiveKit's own shape of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from control_api.limits import LONGEST_WAIT_S
from control_api.ports import SignedIn
from shared.call_state import EndReason
from shared.ids import Identity, is_made_room_name
from tests.fakes.livekit_gateway import FakeTokens
from tests.support.api_client import SESSION, TOKEN, Api, FakeSignIn, an_api, error_of

LIVEKIT = TOKEN + "/livekit"


async def token(api: Api, user: str = "ann", **body: Any) -> Any:
    return await api.request("POST", TOKEN, user=user, json=body)


async def test_without_a_call_one_is_made_with_the_contracts_defaults() -> None:
    async with an_api() as api:
        body = (await token(api)).json()
        call = await api.parts.call(body["callId"])
        assert is_made_room_name(body["roomName"])
        assert (call.call_type, call.ai_enabled, call.voice, call.transcription_enabled) == (
            "support",
            True,
            "alloy",
            True,
        )
        assert body == {
            "token": f"person user-1 {call.room_name} 60",
            "roomName": call.room_name,
            "participantName": "Ann",
            "livekitHost": "ws://public.example",
            "agentSpawned": True,
            "callId": call.id,
            "tokenExpiresAt": "2023-11-14T22:14:20.000Z",
            "answeredElsewhere": False,
        }


async def test_what_it_makes_is_as_asked() -> None:
    async with an_api() as api:
        body = (await token(api, roomName="meet", roomType="conference", spawnAiAgent=False)).json()
        call = await api.parts.call(body["callId"])
        assert (call.room_name, call.call_type, call.ai_enabled) == ("meet", "conference", False)
        assert body["agentSpawned"] is False
        assert (await token(api, roomType="conference")).json()["agentSpawned"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"roomType": "user-to-user"},
        {"roomType": "party"},
        {"roomName": "a b"},
        {"roomName": "support-ann-1700000000-0123456789abcdef"},
        {"participantName": ""},
        {"participantName": "x" * 129},
        {"participantName": "a\nb"},
        {"participantName": "a\u0000"},
        {"spawnAiAgent": "yes"},
    ],
)
async def test_what_cannot_be_made_is_400_and_leaves_nothing(body: dict[str, Any]) -> None:
    async with an_api() as api:
        assert error_of(await token(api, **body)) == (400, "Bad Request", "invalid_request")
        assert (api.parts.store.state.calls, api.parts.gateway.rooms) == ({}, {})


async def test_on_a_call_that_is_there_what_is_left_out_changes_nothing() -> None:
    async with an_api() as api:
        call = await api.called(enableAiAgent=False)
        before = list(api.parts.gateway.requests)
        body = (await token(api, roomName="r1")).json()
        assert (body["callId"], body["agentSpawned"]) == (call.id, False)
        assert await api.parts.call(call.id) == call
        assert api.parts.gateway.requests == before, "no agent is spawned by a default"


async def test_on_a_call_that_is_there_an_agent_comes_when_it_is_asked_for() -> None:
    async with an_api() as api:
        call = await api.called(enableAiAgent=False)
        assert (await token(api, roomName="r1", spawnAiAgent=True)).json()["agentSpawned"] is True
        assert (await token(api, roomName="r1", spawnAiAgent=True)).json()["agentSpawned"] is True
        assert len(api.parts.gateway.rooms[call.media_room].dispatches) == 1


async def test_a_guest_brings_no_agent_into_a_conference() -> None:
    async with an_api() as api:
        await api.called(callType="conference")
        assert error_of(await token(api, "bob", roomName="r1", spawnAiAgent=True))[0] == 403
        assert error_of(await api.request("GET", params={"roomName": "r1"}, user="bob"))[0] == 403


async def test_another_room_type_is_a_conflict_and_changes_nothing() -> None:
    async with an_api() as api:
        call = await api.called()
        answer = await token(api, roomName="r1", roomType="conference", spawnAiAgent=True)
        assert error_of(answer) == (409, "Conflict", "another_room_type")
        assert answer.json()["details"]["current"] == "support"
        assert await api.parts.call(call.id) == call
        assert (await token(api, roomName="r1", roomType="support")).status_code == 200


async def test_only_people_of_the_call_get_a_token() -> None:
    async with an_api() as api:
        await api.called()
        assert error_of(await token(api, "bob", roomName="r1")) == (403, "Forbidden", "forbidden")
        assert error_of(await token(api, "bob", roomName="r1", roomType="conference"))[0] == 403, "not even its type"
        assert (await token(api, "root", roomName="r1")).status_code == 200


@pytest.mark.parametrize(
    ("signed_in_as", "asked", "shown"), [("Dora", "Dolly", "Dora"), (None, "Dolly", "Dolly"), (None, None, "user-9")]
)
async def test_the_name_is_the_sign_ins_else_the_one_asked_for_else_the_user_id(
    signed_in_as: str | None, asked: str | None, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = {"dora": SignedIn(Identity("user-9"), signed_in_as)}
    monkeypatch.setattr(FakeSignIn, "__init__", lambda self: setattr(self, "users", users))
    async with an_api() as api:
        made = (await token(api, "dora", roomName="r1", **({} if asked is None else {"participantName": asked}))).json()
        assert made["participantName"] == shown
        assert (await api.shown(user="dora"))["callerName"] == shown


async def test_tokens_of_a_connected_call_live_longer() -> None:
    async with an_api() as api:
        call = await api.called()
        assert (await token(api, roomName="r1")).json()["token"].endswith(" 60")
        await api.parts.joins(call, "user-1")
        await api.parts.agent_joins(call)
        body = (await token(api, roomName="r1")).json()
        assert body["token"].endswith(" 600")
        assert body["tokenExpiresAt"] == "2023-11-14T22:23:20.000Z"


async def test_two_who_go_to_a_new_room_together_meet_there() -> None:
    async with an_api() as api:
        answers = await asyncio.gather(
            *(token(api, user, roomName="meet", roomType="conference") for user in ("ann", "bob", "carl"))
        )
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert len({answer.json()["callId"] for answer in answers}) == 1


@pytest.mark.parametrize("invited", [{"callType": "user-to-user", "calleeId": "user-2"}, {"callType": "conference"}])
async def test_who_comes_just_after_the_end_does_not_open_a_support_call(invited: dict[str, Any]) -> None:
    async with an_api() as api:
        await api.opened(roomName="meet", **invited)
        assert (await token(api, "bob", roomName="meet")).status_code == 200
        await api.request("DELETE", SESSION, params={"roomName": "meet"})
        for user in ("ann", "bob"):
            assert error_of(await token(api, user, roomName="meet")) == (404, "Not Found", "not_found")
            answer = await api.request("POST", LIVEKIT, user=user, json={"room_name": "meet"})
            assert answer.status_code == 404
        assert len(api.parts.store.state.calls) == 1
        answer = await token(api, "bob", roomName="meet", roomType="support")
        assert (answer.status_code, answer.json()["agentSpawned"]) == (200, True)


async def test_a_name_that_others_have_used_is_free() -> None:
    async with an_api() as api:
        await api.opened(roomName="meet", callType="user-to-user", calleeId="user-2")
        await api.request("DELETE", SESSION, params={"roomName": "meet"})
        assert (await token(api, "carl", roomName="meet")).status_code == 200


async def test_without_livekit_it_is_not_configured() -> None:
    async with an_api(has_livekit=False) as api:
        for answer in (await token(api), await api.request("POST", LIVEKIT, json={})):
            assert error_of(answer) == (503, "Voice service not configured", "livekit_not_configured")


async def test_livekits_own_shape() -> None:
    async with an_api() as api:
        asked = {"room_name": "r1", "participant_name": "A", "participant_identity": "user-1", "room_config": {}}
        answer = await api.request("POST", LIVEKIT, json=asked)
        assert answer.status_code == 201
        (room,) = api.parts.gateway.rooms
        token = f"person user-1 {room} 60"
        assert answer.json() == {"server_url": "ws://public.example", "participant_token": token}
        assert answer.headers.get("X-Ignored-Fields") is None


@pytest.mark.parametrize(
    "body",
    [
        {"participant_identity": "user-2"},
        {"participant_identity": "ai-agent-1"},
        {"participant_metadata": "x"},
        {"participant_attributes": {"lk.agent.state": "speaking"}},
        {"room_config": {"agents": [{"agent_name": "voice-agent"}]}},
        {"room_config": "x"},
        {"room_name": "a b"},
    ],
)
async def test_who_somebody_is_is_not_theirs_to_say(body: dict[str, Any]) -> None:
    async with an_api() as api:
        assert error_of(await api.request("POST", LIVEKIT, json=body)) == (400, "Bad Request", "invalid_request")
        assert api.parts.store.state.calls == {}


def test_the_fake_signs_what_the_tests_read() -> None:
    assert FakeTokens().for_person("r", Identity("u"), "n", ttl_s=1) == "person u r 1"  # type: ignore[arg-type]


async def test_who_asks_again_before_anybody_has_come_gets_the_same_call() -> None:
    """LiveKit's `useSession` asks with each page that is loaded."""
    async with an_api() as api:
        call_id = (await token(api)).json()["callId"]
        for _ in range(4):
            await api.parts.clock.advance(1)
            assert (await token(api)).json()["callId"] == call_id
            assert (await api.request("POST", LIVEKIT, json={})).status_code == 201
        assert len(api.parts.store.state.calls) == 1
        (room,) = api.parts.gateway.rooms.values()
        assert len(room.dispatches) == 1


async def test_who_asks_twice_at_once_gets_one_call_and_a_room_that_is_there() -> None:
    """As a page in React's strict mode does."""
    async with an_api() as api:
        api.parts.gateway.hang = asyncio.Event()
        asking = [asyncio.create_task(token(api)) for _ in range(3)]
        await api.parts.clock.advance(0)
        assert not any(one.done() for one in asking), "the room is not made yet"
        api.parts.gateway.hang.set()
        answers = [(await one).json() for one in asking]
        assert len({answer["callId"] for answer in answers}) == 1
        assert len(api.parts.gateway.rooms) == 1


async def test_who_asks_while_the_first_try_fails_gets_a_call_of_their_own() -> None:
    async with an_api() as api:
        api.parts.gateway.fail_next = {"create_room": 1}
        answers = await asyncio.gather(*(token(api) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 503]
        assert len(api.parts.store.state.calls) == 1


@pytest.mark.parametrize("again", [{"roomType": "conference"}, {"spawnAiAgent": False}, {"roomName": "r1"}])
async def test_who_asks_for_something_else_gets_that(again: dict[str, Any]) -> None:
    async with an_api() as api:
        first = (await token(api)).json()["callId"]
        assert (await token(api, **again)).json()["callId"] != first
        assert (await token(api)).json()["callId"] == first, "it still waits"


@pytest.mark.parametrize("session", [{"systemPrompt": "Be rude."}, {"voice": "echo"}, {"metadata": {"order": 1}}])
async def test_a_call_that_was_opened_otherwise_is_not_what_a_token_asks_for(session: dict[str, Any]) -> None:
    async with an_api() as api:
        opened = await api.opened(**session)
        assert (await token(api)).json()["callId"] != opened["callId"]


async def test_nobody_gets_the_call_that_waits_for_somebody_else() -> None:
    async with an_api() as api:
        assert (await token(api)).json()["callId"] != (await token(api, "bob")).json()["callId"]


async def test_a_call_that_has_begun_is_not_begun_again() -> None:
    async with an_api() as api:
        first = (await token(api)).json()["callId"]
        await api.parts.joins(await api.parts.call(first), "user-1")
        assert (await token(api)).json()["callId"] != first


async def test_who_has_asked_again_has_the_time_to_come() -> None:
    async with an_api() as api:
        call_id = (await token(api)).json()["callId"]
        await api.parts.agent_joins(await api.parts.call(call_id))
        for seconds in (50, 50):
            for _ in range(seconds):
                await api.parts.beat(await api.parts.call(call_id))
                await api.parts.tick()
            assert (await token(api)).json()["callId"] == call_id
        for _ in range(70):
            await api.parts.beat(await api.parts.call(call_id))
            await api.parts.tick()
        assert (await api.parts.call(call_id)).end_reason is EndReason.NO_SHOW


async def test_nothing_waits_for_ever() -> None:
    async with an_api() as api:
        call_id = (await token(api)).json()["callId"]
        await api.parts.clock.advance(LONGEST_WAIT_S)
        assert (await token(api)).json()["callId"] != call_id
