"""``Idempotency-Key`` by HTTP: one effect and one answer for each key, whatever happens in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from control_api.app import OPERATIONS
from control_api.idempotency import LIFE_MS
from control_api.rate_classes import RatePolicies, RatePolicy
from control_api.records import Call
from control_api.routes.registry import Operation
from control_api.routes.signed import STORED
from control_api.services.once_per_key import OncePerKey
from shared.call_state import CallState, EndReason
from shared.ids import CallId
from tests.fakes.recorder import fake_recording
from tests.support.api_client import SESSION, Api, an_api
from tests.support.until import until


async def post(api: Api, body: Any = None, *, key: str = "key-1", **more: Any) -> httpx2.Response:
    return await api.post(body, headers={"Idempotency-Key": key}, **more)


def calls(api: Api) -> list[Call]:
    return list(api.parts.store.state.calls.values())


async def a_request_to_livekit(api: Api) -> None:
    async def some() -> list[str]:
        return api.parts.gateway.requests

    await until(some, "LiveKit is asked")


def restarted(api: Api) -> None:
    """As far as keys go: what was in memory is gone."""
    object.__setattr__(api.parts.services, "once", OncePerKey(api.parts.store, api.parts.clock))


async def test_a_repeated_post_gets_the_same_answer_and_makes_nothing() -> None:
    async with an_api() as api:
        body = {"metadata": {"order": 7}, "colour": "red"}
        first = await post(api, body)
        await api.parts.clock.advance(20)
        again = await post(api, dict(reversed(body.items())))
        assert (first.status_code, again.status_code) == (200, 200)
        assert "Idempotent-Replayed" not in first.headers
        assert (again.headers["Idempotent-Replayed"], again.headers["X-Ignored-Fields"]) == ("true", "colour")
        one, other = first.json()["session"], again.json()["session"]
        later = {"tokenExpiresAt": other["tokenExpiresAt"]}
        assert one | later == other
        assert one["tokenExpiresAt"] < other["tokenExpiresAt"], "signed afresh"
        assert len(calls(api)) == len(api.parts.gateway.rooms) == 1
        assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]


async def test_nothing_that_opens_a_room_is_kept() -> None:
    async with an_api() as api:
        token = (await post(api, {})).json()["session"]["token"]
        (kept,) = api.parts.store.state.reservations.values()
        assert kept.answer is not None
        assert token not in kept.answer
        assert '"token": ""' in kept.answer
        assert "key-1" not in repr(kept)


async def test_fifty_at_once_make_one_call() -> None:
    async with an_api() as api:
        api.parts.gateway.hang = asyncio.Event()
        asked = [asyncio.create_task(post(api, {"roomName": "r"})) for _ in range(50)]
        await a_request_to_livekit(api)
        api.parts.gateway.hang.set()
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["session"]["callId"] for answer in answers}) == 1
        assert len(calls(api)) == 1
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 49
        assert len(api.parts.gateway.rooms[calls(api)[0].media_room].dispatches) == 1


async def test_those_who_wait_share_a_failure_and_the_next_one_works() -> None:
    async with an_api() as api:
        api.parts.gateway.down = True
        answers = await asyncio.gather(*(post(api, {}) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {503}
        assert api.parts.gateway.requests.count("create_room") == 1, "they do not queue up for a server that is down"
        assert calls(api) == []
        api.parts.gateway.down = False
        await api.parts.clock.advance(10)
        assert (await post(api, {})).status_code == 200
        assert len(calls(api)) == 1


async def test_a_key_with_another_body_is_409() -> None:
    async with an_api() as api:
        await post(api, {})
        answer = await post(api, {"voice": "echo"})
        assert (answer.status_code, answer.json()["details"]["code"]) == (409, "idempotency_key_reused")
        assert len(calls(api)) == 1


async def test_a_key_with_another_body_does_not_wait_for_the_first() -> None:
    async with an_api() as api:
        api.parts.gateway.hang = asyncio.Event()
        first = asyncio.create_task(post(api, {}))
        await a_request_to_livekit(api)
        answer = await post(api, {"voice": "echo"})
        assert answer.json()["details"]["code"] == "idempotency_key_reused"
        api.parts.gateway.hang.set()
        assert (await first).status_code == 200


async def test_keys_of_others_are_others() -> None:
    async with an_api() as api:
        mine, theirs = await post(api, {}), await post(api, {}, user="bob")
        assert mine.json()["session"]["callId"] != theirs.json()["session"]["callId"]


async def test_a_key_is_forgotten_after_a_day() -> None:
    async with an_api() as api:
        await post(api, {})
        await api.parts.clock.advance(LIFE_MS / 1000)
        answer = await post(api, {"voice": "echo"})
        assert (answer.status_code, "Idempotent-Replayed" in answer.headers) == (200, False)
        assert len(calls(api)) == 2
        await api.parts.clock.advance(LIFE_MS / 1000)
        await api.parts.tick(3600)
        assert api.parts.store.state.reservations == {}


@pytest.mark.parametrize("keys", [[""], ["a b"], ["x" * 256], ["a", "b"]])
async def test_a_bad_key_is_400_and_makes_nothing(keys: list[str]) -> None:
    async with an_api() as api:
        headers = [("Authorization", "Bearer ann"), *(("Idempotency-Key", key) for key in keys)]
        answer = await api.http.post(SESSION, json={}, headers=headers)
        assert (answer.status_code, answer.json()["details"]["field"]) == (400, "Idempotency-Key")
        assert (calls(api), api.parts.store.state.reservations) == ([], {})


async def test_what_was_refused_before_the_work_began_is_not_kept() -> None:
    async with an_api() as api:
        assert (await post(api, {"voice": "darth"})).status_code == 400
        assert (await post(api, {"voice": "echo"})).status_code == 200


async def test_a_refusal_by_the_work_is_kept() -> None:
    async with an_api() as api:
        await api.opened(roomName="r1")
        first = await post(api, {"roomName": "r1"}, user="bob")
        assert (first.status_code, first.json()["details"]["code"]) == (409, "room_taken")
        await api.request("DELETE", params={"roomName": "r1"})
        again = await post(api, {"roomName": "r1"}, user="bob")
        assert again.json() | {"details": 0} == first.json() | {"details": 0}
        assert again.json()["details"]["code"] == "room_taken"
        assert (await post(api, {"roomName": "r1"}, user="bob", key="key-2")).status_code == 200


async def test_there_is_no_token_for_a_call_that_is_over() -> None:
    async with an_api() as api:
        first = (await post(api, {"roomName": "r1"})).json()["session"]
        await api.request("DELETE", params={"roomName": "r1"})
        await api.parts.closed()
        await api.opened(roomName="r1")
        again = (await post(api, {"roomName": "r1"})).json()["session"]
        assert again["callId"] == first["callId"]
        assert again["token"] == "", "the room's name is another call's by now"


async def test_a_token_is_signed_afresh_in_every_shape() -> None:
    async with an_api() as api:
        for path, name in (("/api/voice/token", "token"), ("/api/voice/token/livekit", "participant_token")):
            key = {"Idempotency-Key": "key-1"}
            first = await api.request("POST", path, json={}, headers=key)
            again = await api.request("POST", path, json={}, headers=key)
            assert (again.status_code, again.headers["Idempotent-Replayed"]) == (first.status_code, "true")
            assert again.json()[name] == first.json()[name] != ""
        assert len(calls(api)) == 1, "it waits for whoever asks for it, in either shape"


async def test_a_token_that_makes_a_call_makes_one_across_a_crash() -> None:
    async with an_api() as api:
        for body in ({}, {"roomName": "r1"}):
            key = {"Idempotency-Key": f"key-{len(body)}"}
            first = await api.request("POST", "/api/voice/token", json=body, headers=key)
            for kept in list(api.parts.store.state.reservations.values()):
                api.parts.store.state.reservations[kept.id] = replace(kept, answer=None, call_id=None)
            restarted(api)
            again = await api.request("POST", "/api/voice/token", json=body, headers=key)
            assert again.json()["callId"] == first.json()["callId"]
        assert len(calls(api)) == 2


async def test_an_agent_is_added_once_and_its_answer_given_again() -> None:
    async with an_api() as api:
        await api.opened(roomName="r1", enableAiAgent=False)
        key = {"Idempotency-Key": "key-1"}
        answers = [
            await api.request("POST", "/api/voice/agent", json={"roomName": "r1"}, headers=key) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        (room,) = api.parts.gateway.rooms.values()
        assert len(room.dispatches) == 1


async def test_a_recording_is_started_once_across_a_crash_and_anew_after_a_failure() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        session = await api.opened(roomName="r1", enableRecording=False)
        call = await api.parts.call(CallId(session["callId"]))
        connected = replace(call, status=CallState.CONNECTED, connected_at_ms=call.created_at_ms)
        api.parts.store.state.calls[call.id] = connected
        asked: dict[str, Any] = {"json": {"roomName": "r1"}, "headers": {"Idempotency-Key": "key-1"}}
        recorder.down = True
        assert (await api.request("POST", "/api/voice/recording", **asked)).status_code == 503
        recorder.down = False
        first = await api.request("POST", "/api/voice/recording", **asked)
        (kept,) = api.parts.store.state.reservations.values()
        api.parts.store.state.reservations[kept.id] = replace(kept, answer=None)
        restarted(api)
        again = await api.request("POST", "/api/voice/recording", **asked)
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
        assert len(recorder.running) == 1


async def test_replays_are_not_charged_and_never_refused() -> None:
    few = RatePolicies(session=RatePolicy(2, 3600))
    async with an_api(policies=few) as api:
        for _ in range(6):
            assert (await post(api, {})).status_code == 200
        assert (await post(api, {}, key="key-2")).status_code == 200
        refused = await post(api, {}, key="key-3")
        assert refused.status_code == 429
        assert len(api.parts.store.state.reservations) == 2, "a refusal writes nothing"
        assert (await post(api, {})).status_code == 200
        await api.parts.clock.advance(3601)
        for call in calls(api):
            await api.request("DELETE", params={"roomName": call.room_name})
        assert (await post(api, {}, key="key-3")).status_code == 200, "a 429 is not kept"


async def test_a_crash_between_the_work_and_the_answer_leaves_the_one_call() -> None:
    async with an_api() as api:
        first = (await post(api, {})).json()["session"]
        (kept,) = api.parts.store.state.reservations.values()
        api.parts.store.state.reservations[kept.id] = replace(kept, answer=None, call_id=None)
        restarted(api)
        again = (await post(api, {})).json()["session"]
        assert (again["callId"], again["roomName"]) == (first["callId"], first["roomName"])
        assert len(calls(api)) == len(api.parts.gateway.rooms) == 1
        assert again["token"].endswith(" 60")


async def half_made(api: Api) -> Call:
    """As if the process had died while LiveKit made the room."""
    session = (await post(api, {})).json()["session"]
    (kept,) = api.parts.store.state.reservations.values()
    api.parts.store.state.reservations[kept.id] = replace(kept, answer=None, call_id=None)
    call = await api.parts.call(CallId(session["callId"]))
    half = replace(call, opened_at_ms=None, status=CallState.PENDING, agent_dispatches=0)
    api.parts.store.state.calls[call.id] = half
    api.parts.gateway.rooms.clear()
    restarted(api)
    return half


async def test_what_a_crash_left_half_made_is_completed() -> None:
    async with an_api() as api:
        half = await half_made(api)
        session = (await post(api, {})).json()["session"]
        assert (session["callId"], session["roomName"]) == (half.id, half.room_name)
        assert (await api.parts.call(half.id)).opened_at_ms is not None
        assert list(api.parts.gateway.rooms) == [half.media_room]
        assert len(calls(api)) == 1


async def test_what_a_crash_left_half_made_and_the_upkeep_gave_up_makes_room_for_one_call() -> None:
    async with an_api() as api:
        half = await half_made(api)
        await api.parts.tick(30)
        assert (await api.parts.call(half.id)).end_reason is EndReason.INTERNAL_ERROR
        ids = {(await post(api, {})).json()["session"]["callId"] for _ in range(3)}
        assert len(ids) == 1
        assert half.id not in ids
        assert [call.id for call in calls(api) if not call.is_final] == list(ids)


async def test_an_answer_that_could_not_be_kept_is_given_by_the_next_try() -> None:
    async with an_api() as api:
        opened = asyncio.Event()
        write = api.parts.store.write

        async def failing(use_case: Any) -> Any:
            if api.parts.store.state.calls and calls(api)[0].opened_at_ms is not None and not opened.is_set():
                opened.set()
                raise OSError("disk full")
            return await write(use_case)

        api.parts.store.write = failing  # type: ignore[method-assign]
        assert (await post(api, {})).status_code == 500
        assert (await post(api, {})).status_code == 200
        assert len(calls(api)) == 1


SIGNED_NAMES = ("token", "recording_url", "participant_token")


def keyed_operations() -> list[Operation]:
    return [one for one in OPERATIONS if one.method == "POST" and not one.is_public]


def unsafe_fields(model: type[BaseModel]) -> list[str]:
    """Fields that open something and would be kept."""
    found = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += unsafe_fields(field.annotation)
        elif name in SIGNED_NAMES and not kept_empty(model, name):
            found.append(f"{model.__name__}.{name}")
    return found


def kept_empty(model: type[BaseModel], name: str) -> bool:
    values: Any = {name: "secret"}
    dumped = model.model_construct(**values).model_dump(context=STORED, include={name}, warnings=False)
    return dumped == {name: ""}


@pytest.mark.parametrize("operation", keyed_operations(), ids=lambda one: one.path)
def test_every_post_keeps_no_token_and_can_sign_anew(operation: Operation) -> None:
    response = operation.response
    models: list[type[BaseModel]] = [response] if isinstance(response, type) else list(response.__args__)
    assert [name for model in models for name in unsafe_fields(model)] == []
    has_token = any("token" in str(model.model_json_schema()["properties"]) for model in models)
    assert not has_token or operation.resign is not None
