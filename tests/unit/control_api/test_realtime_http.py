"""``/api/voice/realtime``: the contract's configuration, the model that runs, the truth about the agent."""

from __future__ import annotations

from typing import Any

import pytest

from shared.model_defaults import DEFAULT_PROMPT
from shared.worker_link import CommandKind
from tests.support.api_client import REALTIME, TOKEN, Api, an_api, error_of
from worker.settings import Settings as WorkerSettings

DEFAULT = "gpt-4o-realtime-preview-2024-12-17"


async def start(api: Api, user: str = "ann", **body: Any) -> Any:
    return await api.request("POST", REALTIME, user=user, json={"roomName": "r1", **body})


async def a_talking_call(api: Api, **body: Any) -> Any:
    call = await api.called(systemPrompt="Be kind.", voice="nova", **body)
    await api.parts.clock.advance(1)
    await api.parts.joins(call, "user-1")
    await api.parts.agent_joins(call)
    await api.parts.beat(call, model="gpt-realtime-2.1")
    return call


async def test_the_configuration_is_in_the_contracts_shape() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        answer = await start(api)
        assert answer.status_code == 200
        assert answer.json() == {
            "success": True,
            "roomName": "r1",
            "model": DEFAULT,
            "agentIdentity": call.agent_identity,
            "configuration": {
                "modalities": ["text", "audio"],
                "instructions": "Be kind.",
                "voice": "nova",
                "input_audio_format": "pcm16",
                "output_audio_format": "pcm16",
                "input_audio_transcription": {"model": "gpt-transcribe"},
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 500,
                },
            },
            "livekit": {"serverUrl": "ws://public.example", "roomName": call.media_room},
            "effectiveModel": "gpt-realtime-2.1",
            "effectiveVoice": "marin",
        }


@pytest.mark.parametrize("transcriber", [None, "words-of-our-own"])
async def test_the_configuration_names_what_really_writes_the_words_down(transcriber: str | None) -> None:
    async with an_api(transcriber=transcriber) as api:
        await a_talking_call(api)
        named = (await start(api)).json()["configuration"]["input_audio_transcription"]["model"]
        assert named == (transcriber or WorkerSettings.model_fields["input_transcription_model"].default)


async def test_the_answer_names_the_room_at_the_media_server() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        answer = (await start(api)).json()
        assert answer["roomName"] == "r1"
        assert answer["livekit"]["roomName"] == f"r1.{call.id}"
        assert call.media_room in api.parts.gateway.rooms


async def test_404_without_call_or_agent_and_503_while_it_is_not_active() -> None:
    async with an_api() as api:
        missing = (404, "Call session or agent not found", "not_found")
        assert error_of(await start(api)) == missing
        call = await api.called()
        not_ready = await start(api)
        assert error_of(not_ready) == (503, "AI agent not ready", "agent_not_ready")
        assert int(not_ready.headers["Retry-After"]) > 0
        await api.parts.claimed(call)
        assert error_of(await start(api))[0] == 503
        await api.called("r2", enableAiAgent=False)
        assert error_of(await api.request("POST", REALTIME, json={"roomName": "r2"})) == missing
        assert error_of(await start(api, "bob")) == (403, "Access denied", "forbidden")
        assert error_of(await api.request("POST", REALTIME, json={})) == (400, "Missing roomName", "invalid_request")
        assert error_of(await start(api, model="a model"))[:2] == (400, "Bad Request")


async def test_another_model_is_told_to_the_worker_until_it_runs() -> None:
    async with an_api() as api:
        call = await a_talking_call(api)
        api.parts.commands()
        body = (await start(api, model="gpt-realtime-2")).json()
        assert (body["model"], body["effectiveModel"]) == ("gpt-realtime-2", "gpt-realtime-2")
        (told,) = api.parts.commands()
        assert (told.kind, told.epoch, dict(told.args)) == (CommandKind.SET_MODEL, 1, {"model": "gpt-realtime-2"})
        await api.parts.beat(call, model="gpt-realtime-2.1")
        await api.parts.tick()
        assert [again.kind for again in api.parts.commands()] == [CommandKind.SET_MODEL]
        await api.parts.beat(call, model="gpt-realtime-2")
        await api.parts.tick()
        assert api.parts.commands() == []
        assert (await start(api)).json()["model"] == "gpt-realtime-2", "left out, it stays"


async def test_retired_names_are_echoed_and_stand_for_their_successors() -> None:
    async with an_api() as api:
        await a_talking_call(api)
        api.parts.commands()
        body = (await start(api, model=DEFAULT)).json()
        assert (body["model"], body["effectiveModel"]) == (DEFAULT, "gpt-realtime-2.1")
        assert api.parts.commands() == [], "it runs already"
        body = (await start(api, model="gpt-4o-mini-realtime-preview-2024-12-17")).json()
        assert body["effectiveModel"] == "gpt-realtime-2.1-mini"


async def test_only_caller_and_admins_see_the_instructions() -> None:
    async with an_api() as api:
        await a_talking_call(api, callType="conference", enableAiAgent=True)
        await api.request("POST", TOKEN, user="bob", json={"roomName": "r1"})
        seen = {
            user: (await start(api, user)).json()["configuration"]["instructions"] for user in ("ann", "bob", "root")
        }
        assert seen == {"ann": "Be kind.", "bob": "", "root": "Be kind."}
        assert error_of(await start(api, "bob", model="gpt-realtime-2"))[0] == 403, "a guest changes no model"
        assert (await start(api, "bob", model=DEFAULT)).status_code == 200, "this one runs already"
        assert error_of(await start(api, "carl"))[0] == 403


async def test_a_call_without_a_prompt_tells_the_one_that_its_agent_follows() -> None:
    async with an_api() as api:
        call = await api.called()
        await api.parts.clock.advance(1)
        await api.parts.joins(call, "user-1")
        await api.parts.agent_joins(call)
        assert (await start(api)).json()["configuration"]["instructions"] == DEFAULT_PROMPT


async def test_the_status_tells_the_truth_about_the_agent() -> None:
    async with an_api() as api:
        await a_talking_call(api, metadata={"order": 7})
        await api.parts.clock.advance(3)
        answer = await api.request("GET", REALTIME, params={"roomName": "r1"})
        assert answer.json() == {
            "success": True,
            "roomName": "r1",
            "callStatus": "connected",
            "agentStatus": "active",
            "agentAvailable": True,
            "duration": 3,
            "connectedAt": "2023-11-14T22:13:21.000Z",
            "metadata": {"order": 7},
        }
        await api.parts.clock.advance(2)
        answer = await api.request("GET", REALTIME, params={"roomName": "r1"})
        assert (answer.json()["agentStatus"], answer.json()["agentAvailable"]) == ("active", False)


async def test_ending_it_makes_the_agent_leave_and_tells_for_how_long_it_was_there() -> None:
    async with an_api() as api:
        await a_talking_call(api)
        await api.parts.clock.advance(9.5)
        params = {"roomName": "r1"}
        for _ in range(2):
            answer = await api.request("DELETE", REALTIME, params=params)
            assert answer.json() == {"success": True, "message": "Realtime session ended", "duration": 9}
            await api.parts.clock.advance(30)
        await api.parts.closed()
        shown = await api.shown()
        assert (shown["status"], shown["agentStatus"]) == ("connected", "disconnected")
        missing = (404, "Call session or agent not found", "not_found")
        assert error_of(await start(api)) == missing


async def test_get_and_delete_know_400_403_and_404() -> None:
    async with an_api() as api:
        await a_talking_call(api)
        await api.called("r2", enableAiAgent=False)
        for method in ("GET", "DELETE"):
            assert error_of(await api.request(method, REALTIME)) == (400, "Missing roomName", "invalid_request")
            for room, user, status in (("r1", "bob", 403), ("r9", "ann", 404), ("r2", "ann", 404)):
                answer = await api.request(method, REALTIME, params={"roomName": room}, user=user)
                assert answer.status_code == status, (method, room, user)
