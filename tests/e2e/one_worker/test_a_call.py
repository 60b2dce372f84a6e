"""A person calls the agent: real LiveKit server, real audio, both sides' words in the record."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

from livekit import api as livekit_api

from tests.support.stack import Stack, wait_for


def test_two_turns_and_a_barge_in(stack: Stack) -> None:
    result = stack.call("--say", "Where is my order?", "--say", "Thank you very much.", "--barge-in").result()

    assert (result["status"], result["endReason"], result["problems"]) == ("completed", "caller_hung_up", [])
    assert result["agentJoinedMs"] > 0
    assert len(result["turns"]) == 3
    assert all(turn["responseMs"] is not None for turn in result["turns"])
    interrupted = result["turns"][0]
    assert interrupted["interrupted"] is True
    assert interrupted["silenceMs"] is not None
    assert_both_sides_are_in(result)
    assert_the_interrupted_answer_ends_where_it_was_heard(result)
    assert_the_webhooks_were_applied(stack, result["callId"])
    assert_nobody_is_left_in(stack, result["roomName"])


def assert_both_sides_are_in(result: dict[str, Any]) -> None:
    said = [(segment["speaker"] == "agent", segment["text"]) for segment in result["transcript"]]
    assert said[0] == (True, "Hello, this is the support line.")
    assert (False, "Where is my order four two seven?") in said
    assert (False, "Thank you very much.") in said
    assert (True, "You are welcome.") in said
    starts = [segment["startMs"] for segment in result["transcript"]]
    assert starts == sorted(starts)


def assert_the_interrupted_answer_ends_where_it_was_heard(result: dict[str, Any]) -> None:
    whole = "Order four two seven is on its way. It left the warehouse this morning"
    heard = next(
        segment["text"]
        for segment in result["transcript"]
        if segment["speaker"] == "agent" and segment["text"].startswith("Order")
    )
    assert whole.startswith(heard)
    assert "tomorrow" not in heard


def assert_the_webhooks_were_applied(stack: Stack, call_id: str) -> None:
    """All that LiveKit said of this call is in the inbox, applied."""
    database = f"file:{stack.data_dir / 'voice.db'}?mode=ro"

    def look() -> bool:
        with sqlite3.connect(database, uri=True) as connection:
            waiting = connection.execute("SELECT count(*) FROM webhook_inbox WHERE applied_ms IS NULL").fetchone()[0]
            stays = connection.execute(
                "SELECT count(*) FROM presence WHERE call_id = ? AND left_at_ms IS NOT NULL", (call_id,)
            ).fetchone()[0]
            finished = connection.execute(
                "SELECT count(*) FROM rooms WHERE call_id = ? AND finished_ms IS NOT NULL", (call_id,)
            ).fetchone()[0]
        return (waiting, stays, finished) == (0, 2, 1)

    wait_for(look, "both have joined and left and the room is finished, by webhook", 15)


def assert_nobody_is_left_in(stack: Stack, room_name: str) -> None:
    async def rooms() -> list[str]:
        info = stack.info
        url = info.livekit_url.replace("ws://", "http://")
        async with livekit_api.LiveKitAPI(url, info.livekit_api_key, info.livekit_api_secret) as client:
            listed = await client.room.list_rooms(livekit_api.ListRoomsRequest())
        return [room.name for room in listed.rooms]

    wait_for(lambda: room_name not in asyncio.run(rooms()), "the room is gone", 10)


def test_eight_callers_at_once(stack: Stack) -> None:
    result = stack.call("--calls", "8", "--seconds", "8").result()
    assert result["summary"]["failedCalls"] == 0
    assert len({call["callId"] for call in result["calls"]}) == 8
    for call in result["calls"]:
        assert {segment["speaker"] == "agent" for segment in call["transcript"]} == {True, False}


def test_a_call_that_the_api_ends_is_told_to_the_caller(stack: Stack) -> None:
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    assert stack.api("DELETE", f"/api/voice/session?roomName={call['roomName']}")["success"] is True
    result = caller.result()
    assert (result["callId"], result["endReason"]) == (call["callId"], "ended_by_api")


def test_an_operator_can_read_the_call_in_the_log_and_nobody_elses_words(stack: Stack) -> None:
    result = stack.call("--say", "Where is my order?").result()
    lines = [line for line in stack.log_lines("worker") if line.get("call_id") == result["callId"]]
    told = [line["event"] for line in lines]
    for event in ("call claimed", "agent joined", "person joined", "model ready", "turn", "call ended"):
        assert event in told
    everything = "".join((stack.data_dir / "logs" / f"{name}.log").read_text() for name in ("api", "worker"))
    for secret in ("four two seven", "support line", stack.info.livekit_api_secret, "Simulated caller"):
        assert secret not in everything
