"""``/api/voice/recording`` over a recorder that is a test double."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from control_api.services.recordings import STOPPED_WITHIN_S
from tests.fakes.recorder import fake_recording
from tests.support.api_client import RECORDING, SESSION, TOKEN, Api, an_api, error_of
from tests.support.recordings import ended, failed, started, stored, whole

ROOM = {"roomName": "r1"}


async def start(api: Api, user: str = "ann", **body: Any) -> Any:
    return await api.request("POST", RECORDING, user=user, json={**ROOM, **body})


async def get(api: Api, user: str = "ann", **params: Any) -> Any:
    return await api.request("GET", RECORDING, user=user, params=params)


async def stop(api: Api, user: str = "ann") -> Any:
    return await api.request("DELETE", RECORDING, user=user, params=ROOM)


async def a_talking_call(api: Api, **body: Any) -> Any:
    call = await api.called(**({"enableRecording": False} | body))
    await api.parts.joins(call, "user-1")
    await api.parts.agent_joins(call)
    return call


async def test_without_a_recorder_every_route_says_so_and_calls_go_on() -> None:
    async with an_api() as api:
        session = await api.opened(roomName="r1", enableRecording=True)
        assert session["recordingEnabled"] is False
        answers = (
            await start(api),
            await get(api, **ROOM),
            await stop(api),
            await api.request("PATCH", RECORDING, json={**ROOM, "transcript": "x"}),
            await get(api, "root", listAll=True),
        )
        for answer in answers:
            assert error_of(answer) == (503, "Recording service not configured", "recording_not_configured")


async def test_a_recording_from_its_start_to_its_address() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call = await a_talking_call(api)
        await api.parts.clock.advance(2)
        answer = (await start(api)).json()
        egress_id = answer["recording"]["egressId"]
        assert answer == {
            "success": True,
            "message": "Recording started successfully",
            "recording": {
                "egressId": egress_id,
                "roomName": "r1",
                "startedAt": "2023-11-14T22:13:22.000Z",
                "status": "active",
            },
        }
        assert list(recorder.running) == [egress_id]
        status = (await get(api, **ROOM)).json()
        assert status["recording"]["isActive"] is True
        assert (status["recordingUrl"], len(status["recordings"])) == (None, 1)
        await api.parts.told(started(egress_id))
        assert (await stop(api)).json() == {
            "success": True,
            "message": "Recording stopped successfully",
            "recordingUrl": None,
        }
        assert recorder.running == {}
        await api.parts.told(ended(egress_id), stored(egress_id, path=f"{call.id}/{egress_id}.mp4"), started(egress_id))
        status = (await get(api, **ROOM)).json()
        assert (status["recording"]["status"], status["recording"]["isActive"]) == ("ready", False)
        assert status["recordingUrl"].endswith(f"/{egress_id}.mp4?ttl=3600")
        one = (await get(api, **ROOM, egressId=egress_id)).json()
        assert one == {"success": True, "recordingUrl": status["recordingUrl"]}
        shown = await api.shown()
        assert shown["recordingUrl"] == status["recordingUrl"]
        (item,) = (await api.request("GET")).json()["sessions"]
        assert item["hasRecording"] is True


async def test_several_recordings_of_one_call_newest_first() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        ids = []
        for _ in range(2):
            await api.parts.clock.advance(1)
            ids.append((await start(api)).json()["recording"]["egressId"])
            await stop(api)
            await api.parts.told(*whole(ids[-1]))
        status = (await get(api, **ROOM)).json()
        assert [one["egressId"] for one in status["recordings"]] == ids[::-1]
        assert status["recording"] == status["recordings"][0]


async def test_before_it_is_connected_and_after_its_end_it_is_400() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await api.called()
        phrase = "Invalid file type or call not active"
        assert error_of(await start(api)) == (400, phrase, "call_not_connected")
        await api.request("DELETE", SESSION, params=ROOM)
        assert error_of(await start(api)) == (400, phrase, "call_not_connected")
        assert error_of(await start(api, fileType="wav")) == (400, phrase, "invalid_request")
        assert error_of(await api.request("POST", RECORDING, json={}))[0] == 400
        missing = await api.request("POST", RECORDING, json={"roomName": "r9"})
        assert error_of(missing) == (404, "Call session not found", "not_found")


async def test_one_at_a_time() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        await start(api)
        assert error_of(await start(api)) == (409, "Recording already in progress", "recording_in_progress")
        await stop(api)
        assert (await stop(api)).status_code == 200, "again is the same"


async def test_the_next_one_waits_until_the_one_before_has_stopped() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        first = (await start(api)).json()["recording"]["egressId"]
        await stop(api)
        second = asyncio.create_task(start(api))
        await api.parts.clock.advance(1)
        assert not second.done()
        await api.parts.told(started(first), ended(first))
        await api.parts.clock.advance(0.1)
        assert list(recorder.running) == [(await second).json()["recording"]["egressId"]] != [first]


async def test_a_recorder_that_does_not_stop_is_not_waited_for_long() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        await start(api)
        await stop(api)
        second = asyncio.create_task(start(api))
        await api.parts.clock.advance(STOPPED_WITHIN_S + 0.1)
        assert error_of(await second) == (409, "Recording already in progress", "recording_in_progress")


async def test_nothing_to_stop() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        phrase = "No active recording or call not found"
        assert error_of(await stop(api)) == (404, phrase, "not_found")
        assert error_of(await api.request("DELETE", RECORDING, params={"roomName": "r9"})) == (404, phrase, "not_found")
        assert error_of(await api.request("DELETE", RECORDING)) == (400, "Missing roomName", "invalid_request")


async def test_what_can_be_asked_for() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        assert error_of(await get(api))[0] == 400
        assert error_of(await get(api, egressId="EG_1"))[0] == 400
        assert error_of(await get(api, **ROOM))[0] == 404
        assert error_of(await get(api, **ROOM, egressId="EG_1")) == (404, "Recording not found", "not_found")
        egress_id = (await start(api)).json()["recording"]["egressId"]
        assert error_of(await get(api, listAll=True)) == (403, "Access denied", "forbidden")
        listed = (await get(api, "root", listAll=True)).json()
        assert {key: value for key, value in listed.items() if key != "recordings"} == {
            "success": True,
            "count": 1,
            "total": 1,
            "limit": 10,
            "offset": 0,
        }
        assert [one["egressId"] for one in listed["recordings"]] == [egress_id]
        await api.parts.told(started(egress_id), ended(egress_id))
        assert (await get(api, "root", listAll=True)).json()["count"] == 0


async def test_a_path_of_ones_own_lies_under_the_call_and_overwrites_nothing() -> None:
    recorder, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call = await a_talking_call(api)
        storage.paths.add(f"{call.id}/there.ogg")
        taken = await start(api, outputPath="there.ogg", fileType="ogg")
        assert error_of(taken) == (409, "Conflict", "output_path_taken")
        assert (await start(api, outputPath="a/b.mp4")).status_code == 200
        (recording,) = recorder.running.values()
        assert recording.path == f"{call.id}/a/b.mp4"
        await stop(api)
        await api.parts.told(failed(recording.egress_id))
        assert error_of(await start(api, outputPath="a/b.mp4")) == (409, "Conflict", "output_path_taken")
        for bad in ("../x.mp4", "/x.mp4", "x.ogg", "x", "a//b.mp4", "{room}.mp4", "a\x00.mp4", "%2e%2e/x.mp4"):
            assert error_of(await start(api, outputPath=bad)) == (400, "Bad Request", "invalid_request")


async def test_a_recorder_that_is_away_leaves_nothing_that_blocks_the_next() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        recorder.down = True
        answer = await start(api)
        assert error_of(answer) == (503, "Service Unavailable", "recording_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        recorder.down = False
        assert (await start(api)).status_code == 200


async def test_a_recorder_that_did_not_hear_that_it_should_stop_is_told_again() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call = await a_talking_call(api)
        egress_id = (await start(api)).json()["recording"]["egressId"]
        recorder.down = True
        assert (await stop(api)).status_code == 200
        recorder.down = False
        for _ in range(7):
            await api.parts.beat(call)
            await api.parts.tick()
        assert egress_id in recorder.stops


async def test_it_begins_when_the_call_connects_and_stops_with_it() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        session = await api.opened(roomName="r1")
        assert session["recordingEnabled"] is True
        call = await api.parts.call(session["callId"])
        await api.parts.joins(call, "user-1")
        await api.parts.tick()
        assert recorder.running == {}
        await api.parts.agent_joins(call)
        for _ in range(3):
            await api.parts.tick()
        (recording,) = recorder.running.values()
        await api.request("DELETE", SESSION, params=ROOM)
        await api.parts.tick()
        assert recorder.stops[0] == recording.egress_id
        await api.parts.told(*whole(recording.egress_id))
        assert (await get(api, **ROOM)).json()["recording"]["status"] == "ready"


async def test_one_that_was_stopped_does_not_begin_again_by_itself() -> None:
    recorder, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call = await a_talking_call(api, enableRecording=True)
        await api.parts.tick()
        (egress_id,) = recorder.running
        await stop(api)
        await api.parts.told(*whole(egress_id))
        for _ in range(3):
            await api.parts.beat(call)
            await api.parts.tick()
        assert recorder.running == {}


async def test_a_transcript_replaces_the_text_and_an_address_is_noted_and_not_fetched() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        egress_id = (await start(api)).json()["recording"]["egressId"]
        await api.parts.told(*whole(egress_id))
        note = {**ROOM, "transcript": "Ann: hi", "recordingUrl": "https://example.org/a.mp4"}
        answer = await api.request("PATCH", RECORDING, json=note)
        assert answer.json() == {"success": True, "message": "Recording metadata updated successfully"}
        shown = await api.shown()
        assert (shown["transcript"], shown["recordingUrl"]) == ("Ann: hi", "https://example.org/a.mp4")
        assert shown["transcriptSegments"] == []
        status = (await get(api, **ROOM)).json()
        assert status["recordingUrl"] == "https://example.org/a.mp4"
        assert status["recording"]["recordingUrl"].startswith("https://store.example/"), "our file is kept"
        await api.request("DELETE", SESSION, params=ROOM)
        answer = await api.request("PATCH", RECORDING, json={**ROOM, "transcript": "after its end"})
        assert answer.status_code == 200
        assert (await api.shown())["transcript"] == "after its end"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a",
        "https://",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://u:p@h/a",
        "https://h/ a",
    ],
)
async def test_an_address_that_is_not_https(url: str) -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        answer = await api.request("PATCH", RECORDING, json={**ROOM, "recordingUrl": url})
        assert error_of(answer) == (400, "Bad Request", "invalid_request")


async def test_an_address_noted_for_a_call_without_recording() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        await api.request("PATCH", RECORDING, json={**ROOM, "recordingUrl": "https://example.org/a.mp4"})
        status = (await get(api, **ROOM)).json()
        assert (status["recording"], status["recordingUrl"]) == (None, "https://example.org/a.mp4")


async def test_people_of_a_call_between_two_both_may_record_it_and_others_not() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call = await api.called(callType="user-to-user", calleeId="user-2", enableRecording=False)
        await api.request("POST", TOKEN, user="bob", json=ROOM)
        await api.parts.joins(call, "user-1")
        await api.parts.joins(call, "user-2")
        assert error_of(await start(api, "carl")) == (403, "Access denied", "forbidden")
        assert (await start(api, "bob")).status_code == 200
        for answer in (await get(api, "carl", **ROOM), await stop(api, "carl")):
            assert answer.status_code == 403


async def test_a_store_that_is_away_does_not_hide_the_call() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talking_call(api)
        egress_id = (await start(api)).json()["recording"]["egressId"]
        await api.parts.told(*whole(egress_id))
        storage.down = True
        assert (await get(api, **ROOM)).json()["recordingUrl"] is None
        assert (await api.shown())["recordingUrl"] is None


async def test_a_call_without_ai_needs_a_slot_when_it_is_recorded() -> None:
    from shared.worker_link import Heartbeat
    from tests.support.control_api_parts import a_hello

    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        workers = api.parts.services.workers
        workers.heard(workers.connected(a_hello()), Heartbeat(0, ()))
        assert error_of(await api.post({"enableAiAgent": False}))[2] == "no_free_slot"
        assert (await api.post({"enableAiAgent": False, "enableRecording": False})).status_code == 200


async def test_a_store_that_is_away_makes_nothing_unready() -> None:
    _, storage, backend = fake_recording()
    async with an_api(recording=backend) as api:
        ready = (await api.request("GET", "/readyz")).json()
        assert "storage" not in ready["degraded"]
        storage.down = True
        answer = await api.request("GET", "/readyz")
        assert (answer.status_code, answer.json()["degraded"]) == (200, {"storage": "unreachable"})
