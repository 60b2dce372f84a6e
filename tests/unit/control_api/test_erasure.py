"""Forgetting a user, and what is older than it may be."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import pytest

from control_api.services.erasures import Erasures, Retention
from shared.call_report import AGENT_SPEAKER, RecordingStored, Report, Segment
from shared.ids import CallId, EgressId
from tests.fakes.recorder import FakeStorage, fake_recording
from tests.support.api_client import ERASURE, SESSION, TOKEN, Api, an_api, error_of
from tests.support.recordings import whole

ANNS_WORDS = "I live in Baker Street."


async def erase(api: Api, user_id: str, user: str = "root") -> Any:
    return await api.request("POST", ERASURE, user=user, json={"userId": user_id})


async def a_recorded_call(api: Api, storage: FakeStorage, **body: Any) -> str:
    """Of Ann, with an agent, over; Bob was in it where it is a conference."""
    call = await api.called(systemPrompt="Ann is 42.", metadata={"order": "order-7"}, **body)
    await api.request("POST", TOKEN, user="bob", json={"roomName": "r1"})
    await api.parts.clock.advance(1)
    await api.parts.joins(call, "user-1")
    await api.parts.joins(call, "user-2")
    await api.parts.agent_joins(call)
    (await api.request("POST", "/api/voice/recording", json={"roomName": "r1"})).json()
    (recording,) = await api.parts.store.read(lambda tx: tx.recordings(call.id))
    storage.paths |= {recording.path, f"{recording.path}.peaks.json"}
    await api.parts.told(*whole(recording.egress_id, path=recording.path))
    said = [("a", "user-1", ANNS_WORDS), ("b", "user-2", "Hello, Ann."), ("c", AGENT_SPEAKER, "Baker Street, then.")]
    now_ms = api.parts.clock.now_ms()
    reports = [
        Report(call.id, 1, seq, now_ms, Segment(segment_id, speaker, text, now_ms, now_ms))
        for seq, (segment_id, speaker, text) in enumerate(said, start=10)
    ]
    await api.parts.services.reports.take(reports)
    await api.request("DELETE", SESSION, params={"roomName": "r1"})
    await api.parts.closed()
    return call.id


def everything(api: Api) -> str:
    """All that the store holds but receipts, as one text."""
    state = dict(vars(api.parts.store.state))
    state.pop("erasures")
    state["events"] = [event.data.model_dump() for event in state["events"]]
    return repr(state) + json.dumps([asdict(call) for call in state["calls"].values()], default=str)


async def test_a_call_of_ones_own_is_forgotten_but_for_the_fact() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call_id = await a_recorded_call(api, storage)
        before = await api.parts.call(call_id)  # type: ignore[arg-type]
        answer = (await erase(api, "user-1")).json()
        receipt = answer["receipt"]
        assert receipt | {"erasureId": "", "requestedAt": ""} == {
            "erasureId": "",
            "userHash": hashlib.sha256(b"user-1").hexdigest(),
            "requestedBy": "admin-1",
            "requestedAt": "",
            "completedAt": None,
            "calls": 1,
            "recordings": 1,
            "segments": 3,
            "filesLeft": 2,
        }
        kept = everything(api)
        for secret in ("user-1", "'Ann'", ANNS_WORDS, "Baker Street", "Ann is 42.", "order-7"):
            assert secret not in kept, secret
        after = await api.parts.call(call_id)  # type: ignore[arg-type]
        assert (after.status, after.connected_at_ms, after.ended_at_ms) == (
            before.status,
            before.connected_at_ms,
            before.ended_at_ms,
        )
        assert (await api.request("GET")).json()["total"] == 0
        for _ in range(11):
            await api.parts.tick()
        assert storage.paths == set()
        done = (await api.request("GET", ERASURE, user="root", params={"erasureId": receipt["erasureId"]})).json()
        assert (done["receipt"]["filesLeft"], done["receipt"]["completedAt"] is None) == (0, False)


async def test_in_somebody_elses_call_the_others_words_stay() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_recorded_call(api, storage, callType="conference", enableAiAgent=True)
        receipt = (await erase(api, "user-2")).json()["receipt"]
        assert (receipt["calls"], receipt["recordings"], receipt["segments"]) == (1, 1, 1)
        kept = everything(api)
        assert "user-2" not in kept
        assert "Hello, Ann." not in kept
        shown = await api.shown()
        assert [segment["speaker"] for segment in shown["transcriptSegments"]] == ["user-1", "agent"]
        assert (shown["callerName"], shown["recordingUrl"]) == ("Ann", None)
        assert error_of(await api.request("GET", params={"roomName": "r1"}, user="bob"))[0] == 403


async def test_while_the_store_is_down_files_stay_doomed() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_recorded_call(api, storage)
        storage.down = True
        receipt = (await erase(api, "user-1")).json()["receipt"]
        for _ in range(21):
            await api.parts.tick()
        params = {"erasureId": receipt["erasureId"]}
        waiting = (await api.request("GET", ERASURE, user="root", params=params)).json()["receipt"]
        assert (waiting["filesLeft"], waiting["completedAt"]) == (2, None)
        storage.down = False
        for _ in range(11):
            await api.parts.tick()
        done = (await api.request("GET", ERASURE, user="root", params=params)).json()["receipt"]
        assert (done["filesLeft"], done["completedAt"] is None) == (0, False)


async def test_a_file_that_arrives_after_the_erasure_goes_too() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call_id = await a_recorded_call(api, storage)
        await erase(api, "user-1")
        late = RecordingStored(EgressId("EG_unknown"), 1, "x/late.mp4", 1, "0f", 1, None)
        storage.paths.add("x/late.mp4")
        report = Report(call_id, 1, 99, api.parts.clock.now_ms(), late)  # type: ignore[arg-type]
        await api.parts.services.reports.take([report])
        for _ in range(11):
            await api.parts.tick()
        assert storage.paths == set()


@pytest.mark.parametrize("user_id", ["user-1", "user-2"])
async def test_words_that_arrive_after_the_erasure_are_forgotten_too(user_id: str) -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call_id = await a_recorded_call(api, storage, callType="conference", enableAiAgent=True)
        await erase(api, user_id)
        told = Segment("z", user_id, "Late.", 1, 2), Segment("y", "user-1", "On time.", 1, 2)
        await api.parts.services.reports.take(
            [Report(CallId(call_id), 1, seq, 3, event) for seq, event in enumerate(told, start=90)]
        )
        words = {segment.text for segment in await api.parts.store.read(lambda tx: tx.segments(CallId(call_id)))}
        assert "Late." not in words
        assert f"'{user_id}'" not in everything(api)
    assert ("On time." in words) == (user_id == "user-2"), "others' words stay, but in a call that they had made"


async def test_who_may_and_when() -> None:
    async with an_api() as api:
        assert error_of(await erase(api, "user-1", user="ann")) == (403, "Access denied", "forbidden")
        await api.called()
        assert error_of(await erase(api, "user-1"))[2] == "state_conflict"
        await api.request("DELETE", SESSION, params={"roomName": "r1"})
        again = [(await erase(api, "user-1")).json()["receipt"] for _ in range(2)]
        assert [receipt["calls"] for receipt in again] == [1, 0], "what is done is done"
        assert again[1]["completedAt"] is not None, "there was no file"
        missing = await api.request("GET", ERASURE, user="root", params={"erasureId": "x"})
        assert error_of(missing) == (404, "Receipt not found", "not_found")


async def test_what_is_older_than_it_may_be() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call_id = await a_recorded_call(api, storage)
        parts = api.parts
        expiring = Erasures(parts.store, storage, Retention(30, 10), parts.clock)
        await parts.clock.advance(10 * 24 * 3600 - 60)
        await expiring.expire()
        assert (await api.shown())["transcript"] is not None
        await parts.clock.advance(120)
        await expiring.expire()
        shown = await api.shown()
        assert (shown["transcript"], shown["transcriptSegments"]) == (None, [])
        assert shown["recordingUrl"] is not None
        await parts.clock.advance(20 * 24 * 3600)
        await expiring.expire()
        await expiring.delete_files()
        assert (await api.shown())["recordingUrl"] is None
        assert storage.paths == set()
        assert await parts.store.read(lambda tx: tx.recordings(call_id)) == []  # type: ignore[arg-type]


async def test_without_a_setting_everything_is_kept() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_recorded_call(api, storage)
        await api.parts.tick(10 * 365 * 24 * 3600)
        assert (await api.shown())["transcript"] is not None
        assert storage.paths
