"""``/api/voice/session`` by HTTP: the contract's codes, bodies and headers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.call_report import PATH as REPORTS
from shared.claims import PATH as CLAIMS
from tests.fakes.clock import START_MS
from tests.support.api_client import SESSION, Api, an_api, error_of
from tests.support.control_api_parts import a_hello

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_a_session_is_opened_as_the_contract_shows() -> None:
    async with an_api() as api:
        answer = await api.post({"voice": "nova", "systemPrompt": "Be kind."})
        assert answer.status_code == 200
        body = answer.json()
        assert (body["success"], body["message"]) == (True, "Voice session created successfully")
        session = body["session"]
        expected = {
            "participantName": "Ann",
            "livekitHost": "ws://public.example",
            "callType": "support",
            "status": "ringing",
            "agentSpawned": True,
            "agentStatus": "pending",
            "recordingEnabled": False,
            "effectiveVoice": "marin",
        }
        assert {key: session[key] for key in expected} == expected
        assert (await api.parts.call(session["callId"])).room_name == session["roomName"]
        assert ISO.fullmatch(session["createdAt"])
        assert ISO.fullmatch(session["tokenExpiresAt"])
        assert session["token"].endswith(f"{session['roomName']} 60")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"callType": "sing-along"}, "Invalid call type"),
        ({"callType": "user-to-user"}, "Bad Request"),
        ({"callType": "user-to-user", "calleeId": "user-1"}, "Bad Request"),
        ({"callType": "user-to-user", "calleeId": ""}, "Bad Request"),
        ({"callType": "user-to-user", "calleeId": "ai-agent-0123456789ab"}, "Bad Request"),
        ({"calleeId": "user-2"}, "Bad Request"),
        ({"participantIds": ["user-2"]}, "Bad Request"),
        ({"callType": "conference", "participantIds": [""]}, "Bad Request"),
        ({"callType": "conference", "participantIds": ["x"] * 101}, "Bad Request"),
        ({"voice": "darth"}, "Bad Request"),
        ({"systemPrompt": "x" * 32_769}, "Bad Request"),
        ({"systemPrompt": "é" * 16_385}, "Bad Request"),
        ({"greeting": "x" * 2_049}, "Bad Request"),
        ({"metadata": {"x": "y" * 4_096}}, "Bad Request"),
        ({"metadata": [1]}, "Bad Request"),
        ({"enableAiAgent": "yes"}, "Bad Request"),
        ({"roomName": "a room"}, "Bad Request"),
        ({"roomName": ""}, "Bad Request"),
        ({"roomName": "x" * 129}, "Bad Request"),
        ({"roomName": "support-ann-1700000000-0123456789abcdef"}, "Bad Request"),
        ({"model": "a model"}, "Bad Request"),
        ({"systemPrompt": 7}, "Bad Request"),
    ],
)
async def test_bad_input_is_400_and_leaves_nothing(body: dict[str, Any], error: str) -> None:
    async with an_api() as api:
        answer = await api.post(body)
        status, phrase, code = error_of(answer)
        assert (status, phrase) == (400, error)
        assert code == "invalid_request"
        assert "xxx" not in answer.text, "a value is never sent back"
        assert (api.parts.store.state.calls, api.parts.gateway.rooms) == ({}, {})


async def test_a_name_that_the_service_made_is_taken_while_its_call_is_active_and_nobodys_afterwards() -> None:
    async with an_api() as api:
        made = (await api.post({})).json()["session"]["roomName"]
        for user in ("ann", "bob"):
            answer = await api.request("POST", user=user, json={"roomName": made})
            assert error_of(answer) == (409, "Active session already exists for this room", "room_taken")
        assert len(api.parts.store.state.calls) == 1
        await api.request("DELETE", params={"roomName": made})
        assert error_of(await api.post({"roomName": made})) == (400, "Bad Request", "invalid_request")


async def test_an_invalid_enum_names_the_allowed_values() -> None:
    async with an_api() as api:
        answer = await api.post({"callType": "sing-along"})
        assert "'support', 'user-to-user' or 'conference'" in answer.json()["message"]
        assert answer.json()["details"]["field"] == "callType"


@pytest.mark.parametrize("size", [32 * 1024])
async def test_the_largest_prompt_is_taken_whole(size: int) -> None:
    async with an_api() as api:
        session = await api.opened(systemPrompt="é" * (size // 2))
        claim = await api.worker(CLAIMS, {"workerId": "w", "callId": session["callId"], "epoch": 1, "jobId": "j"})
        assert len(claim.json()["systemPrompt"].encode()) == size


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_object(content: bytes) -> None:
    async with an_api() as api:
        answer = await api.request("POST", content=content, headers={"Content-Type": "application/json"})
        assert error_of(answer) == (400, "Bad Request", "invalid_json")


async def test_lone_surrogates_are_refused() -> None:
    async with an_api() as api:
        for body in (b'{"systemPrompt": "\\ud800"}', b'{"metadata": {"a": "\\ud800"}}'):
            answer = await api.request("POST", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 400
        assert api.parts.store.state.calls == {}


async def test_a_form_is_415_and_unknown_keys_are_named() -> None:
    async with an_api() as api:
        answer = await api.request(
            "POST", content=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert error_of(answer) == (415, "Unsupported Media Type", "unsupported_media_type")
        answer = await api.post({"voice": "echo", "colour": "red", "a\nb": 1})
        assert (answer.status_code, answer.headers["X-Ignored-Fields"]) == (200, "a?b, colour")


async def test_conflicts_and_outages_of_opening() -> None:
    async with an_api() as api:
        await api.opened(roomName="r1")
        answer = await api.post({"roomName": "r1"}, user="bob")
        assert error_of(answer) == (409, "Active session already exists for this room", "room_taken")
        await api.opened()
        assert error_of(await api.post({})) == (409, "Conflict", "too_many_calls")
        api.parts.gateway.down = True
        answer = await api.post({}, user="bob")
        assert error_of(answer) == (503, "Service Unavailable", "livekit_unreachable")
        assert int(answer.headers["Retry-After"]) > 0
        api.parts.gateway.down = False
        await api.parts.clock.advance(10)


async def test_without_livekit_the_contracts_503() -> None:
    async with an_api(has_livekit=False) as api:
        for body in ({}, {"callType": "support"}):
            answer = await api.post(body)
            assert error_of(answer) == (503, "Voice service not configured", "livekit_not_configured")


async def a_finished_call(api: Api) -> dict[str, Any]:
    session = await api.opened(roomName="r1", metadata={"order": 7})
    claim = {"workerId": "w1", "callId": session["callId"], "epoch": 1, "jobId": "j1"}
    assert (await api.worker(CLAIMS, claim)).status_code == 200
    events = [
        {"type": "agent_joined"},
        {
            "type": "segment",
            "segmentId": "a",
            "speaker": "user-1",
            "text": "hi\nthere",
            "startMs": START_MS + 1_000,
            "endMs": START_MS + 1_900,
        },
        {
            "type": "segment",
            "segmentId": "b",
            "speaker": "agent",
            "text": "hello",
            "startMs": START_MS + 2_500,
            "endMs": START_MS + 2_900,
        },
        {"type": "call_ended", "reason": "caller_hung_up"},
    ]
    body = [
        {
            "callId": session["callId"],
            "epoch": 1,
            "seq": seq,
            "atMs": START_MS + 800 + 1_500 * (seq - 1),
            "event": event,
        }
        for seq, event in enumerate(events, start=1)
    ]
    answer = await api.worker(REPORTS, {"workerId": "w1", "reports": [*body, {"no": "report"}]})
    assert answer.json() == {"accepted": 4, "rejected": [{"index": 4, "code": "malformed"}]}
    return session


async def test_a_finished_call_is_shown_whole() -> None:
    async with an_api() as api:
        session = await a_finished_call(api)
        for params in ({"roomName": "r1"}, {"callId": session["callId"]}):
            found = (await api.request("GET", params=params)).json()["session"]
            expected = {
                "callId": session["callId"],
                "roomName": "r1",
                "callType": "support",
                "status": "completed",
                "startedAt": "2023-11-14T22:13:20.000Z",
                "connectedAt": "2023-11-14T22:13:21.000Z",
                "endedAt": "2023-11-14T22:13:25.300Z",
                "duration": 4,
                "recordingUrl": None,
                "recordingStartOffsetMs": None,
                "transcript": "Ann: hi there\nAI: hello",
                "metadata": {"order": 7},
                "agentStatus": "disconnected",
                "agentAvailable": False,
                "createdAt": "2023-11-14T22:13:20.000Z",
                "endReason": "caller_hung_up",
                "agentJoinedMs": 800,
                "recoveries": 0,
                "transcriptSegments": [
                    {
                        "segmentId": "a",
                        "speaker": "user-1",
                        "text": "hi\nthere",
                        "startMs": 0,
                        "endMs": 900,
                        "isCut": False,
                        "isUnclear": False,
                    },
                    {
                        "segmentId": "b",
                        "speaker": "agent",
                        "text": "hello",
                        "startMs": 1_500,
                        "endMs": 1_900,
                        "isCut": False,
                        "isUnclear": False,
                    },
                ],
                "effectiveVoice": "alloy",
                "callerId": "user-1",
                "callerName": "Ann",
                "calleeId": None,
                "answeredAt": None,
                "recordingEnabled": False,
                "transcriptionEnabled": True,
            }
            assert found == expected | {"timeline": None, "tokens": None}


async def test_calls_are_listed_newest_first() -> None:
    async with an_api() as api:
        await a_finished_call(api)
        await api.parts.clock.advance(5)
        await api.opened(roomName="r2")
        await api.opened(roomName="r3")
        body = (await api.request("GET", params={"limit": 2})).json()
        assert {key: body[key] for key in ("success", "count", "total", "limit", "offset")} == {
            "success": True,
            "count": 2,
            "total": 3,
            "limit": 2,
            "offset": 0,
        }
        assert [item["roomName"] for item in body["sessions"]] == ["r3", "r2"]
        done = (await api.request("GET", params={"status": "completed"})).json()["sessions"]
        assert [(item["roomName"], item["hasTranscript"], item["hasRecording"], item["duration"]) for item in done] == [
            ("r1", True, False, 4)
        ]
        assert (await api.request("GET", params={"offset": 3})).json()["count"] == 0
        assert (await api.request("GET", user="bob")).json()["total"] == 0


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"offset": -1}, {"status": "done"}, {"roomName": "a b"}]
)
async def test_queries_out_of_range(params: dict[str, Any]) -> None:
    async with an_api() as api:
        assert error_of(await api.request("GET", params=params))[0] == 400


async def test_other_peoples_calls() -> None:
    async with an_api() as api:
        session = await api.opened(roomName="r1")
        by_id = {"callId": session["callId"]}
        for params in ({"roomName": "r1"}, by_id):
            answer = await api.request("GET", params=params, user="bob")
            assert error_of(answer) == (403, "Access denied to this session", "forbidden")
            assert (await api.request("GET", params=params, user="root")).status_code == 200
        assert error_of(await api.request("GET", params={"roomName": "r2"})) == (404, "Session not found", "not_found")
        assert error_of(await api.request("GET", params={"callId": "x"}))[0] == 404
        answers = (
            await api.request("DELETE", params={"roomName": "r1"}, user="bob"),
            await api.request("PATCH", json={"roomName": "r1", "status": "completed"}, user="bob"),
        )
        for answer in answers:
            assert error_of(answer) == (403, "Access denied", "forbidden")


async def test_ending_twice_is_the_same_answer() -> None:
    async with an_api() as api:
        await a_finished_call(api)
        for _ in range(2):
            await api.parts.clock.advance(7)
            answer = await api.request("DELETE", params={"roomName": "r1"})
            assert answer.json() == {"success": True, "message": "Session ended successfully", "duration": 4}
        assert error_of(await api.request("DELETE")) == (400, "Missing roomName", "invalid_request")
        assert error_of(await api.request("DELETE", params={"roomName": "r9"})) == (
            404,
            "Session not found",
            "not_found",
        )


async def test_changing_a_session() -> None:
    async with an_api() as api:
        await api.opened(roomName="r1")
        patch = {"roomName": "r1", "metadata": {"a": 1}, "status": "ringing"}
        answer = await api.request("PATCH", json=patch)
        assert answer.json() == {"success": True, "message": "Session updated successfully"}
        assert (await api.request("GET", params={"roomName": "r1"})).json()["session"]["metadata"] == {"a": 1}
        answer = await api.request("PATCH", json={"roomName": "r1", "status": "connected"})
        assert error_of(answer) == (409, "Conflict", "state_conflict")
        assert answer.json()["details"]["current"] == "ringing"
        for bad in (
            {"roomName": "r1", "status": "paused"},
            {"status": "completed"},
            {"roomName": "r1", "agentStatus": "off"},
        ):
            assert error_of(await api.request("PATCH", json=bad))[:2] == (400, "Invalid status or missing roomName")
        answer = await api.request("PATCH", json={"roomName": "r2", "status": "completed"})
        assert error_of(answer) == (404, "Session not found", "not_found")
        await api.request("PATCH", json={"roomName": "r1", "status": "completed"})
        found = (await api.request("GET", params={"roomName": "r1"})).json()["session"]
        assert (found["status"], found["endReason"], found["duration"]) == ("missed", "ended_by_api", 0)


async def test_an_error_of_ours_is_a_500_without_a_word_about_why() -> None:
    async with an_api() as api:
        api.parts.store.fail_next = RuntimeError("the secret is sesame")
        answer = await api.post({})
        assert error_of(answer) == (500, "Failed to create session", "internal_error")
        assert "sesame" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("PUT", SESSION, 405), ("GET", "/api/voice/nothing", 404), ("GET", "/nothing", 404)]
)
async def test_what_is_not_there(method: str, path: str, status: int) -> None:
    async with an_api() as api:
        assert error_of(await api.request(method, path))[0] == status


async def test_an_agent_is_available_while_its_worker_is_heard() -> None:
    async with an_api() as api:
        session = await api.opened(roomName="r1")
        claim = {"workerId": "worker-1", "callId": session["callId"], "epoch": 1, "jobId": "j1"}
        await api.worker(CLAIMS, claim)
        joined = {
            "callId": session["callId"],
            "epoch": 1,
            "seq": 1,
            "atMs": START_MS,
            "event": {"type": "agent_joined"},
        }
        await api.worker(REPORTS, {"workerId": "worker-1", "reports": [joined]})
        api.parts.services.workers.connected(a_hello())
        found = (await api.request("GET", params={"roomName": "r1"})).json()["session"]
        assert (found["agentStatus"], found["agentAvailable"]) == ("active", True)
        await api.parts.clock.advance(4.1)
        found = (await api.request("GET", params={"roomName": "r1"})).json()["session"]
        assert (found["agentStatus"], found["agentAvailable"]) == ("active", False)


async def test_the_timeline_says_what_happened_in_its_order() -> None:
    async with an_api() as api:
        call = await api.called(systemPrompt="Be kind.")
        await api.parts.agent_joins(call)
        await api.parts.clock.advance(1)
        await api.parts.joins(call, "user-1")
        await api.request("DELETE", params={"roomName": "r1"})
        plain = (await api.request("GET", params={"roomName": "r1"})).json()["session"]
        assert plain["timeline"] is None
        for user, worker_id in (("ann", None), ("root", "worker-1")):
            answer = await api.request("GET", params={"roomName": "r1", "include": "timeline"}, user=user)
            timeline = answer.json()["session"]["timeline"]
            assert [line["event"]["kind"] for line in timeline] == [
                "created",
                "ringing",
                "dispatched",
                "claimed",
                "agent_joined",
                "participant_joined",
                "connected",
                "ended",
            ]
            assert [line["at"] for line in timeline] == sorted(line["at"] for line in timeline)
            assert all(ISO.fullmatch(line["at"]) for line in timeline)
            assert timeline[3]["event"] == {"kind": "claimed", "epoch": 1, "workerId": worker_id}
            assert timeline[-1]["event"]["reason"] == "ended_by_api"
            assert "Be kind" not in answer.text


async def test_only_a_timeline_can_be_included() -> None:
    async with an_api() as api:
        await api.opened(roomName="r1")
        answer = await api.request("GET", params={"roomName": "r1", "include": "secrets"})
        assert error_of(answer)[0] == 400
