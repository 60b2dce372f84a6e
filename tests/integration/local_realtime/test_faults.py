"""Each way in which the script makes the server misbehave, seen from a client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.support.local_realtime import RawClient, RunningServer, raw_client, running_server, until

TURNS = [{"hears": "x", "tone": {"hz": 300, "ms": 2000}, "says": "one two three four five six seven eight nine ten"}]


@asynccontextmanager
async def misbehaving(*faults: dict[str, Any], **script: Any) -> AsyncIterator[RunningServer]:
    async with running_server({"turns": TURNS, "faults": list(faults), **script}, control=True) as running:
        yield running


@asynccontextmanager
async def client_of(*faults: dict[str, Any], **script: Any) -> AsyncIterator[RawClient]:
    async with misbehaving(*faults, **script) as running, raw_client(running) as client:
        yield client


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4000])
async def test_close_with_a_code(code: int) -> None:
    async with client_of({"kind": "close", "code": code, "at_turn": 1}) as client:
        await client.say("hello")
        assert await client.wait_for_close() == code
    assert "input_audio_buffer.committed" in client.kinds()
    assert "response.output_audio.delta" not in client.kinds()


async def test_close_1006_is_a_reset() -> None:
    async with client_of({"kind": "close", "code": 1006, "at_turn": 1}) as client:
        await client.say("hello")
        assert await client.wait_for_close() == 1006


async def test_close_at_connect_comes_before_the_session() -> None:
    async with client_of({"kind": "close", "code": 1011, "at_connect": True}) as client:
        assert await client.wait_for_close() == 1011
    assert client.kinds() == []


async def test_close_at_a_second() -> None:
    began = time.monotonic()
    async with client_of({"kind": "close", "code": 1001, "at_second": 0.3}) as client:
        assert await client.wait_for_close() == 1001
    assert time.monotonic() - began > 0.25


async def test_stop_reading_leaves_even_pings_unanswered() -> None:
    async with misbehaving({"kind": "stop_reading", "at_connect": True}) as running:
        headers = {"Authorization": "Bearer x"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{running.ws_url}/realtime", heartbeat=0.4) as socket,
        ):
            assert (await socket.receive()).type == aiohttp.WSMsgType.TEXT
            await socket.send_json({"type": "response.create"})
            # the heartbeat's missing pong is what ends the wait
            message = await asyncio.wait_for(socket.receive(), 5)
            assert message.type in (aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSED)


async def test_stop_reading_for_a_while() -> None:
    async with client_of({"kind": "stop_reading", "at_connect": True, "for_s": 0.3}) as client:
        await client.send("response.create")
        began = time.monotonic()
        await client.wait_for("response.created")
        assert time.monotonic() - began > 0.2


async def test_stop_sending_swallows_events_but_reads_on() -> None:
    async with misbehaving({"kind": "stop_sending", "at_turn": 1}) as running, raw_client(running) as client:
        await client.say("hello")
        [connection] = running.server.connections.values()
        await until(lambda: "response.done" in connection.record.summary(0)["events"], "no answer inside the server")
        await client.wait_for("input_audio_buffer.committed")
        await client.wait_for_quiet()
        assert client.of("response.done") == []


async def test_delay_of_an_answer() -> None:
    async with client_of({"kind": "delay", "ms": 400, "at_turn": 1}) as client:
        await client.say("hello")
        await client.wait_for("response.created")
        began = time.monotonic()
        await client.wait_for("response.output_audio.delta")
        assert time.monotonic() - began > 0.35


async def test_no_response() -> None:
    async with client_of({"kind": "no_response", "at_turn": 1}) as client:
        await client.say("hello")
        await client.wait_for("conversation.item.done")
        await client.say("hello again")
        await client.wait_for("response.done")
    assert len(client.of("response.created")) == 1
    assert len(client.of("input_audio_buffer.committed")) == 2


@pytest.mark.parametrize(
    ("status", "code"), [(401, "invalid_api_key"), (429, "rate_limit_exceeded"), (503, "server_error")]
)
async def test_refuse_the_handshake(status: int, code: str) -> None:
    fault = {"kind": "refuse", "status": status, "at_connect": True, "times": 1, "retry_after_s": 7}
    async with misbehaving(fault) as running:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{running.http_url}/v1/realtime", headers={"Authorization": "Bearer x"}) as response,
        ):
            assert response.status == status
            assert response.headers["Retry-After"] == "7"
            assert (await response.json())["error"]["code"] == code
        async with raw_client(running) as client:
            await client.wait_for("session.created")


async def test_quota_as_the_handshake_s_refusal() -> None:
    fault = {"kind": "refuse", "status": 429, "code": "insufficient_quota", "at_connect": True}
    async with misbehaving(fault) as running:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with raw_client(running):
                pass
        assert refused.value.status == 429


async def test_an_error_event() -> None:
    async with client_of({"kind": "error", "code": "insufficient_quota", "at_connect": True}) as client:
        event = await client.wait_for("error")
        assert event["error"]["code"] == event["error"]["type"] == "insufficient_quota"
        await client.say("hello")
        await client.wait_for("response.done")


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "insufficient_quota", "something_new"])
async def test_a_failed_response(code: str) -> None:
    async with client_of({"kind": "fail_response", "code": code, "every_turn": True}) as client:
        await client.say("hello")
        done = await client.wait_for("response.done")
        assert done["response"]["status"] == "failed"
        assert done["response"]["status_details"]["error"]["code"] == code


@pytest.mark.parametrize(("then", "status"), [("failed", "failed"), ("incomplete", "incomplete")])
async def test_break_off_and_say_so(then: str, status: str) -> None:
    async with client_of({"kind": "break_off", "after_ms": 600, "at_turn": 1, "then": then}) as client:
        await client.say("hello")
        done = await client.wait_for("response.done")
        assert done["response"]["status"] == status
        assert len(client.audio()) == 600 * 48


async def test_break_off_and_hang() -> None:
    async with client_of({"kind": "break_off", "after_ms": 600, "at_turn": 1}) as client:
        await client.say("hello")
        await client.wait_for_quiet()
        assert len(client.audio()) == 600 * 48
        await client.say("are you there")
        cancelled = await client.wait_for("response.done")
        assert cancelled["response"]["status_details"]["reason"] == "turn_detected"
        completed = await client.wait_for("response.done")
        assert completed["response"]["status"] == "completed"


@pytest.mark.parametrize(("then", "code"), [("close", 1011), ("reset", 1006)])
async def test_break_off_with_the_connection(then: str, code: int) -> None:
    async with client_of({"kind": "break_off", "after_ms": 600, "at_turn": 1, "then": then}) as client:
        await client.say("hello")
        assert await client.wait_for_close() == code
        assert 0 < len(client.audio()) <= 600 * 48


async def test_a_tool_is_called_again_and_again() -> None:
    fault = {"kind": "call_tool", "name": "look", "arguments": {"at": 1}, "repeat": 3, "at_turn": 1}
    async with client_of(fault) as client:
        await client.say("hello")
        for _ in range(3):
            done = await client.wait_for("response.done")
            [call] = done["response"]["output"]
            assert (call["name"], call["arguments"]) == ("look", '{"at": 1}')
            result = {"type": "function_call_output", "call_id": call["call_id"], "output": "nothing"}
            await client.send("conversation.item.create", item=result)
            await client.send("response.create")
        done = await client.wait_for("response.done")
        assert done["response"]["output"][0]["type"] == "message"


async def test_many_tool_calls_in_one_response() -> None:
    fault = {"kind": "call_tool", "name": "look", "repeat": 4, "together": True, "at_turn": 1}
    async with client_of(fault) as client:
        await client.say("hello")
        done = await client.wait_for("response.done")
        assert [item["name"] for item in done["response"]["output"]] == ["look"] * 4


async def test_the_session_s_cap() -> None:
    async with client_of({"kind": "expire", "at_second": 0.2}) as client:
        event = await client.wait_for("error")
        assert event["error"]["code"] == "session_expired"
        assert await client.wait_for_close() == 1001


async def test_down_resets_all_and_refuses_for_a_while() -> None:
    async with misbehaving({"kind": "down", "for_s": 0.5, "at_turn": 1}) as running:
        async with raw_client(running) as first, raw_client(running) as second:
            await second.wait_for("session.created")
            await first.say("hello")
            assert await first.wait_for_close() == 1006
            assert await second.wait_for_close() == 1006
        with pytest.raises(aiohttp.ClientConnectionError):
            async with raw_client(running):
                pass
        await until(lambda: not running.server.is_down, "the server did not come back")
        async with raw_client(running) as client:
            await client.wait_for("session.created")


async def test_down_with_a_status() -> None:
    async with misbehaving({"kind": "down", "for_s": 30, "status": 503, "at_turn": 1}) as running:
        async with raw_client(running) as client:
            await client.say("hello")
            await client.wait_for_close()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with raw_client(running):
                pass
        assert refused.value.status == 503


async def test_faults_are_for_the_sessions_that_match() -> None:
    faults = [
        {"kind": "close", "code": 4001, "at_connect": True, "match": {"connection": 2}},
        {"kind": "close", "code": 4002, "at_connect": True, "match": {"model": "gpt-broken"}},
        {"kind": "close", "code": 4003, "at_connect": True, "match": {"query": {"case": "b"}}},
        {"kind": "close", "code": 4004, "at_connect": True, "match": {"instructions": "BREAK"}},
    ]
    async with misbehaving(*faults) as running:
        async with raw_client(running) as client:
            await client.wait_for("session.created")
            await client.send("session.update", session={"type": "realtime", "instructions": "please BREAK now"})
            assert await client.wait_for_close() == 4004
        async with raw_client(running) as client:
            assert await client.wait_for_close() == 4001
        async with raw_client(running, model="gpt-broken") as client:
            assert await client.wait_for_close() == 4002
        async with raw_client(running, query={"case": "b"}) as client:
            assert await client.wait_for_close() == 4003
        async with raw_client(running, query={"case": "a"}) as client:
            await client.say("hello")
            await client.wait_for("response.done")


async def test_the_first_turn_0_is_what_the_client_asks_for() -> None:
    async with client_of({"kind": "fail_response", "code": "server_error", "at_turn": 0, "times": 1}) as client:
        for status in ("failed", "completed"):
            await client.send("response.create")
            assert (await client.wait_for("response.done"))["response"]["status"] == status


async def test_every_update_is_refused_by_its_id() -> None:
    async with client_of({"kind": "refuse_update", "at_connect": True, "code": "invalid_value"}) as client:
        await client.send("session.update", event_id="mine", session={"type": "realtime"})
        error = (await client.wait_for("error"))["error"]
        assert (error["code"], error["param"], error["event_id"]) == (
            "invalid_value",
            "session.audio.output.voice",
            "mine",
        )
    assert "session.updated" not in client.kinds()


async def test_only_updates_that_ask_for_a_transcription_are_refused() -> None:
    words = {"audio": {"input": {"transcription": {"model": "gpt-live-transcribe"}}}}
    async with client_of({"kind": "refuse_transcription", "at_connect": True, "times": 1}) as client:
        await client.send("session.update", session={"type": "realtime", **words})
        assert (await client.wait_for("error"))["error"]["param"] == "session.audio.input.transcription.model"
        await client.send("session.update", session={"type": "realtime", "instructions": "x"})
        await client.wait_for("session.updated")
        await client.send("session.update", session={"type": "realtime", **words})
        await client.wait_for("session.updated")


@pytest.mark.parametrize(
    "how", [{"headers": {"OpenAI-Beta": "realtime=v1"}}, {"protocols": ("realtime", "openai-beta.realtime-v1")}]
)
async def test_a_client_of_the_beta_is_told_and_closed(how: dict[str, Any]) -> None:
    async with misbehaving() as running, aiohttp.ClientSession() as http:
        headers = {"Authorization": "Bearer x", **how.pop("headers", {})}
        async with http.ws_connect(f"{running.ws_url}/realtime", headers=headers, **how) as socket:
            client = RawClient(socket)
            assert (await client.wait_for("error"))["error"]["code"] == "beta_api_shape_disabled"
            assert await client.wait_for_close() == 4000
        assert client.kinds() == ["error"]
        assert running.server.statistics.sessions_total == 0


async def test_one_answer_holds_several_items_with_their_phases() -> None:
    turn = {"hears": "x", "says": "It is there.", "preambles": [{"says": "Let me see."}, {"says": "Just a moment."}],
            "calls": [{"name": "a"}, {"name": "b"}]}  # fmt: skip
    async with running_server({"turns": [turn]}) as running, raw_client(running, "gpt-realtime-2.1") as client:
        assert (await client.wait_for("session.created"))["session"]["parallel_tool_calls"] is True
        await client.say("hello")
        output = (await client.wait_for("response.done"))["response"]["output"]
        assert [item.get("phase") for item in output] == ["commentary", "commentary", "final_answer", None, None]
        assert [item["content"][0]["transcript"] for item in output[:3]] == [
            "Let me see.",
            "Just a moment.",
            "It is there.",
        ]
        await client.send("session.update", session={"type": "realtime", "parallel_tool_calls": False})
        await client.say("hello")
        output = (await client.wait_for("response.done"))["response"]["output"]
        assert [item["type"] for item in output] == ["message"] * 3 + ["function_call"]


@pytest.mark.parametrize("kind", ["refuse", "refuse_update", "refuse_transcription"])
async def test_what_refuses_cannot_happen_now(kind: str) -> None:
    async with misbehaving() as running, aiohttp.ClientSession() as http:
        fault = {"kind": kind} | ({"status": 503} if kind == "refuse" else {})
        headers = {"Authorization": "Bearer x"}
        async with http.post(f"{running.http_url}/control/fault", json=fault, headers=headers) as answer:
            assert answer.status == 400
            assert "script" in (await answer.json())["error"]["message"]
