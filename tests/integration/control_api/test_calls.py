"""Whole calls: the real API process, the real livekit-server, people by `livekit.rtc`, a worker without audio."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from livekit import api as livekit_api
from livekit import rtc

from control_api.adapters.livekit_gateway import REQUEST_TIMEOUT_S
from control_api.services.open_call import OPEN_WITHIN_S
from scripts.dev.free_ports import free_port
from shared.call_report import AgentJoined, CallEnded, Segment
from shared.call_state import EndReason
from shared.room_signals import AGENT_LOST_TOPIC, CALL_ENDED_TOPIC
from tests.support.api_process import ApiProcess, running_api
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.until import until
from tests.support.worker_double import WorkerDouble, a_worker

GRACE_S = 5


@dataclass
class Stack:
    livekit: LiveKitServer
    api: ApiProcess

    @asynccontextmanager
    async def user(self, name: str = "ann") -> AsyncIterator[User]:
        headers = {"Authorization": f"Bearer {self.api.token(name, name.title())}"}
        async with httpx2.AsyncClient(base_url=self.api.url, headers=headers, timeout=10) as http:
            yield User(http, self)

    def livekit_api(self) -> livekit_api.LiveKitAPI:
        return livekit_api.LiveKitAPI(self.livekit.http_url, self.livekit.api_key, self.livekit.api_secret)

    async def people_in(self, room: str) -> set[str]:
        async with self.livekit_api() as lk:
            listed = await lk.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
            return {one.identity for one in listed.participants}

    async def rooms(self) -> set[str]:
        async with self.livekit_api() as lk:
            return {room.name for room in (await lk.room.list_rooms(livekit_api.ListRoomsRequest())).rooms}


@dataclass
class User:
    http: httpx2.AsyncClient
    stack: Stack

    async def opened(self, **body: Any) -> dict[str, Any]:
        answer = await self.http.post("/api/voice/session", json=body)
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()["session"]
        return session

    async def record(self, call_id: str) -> dict[str, Any]:
        answer = await self.http.get("/api/voice/session", params={"callId": call_id})
        assert answer.status_code == 200, answer.text
        record: dict[str, Any] = answer.json()["session"]
        return record

    async def until_status(self, call_id: str, *wanted: str, limit_s: float = 10) -> dict[str, Any]:
        async def reached() -> dict[str, Any]:
            record = await self.record(call_id)
            return record if record["status"] in wanted else {}

        return await until(reached, f"a call does not become {wanted}", limit_s=limit_s)


@dataclass
class Person:
    room: rtc.Room
    data: list[tuple[str, bytes]]

    @staticmethod
    async def join(url: str, token: str) -> Person:
        person = Person(rtc.Room(), [])
        person.room.on("data_received", lambda packet: person.data.append((packet.topic or "", packet.data)))
        await person.room.connect(url, token)
        return person


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("stack")
    port = free_port()
    hook = f"http://127.0.0.1:{port}/api/voice/webhook"
    with running_livekit(directory / "livekit", webhook_url=hook) as livekit:
        settings = {
            "VOICE_RECONNECT_GRACE_S": str(GRACE_S),
            "VOICE_NO_SHOW_S": "6",
            "VOICE_DISPATCH_GIVE_UP_S": "4",
            "VOICE_RECOVERY_GIVE_UP_S": "4",
            "VOICE_MAX_OPEN_CALLS_PER_USER": "20",
        }
        with running_api(directory / "api", livekit, port=port, **settings) as api:
            yield Stack(livekit, api)


@asynccontextmanager
async def a_call(
    stack: Stack, user: User, *, worker_id: str = "worker-1"
) -> AsyncIterator[tuple[dict[str, Any], WorkerDouble, Person, Person]]:
    """A connected call: its session, its worker, the caller, the agent."""
    async with a_worker(stack.api.url, stack.api.worker_token, worker_id) as worker:
        session = await user.opened()
        claim = await worker.claim(session["callId"])
        caller = await Person.join(session["livekitHost"], session["token"])
        agent = await Person.join(claim["livekitUrl"], claim["token"])
        await worker.report(session["callId"], AgentJoined())
        try:
            yield session, worker, caller, agent
        finally:
            await caller.room.disconnect()
            await agent.room.disconnect()


async def test_a_call_from_the_opening_to_the_record(stack: Stack) -> None:
    async with stack.user() as ann, a_call(stack, ann) as (session, worker, caller, _):
        call_id = session["callId"]
        connected = await ann.until_status(call_id, "connected")
        assert (connected["agentStatus"], connected["agentAvailable"]) == ("active", True)
        now_ms = int(time.time() * 1000)
        await worker.report(
            call_id,
            Segment("s1", "ann", "Where is my order?", now_ms, now_ms + 900),
            Segment("s2", "agent", "On its way.", now_ms + 1500, now_ms + 2300),
        )
        await caller.room.disconnect()
        record = await ann.until_status(call_id, "completed", limit_s=3)
        assert (record["endReason"], record["transcript"]) == (
            "caller_hung_up",
            "Ann: Where is my order?\nAI: On its way.",
        )

        async def told() -> bool:
            return session["roomName"] not in await stack.rooms() and not worker.held

        await until(told, "the room is still there, or the worker was not told")


async def test_whoever_is_in_the_room_hears_why_it_closes(stack: Stack) -> None:
    async with stack.user() as ann, a_call(stack, ann) as (session, worker, caller, _):
        await ann.until_status(session["callId"], "connected")
        params = {"roomName": session["roomName"]}

        async def listens() -> bool:
            # A moment after joining, data does not reach a participant yet.
            async with livekit_api.LiveKitAPI(
                stack.livekit.http_url, stack.livekit.api_key, stack.livekit.api_secret
            ) as lk:
                await lk.room.send_data(livekit_api.SendDataRequest(room=session["roomName"], data=b"", topic="ping"))
            return bool(caller.data)

        await until(listens, "no data reaches the caller")
        answers = await asyncio.gather(*(ann.http.delete("/api/voice/session", params=params) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["duration"] for answer in answers}) == 1

        async def put_out() -> bool:
            return not caller.room.isconnected()

        await until(put_out, "the caller is still in the room of an ended call")
        (payload,) = [data for topic, data in caller.data if topic == CALL_ENDED_TOPIC]
        assert json.loads(payload)["endReason"] == "ended_by_api"
        assert [command.call_id for command in worker.commands][:1] == [session["callId"]]


async def test_the_worker_ends_a_call(stack: Stack) -> None:
    async with stack.user() as ann, a_call(stack, ann) as (session, worker, _, __):
        await worker.report(session["callId"], CallEnded(EndReason.AGENT_HUNG_UP))
        record = await ann.record(session["callId"])
        assert (record["status"], record["endReason"]) == ("completed", "agent_hung_up")


async def test_nobody_claims_and_nobody_comes(stack: Stack) -> None:
    async with stack.user() as ann:
        no_agent = await ann.opened()
        async with a_worker(stack.api.url, stack.api.worker_token) as worker:
            no_show = await ann.opened()
            await worker.claim(no_show["callId"])
            record = await ann.until_status(no_agent["callId"], "failed", limit_s=8)
            assert record["endReason"] == "no_agent"
            record = await ann.until_status(no_show["callId"], "missed", limit_s=15)
            assert (record["endReason"], record["duration"]) == ("no_show", 0)


async def test_a_worker_that_dies_is_waited_for_in_vain_where_there_is_no_other(stack: Stack) -> None:
    async with stack.user() as ann, a_call(stack, ann) as (session, worker, _, agent):
        await ann.until_status(session["callId"], "connected")
        await worker.disconnect()
        record = await ann.until_status(session["callId"], "failed", limit_s=20)
        assert (record["endReason"], record["recoveries"]) == ("agent_lost", 1)
        assert not agent.room.isconnected(), "whoever has the agent's identity is put out"


async def test_another_worker_takes_up_the_call_of_one_that_died(stack: Stack) -> None:
    async with (
        stack.user() as ann,
        a_call(stack, ann) as (session, worker, caller, _),
        a_worker(stack.api.url, stack.api.worker_token, "worker-other") as other,
    ):
        call_id = session["callId"]
        await ann.until_status(call_id, "connected")
        now_ms = int(time.time() * 1000)
        await worker.report(call_id, Segment("s1", "ann", "Where is my order?", now_ms, now_ms + 900))
        await worker.disconnect()

        async def is_replaced() -> bool:
            return bool((await ann.record(call_id))["agentStatus"] == "pending")

        await until(is_replaced, "the agent of a dead worker is still there", limit_s=14)
        claim = await other.claim(call_id, epoch=2)
        assert (claim["takesOver"], claim["history"]) == (True, [{"byAgent": False, "text": "Where is my order?"}])
        agent = await Person.join(claim["livekitUrl"], claim["token"])
        await other.report(call_id, AgentJoined())
        late = Segment("s2", "agent", "On its way.", now_ms + 1000, now_ms + 1500)
        await worker.report(call_id, late, CallEnded(EndReason.INTERNAL_ERROR))
        record = await ann.record(call_id)
        assert (record["status"], record["agentStatus"], record["recoveries"]) == ("connected", "active", 1)
        assert [segment["text"] for segment in record["transcriptSegments"]] == ["Where is my order?", "On its way."]
        assert [topic for topic, _ in caller.data].count(AGENT_LOST_TOPIC) == 1
        assert agent.room.isconnected()
        await agent.room.disconnect()


async def test_a_killed_api_knows_the_truth_again_within_30_s(stack: Stack) -> None:
    """While it is away, one caller hangs up and another call goes on; no webhook of that arrives."""
    async with (
        stack.user() as ann,
        stack.user("bob") as bob,
        a_call(stack, ann) as (left, _, leaver, __),
        a_call(stack, bob, worker_id="worker-2") as (staying, worker, _, __),
    ):
        await ann.until_status(left["callId"], "connected")
        await bob.until_status(staying["callId"], "connected")
        stack.api.kill()
        await leaver.room.disconnect()
        await asyncio.sleep(16)  # LiveKit gives up its webhooks after 15 s
        await asyncio.to_thread(stack.api.start)
        record = await ann.until_status(left["callId"], "completed", "failed", limit_s=30)
        assert record["endReason"] == "caller_lost"
        assert (await bob.record(staying["callId"]))["status"] == "connected"
        await worker.report(staying["callId"], CallEnded(EndReason.AGENT_HUNG_UP))
        assert (await bob.record(staying["callId"]))["status"] == "completed"


async def test_a_media_server_that_hangs_costs_a_client_three_seconds_and_leaves_nothing(stack: Stack) -> None:
    async with stack.user("carol") as carol:
        os.kill(stack.livekit.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = await carol.http.post("/api/voice/session", json={})
            assert time.monotonic() - began < OPEN_WITHIN_S + REQUEST_TIMEOUT_S, "one limit for all that is asked of it"
        finally:
            os.kill(stack.livekit.pid, signal.SIGCONT)
        assert (answer.status_code, answer.json()["details"]["code"]) == (503, "livekit_unreachable")
        assert answer.headers["Retry-After"]
        assert (await carol.http.get("/api/voice/session")).json()["total"] == 0

        async def no_room() -> bool:
            return not any(name.startswith("support-carol-") for name in await stack.rooms())

        await until(no_room, "the room of a call that was not opened is still there", limit_s=15)


async def test_a_media_server_that_lost_its_rooms_gets_them_back_and_the_people_come(stack: Stack) -> None:
    async with stack.user() as ann, a_call(stack, ann) as (session, _, __, ___):
        await ann.until_status(session["callId"], "connected")
        stack.livekit.kill()
        answer = await ann.http.post("/api/voice/session", json={})
        assert answer.status_code == 503
        ready = await ann.http.get("/readyz")
        assert (ready.status_code, ready.json()["reasons"]) == (503, {"livekit": "unreachable"})
        await asyncio.to_thread(stack.livekit.start)

        async def is_whole_again() -> bool:
            return len(await stack.people_in(session["roomName"])) == 2

        await until(is_whole_again, "the people do not come back to the room", limit_s=20)
        await asyncio.sleep(GRACE_S + 6)  # for whoever is not there the call would end by now
        timeline = await ann.http.get("/api/voice/session", params={"callId": session["callId"], "include": "timeline"})
        record = timeline.json()["session"]
        assert record["status"] == "connected"
        assert [one["event"]["kind"] for one in record["timeline"]].count("room_lost") == 1


async def test_webhooks_that_livekit_did_not_sign_are_refused(stack: Stack) -> None:
    async with httpx2.AsyncClient(base_url=stack.api.url) as http:
        body = {"event": "room_finished", "id": "EV_x", "room": {"sid": "RM_1", "name": "r"}}
        headers = {"Content-Type": "application/webhook+json"}
        for authorization in ("", "nonsense", stack.api.token("ann")):
            answer = await http.post(
                "/api/voice/webhook", json=body, headers=headers | {"Authorization": authorization}
            )
            assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})


async def test_a_log_holds_no_word_no_name_and_no_token(stack: Stack) -> None:
    async with stack.user("dora") as dora, a_worker(stack.api.url, stack.api.worker_token) as worker:
        session = await dora.opened(systemPrompt="Say xylophone.", greeting="Hello zebra", metadata={"a": "quokka"})
        await worker.claim(session["callId"])
        await worker.report(session["callId"], Segment("s1", "dora", "umbrella", 1, 2))
        await dora.http.delete("/api/voice/session", params={"roomName": session["roomName"]})
    log = stack.api.log
    for secret in (
        "xylophone",
        "zebra",
        "quokka",
        "umbrella",
        "Dora",
        session["token"],
        stack.api.worker_token,
        "turnPassword",
    ):
        assert secret not in log
