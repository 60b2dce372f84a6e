"""Calls between people, and agents that come and go, on the real server: the real API, `livekit.rtc`, webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
from livekit import api as livekit_api
from livekit import rtc

from shared.room_signals import CALL_ANSWERED_TOPIC
from shared.worker_link import CommandKind
from tests.integration.control_api.test_calls import Person, Stack, a_call, stack
from tests.support.until import until

__all__ = ["stack"]  # the fixture of the calls with an agent serves here, too

PAIR = {"callType": "user-to-user", "calleeId": "bob", "enableRecording": False}


async def test_a_call_between_two_is_answered_and_the_callee_hangs_up(stack: Stack) -> None:
    async with stack.user("ann") as ann, stack.user("bob") as bob:
        session = await ann.opened(**PAIR)
        room_name, call_id = session["roomName"], session["callId"]
        caller = await Person.join(session["livekitHost"], session["token"])
        try:
            assert json.loads(caller.room.metadata) == {"recordingEnabled": False, "transcriptionEnabled": False}
            ringing = await bob.http.get("/api/voice/session", params={"status": "ringing"})
            assert [item["callId"] for item in ringing.json()["sessions"]] == [call_id]
            token = (await bob.http.post("/api/voice/token", json={"roomName": room_name})).json()
            callee = await Person.join(token["livekitHost"], token["token"])
            await bob.until_status(call_id, "connected")

            async def told() -> bool:
                return CALL_ANSWERED_TOPIC in [topic for topic, _ in caller.data]

            await until(told, "the caller is not told that it was answered")
            await callee.room.disconnect()
            ended = await ann.until_status(call_id, "completed")
            assert ended["endReason"] == "callee_hung_up"
        finally:
            await caller.room.disconnect()

        async def is_gone() -> bool:
            return room_name not in await stack.rooms()

        await until(is_gone, "the room of an ended call is still there")


async def test_the_last_one_out_ends_a_conference(stack: Stack) -> None:
    async with stack.user("ann") as ann, stack.user("bob") as bob:
        asked = {"roomName": "meet", "roomType": "conference", "spawnAiAgent": False}
        tokens = [(await user.http.post("/api/voice/token", json=asked)).json() for user in (ann, bob)]
        people = [await Person.join(token["livekitHost"], token["token"]) for token in tokens]
        call_id = tokens[0]["callId"]
        await ann.until_status(call_id, "connected")
        await people[0].room.disconnect()
        assert (await ann.record(call_id))["status"] == "connected"
        await people[1].room.disconnect()
        ended = await ann.until_status(call_id, "completed")
        assert ended["endReason"] == "everyone_left"


async def test_an_agent_is_removed_from_a_running_call_and_another_comes(stack: Stack) -> None:
    async with stack.user("ann") as ann, a_call(stack, ann, worker_id="worker-9") as (session, worker, caller, agent):
        call_id, where = session["callId"], {"roomName": session["roomName"]}
        await ann.until_status(call_id, "connected")
        assert (await ann.http.delete("/api/voice/agent", params=where)).status_code == 200

        async def put_out() -> bool:
            is_there: bool = agent.room.isconnected()
            return not is_there and not caller.room.remote_participants

        await until(put_out, "the agent is still in the room")
        assert CommandKind.REMOVE_AGENT in [command.kind for command in worker.commands]
        worker.held.clear()
        record = await ann.record(call_id)
        assert (record["status"], record["agentStatus"]) == ("connected", "disconnected")
        spawned = await ann.http.post("/api/voice/agent", json=where)
        assert spawned.json()["session"]["status"] == "pending"
        claim = await worker.claim(call_id, epoch=2, job_id="job-2")
        again = await Person.join(claim["livekitUrl"], claim["token"])
        try:

            async def is_active() -> bool:
                record = await ann.record(call_id)
                return bool(record["agentStatus"] == "active")

            await until(is_active, "the second agent is in the room, and nobody notices")
            assert again.room.connection_state is rtc.ConnectionState.CONN_CONNECTED
            assert (await ann.record(call_id))["connectedAt"] == record["connectedAt"]
        finally:
            await again.room.disconnect()


async def test_a_token_of_an_open_conference_is_no_way_into_the_next_one_of_its_name(stack: Stack) -> None:
    """A stranger's old token, and the one of somebody who was in the first conference: it lives for ten minutes."""
    async with stack.user("ann") as ann, stack.user("bob") as bob, stack.user("eve") as eve:
        asked = {"roomName": "board", "roomType": "conference", "spawnAiAgent": False}
        first = [(await user.http.post("/api/voice/token", json=asked)).json() for user in (ann, eve)]
        guest = await Person.join(first[1]["livekitHost"], first[1]["token"])
        assert (await ann.http.delete("/api/voice/session", params={"roomName": "board"})).status_code == 200

        async def is_put_out() -> bool:
            return not guest.room.isconnected()

        await until(is_put_out, "a guest is still in the room of a call that is over")
        closed = {"callType": "conference", "roomName": "board", "participantIds": ["bob"], "enableRecording": False}
        session = await ann.opened(**closed)
        assert session["roomName"] == "board"
        assert (await eve.http.post("/api/voice/token", json=asked)).status_code == 403
        with pytest.raises(rtc.ConnectError):
            await Person.join(first[1]["livekitHost"], first[1]["token"])
        second = (await bob.http.post("/api/voice/token", json={"roomName": "board"})).json()
        people = [await Person.join(one["livekitHost"], one["token"]) for one in (session, second)]
        try:
            await ann.until_status(session["callId"], "connected")
            assert await stack.people_in(people[0].room.name) == {"ann", "bob"}
        finally:
            for person in people:
                await person.room.disconnect()


async def test_nobody_calls_themselves_something_else_in_the_room(stack: Stack) -> None:
    """Names, metadata and attributes are the API's to say: by them pages know who is the assistant."""
    async with stack.user("ann") as ann, stack.user("bob") as bob:
        asked = {"roomName": "names", "roomType": "conference", "spawnAiAgent": False}
        tokens = [(await user.http.post("/api/voice/token", json=asked)).json() for user in (ann, bob)]
        people = [await Person.join(token["livekitHost"], token["token"]) for token in tokens]
        try:
            me = people[1].room.local_participant
            for change in (
                me.set_attributes({"lk.agent.state": "speaking", "lk.publish_on_behalf": "ann"}),
                me.set_name("AI assistant"),
                me.set_metadata("{}"),
            ):
                with contextlib.suppress(Exception):  # the SDK raises bare ones, or says nothing
                    await change
            async with stack.livekit_api() as livekit:
                where = livekit_api.RoomParticipantIdentity(room=people[0].room.name, identity="bob")
                seen = await livekit.room.get_participant(where)
            assert (seen.name, seen.metadata, dict(seen.attributes)) == ("Bob", "", {})
        finally:
            for person in people:
                await person.room.disconnect()


async def test_a_front_end_that_asks_several_times_at_once_has_one_call_which_it_can_join(stack: Stack) -> None:
    """As LiveKit's `useSession` does, by the real server's measure: each token lets in at once."""
    async with stack.user("dora") as dora:
        asking = [dora.http.post("/api/voice/token/livekit", json={}) for _ in range(4)]
        tokens = [answer.json() for answer in await asyncio.gather(*asking)]
        people = [await Person.join(token["server_url"], token["participant_token"]) for token in tokens]
        rooms = {person.room.name for person in people}
        for person in people:
            await person.room.disconnect()
        assert len(rooms) == 1
        listed = (await dora.http.get("/api/voice/session")).json()
        assert listed["total"] == 1
