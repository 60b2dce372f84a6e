"""The control endpoints: what they show, and how they change a running server."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.support.local_realtime import SILENCE_100_MS, RunningServer, raw_client, running_server

TURNS = [{"hears": "one", "says": "First answer."}, {"hears": "two", "says": "Second answer."}]


async def get(running: RunningServer, path: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(running.http_url + path) as response:
        body: dict[str, Any] = await response.json()
        return body


async def post(running: RunningServer, path: str, text: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.post(running.http_url + path, data=text) as response:
        return response.status, await response.json()


async def test_stats_tell_what_a_session_did() -> None:
    async with running_server({"turns": TURNS}, control=True) as running:
        async with raw_client(running) as client:
            await client.send_audio(SILENCE_100_MS * 5)
            await client.say("hello")
            done = await client.wait_for("response.done")
            item_id = done["response"]["output"][0]["id"]
            await client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=120)
            await client.wait_for("conversation.item.truncated")
            stats = await get(running, "/control/stats")
        closed = await get(running, "/control/sessions")
    assert (stats["connectionsOpen"], stats["sessionsTotal"]) == (1, 1)
    [session] = stats["sessions"]
    assert session["open"]
    assert session["audioReceivedMs"] > 1500
    assert session["peakAudioMsPerSecond"] == session["audioReceivedMs"]
    assert session["responses"] == {"completed": 1}
    assert session["truncations"] == [{"itemId": item_id, "audioEndMs": 120}]
    assert [item["role"] for item in session["items"]] == ["user", "assistant"]
    assert session["items"][0]["text"] == "one"
    assert session["items"][1]["truncatedAtMs"] == 120
    assert closed == {"sessions": []}


async def test_a_closed_session_is_still_there_with_its_events() -> None:
    fault = {"kind": "close", "code": 1011, "at_turn": 1}
    async with running_server({"turns": TURNS, "faults": [fault]}, control=True) as running:
        async with raw_client(running) as client:
            await client.say("hello")
            await client.wait_for_close()
        [summary] = (await get(running, "/control/stats"))["sessions"]
        session = await get(running, f"/control/sessions/{summary['id']}")
        missing = await get(running, "/control/sessions/nope")
    assert (session["open"], session["closeCode"]) == (False, 1011)
    types = [entry["type"] for entry in session["log"]]
    assert types.index("input_audio_buffer.committed") < len(types) - 1
    assert "close" in types
    assert "error" in missing


async def test_a_new_script_is_played_from_the_next_turn_on() -> None:
    async with running_server({"turns": TURNS}, control=True) as running, raw_client(running) as client:
        await client.say("hello")
        await client.wait_for("response.done")
        script = "turns:\n- {hears: x, says: A new answer.}\n"
        status, body = await post(running, "/control/script", script)
        assert (status, body["turns"], body["deterministic"]) == (200, 1, True)
        await client.say("hello")
        done = await client.wait_for("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"] == "A new answer."


async def test_a_wrong_script_is_refused_in_one_sentence_and_changes_nothing() -> None:
    async with running_server({"turns": TURNS}, control=True) as running, raw_client(running) as client:
        status, body = await post(running, "/control/script", '{"turns": [{"heers": "x"}]}')
        assert (status, body) == (400, {"error": {"message": "turns.0.heers is not a known setting."}})
        status, body = await post(running, "/control/script", "{")
        assert status == 400
        await client.say("hello")
        done = await client.wait_for("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"] == "First answer."


async def test_a_fault_can_be_made_to_happen_now() -> None:
    async with (
        running_server({"turns": TURNS}, control=True) as running,
        raw_client(running, model="a") as first,
        raw_client(running, model="b") as second,
    ):
        await first.wait_for("session.created")
        await second.wait_for("session.created")
        fault = '{"kind": "close", "code": 4005, "match": {"model": "b"}}'
        assert await post(running, "/control/fault", fault) == (200, {"sessions": 1})
        assert await second.wait_for_close() == 4005
        fault = '{"kind": "fail_response", "code": "x", "match": {"model": "a"}}'
        assert await post(running, "/control/fault", fault) == (200, {"sessions": 1})
        await first.say("hello")
        assert (await first.wait_for("response.done"))["response"]["status"] == "failed"


async def test_control_is_off_unless_asked_for() -> None:
    async with (
        running_server({"turns": TURNS}) as running,
        aiohttp.ClientSession(headers={"Authorization": "Bearer x"}) as http,
        http.get(f"{running.http_url}/control/stats") as response,
    ):
        assert response.status == 404


async def test_control_wants_the_key_when_there_is_one() -> None:
    async with (
        running_server({"turns": TURNS}, control=True, key="right") as running,
        aiohttp.ClientSession() as http,
        http.get(f"{running.http_url}/control/stats") as refused,
        http.get(f"{running.http_url}/control/stats", headers={"Authorization": "Bearer right"}) as allowed,
        http.get(f"{running.http_url}/healthz") as health,
    ):
        assert (refused.status, allowed.status, health.status) == (401, 200, 200)
