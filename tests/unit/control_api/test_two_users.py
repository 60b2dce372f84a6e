"""User A's call, and user B at every route. A route without a row here fails."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest

from control_api.app import OPERATIONS
from control_api.records import Call
from control_api.routes import worker_http
from tests.fakes.recorder import fake_recording
from tests.support.api_client import AGENT, ERASURE, REALTIME, RECORDING, SESSION, TOKEN, TRANSCRIPT, Api, an_api
from tests.support.recordings import whole

ROOM = "anns-room"
SECRETS = ("Be kind.", "order-7", "Ann", "user-1", "store.example")


@dataclass(frozen=True)
class Row:
    """One thing that B tries. `{call}` and `{egress}` stand for the ids of A's call and its recording."""

    json: dict[str, Any] | None = None
    params: dict[str, Any] | None = None
    status: int = 403


def room(**more: Any) -> dict[str, Any]:
    return {"roomName": ROOM, **more}


MATRIX: dict[tuple[str, str], list[Row]] = {
    ("POST", SESSION): [Row(json=room(), status=409), Row(json=room(callType="conference"), status=409)],
    ("GET", SESSION): [
        Row(params=room()),
        Row(params={"callId": "{call}"}),
        Row(params=room(include="timeline")),
        Row(params={"callId": "{call}", "include": "timeline"}),
        Row(params={}, status=200),
        Row(params={"status": "connected"}, status=200),
        Row(params={"q": "order"}, status=200),
        Row(params={"listAll": "true"}),
        Row(params={"listAll": "true", "userId": "user-1", "q": "kind"}),
        Row(params={"userId": "user-1"}, status=400),
    ],
    ("GET", "/api/voice/workers"): [Row()],
    ("GET", "/api/voice/stats"): [Row(), Row(params={"bucket": "day"})],
    ("GET", TRANSCRIPT): [
        Row(params=room()),
        Row(params={"callId": "{call}", "format": "vtt"}),
        Row(params=room(format="txt")),
    ],
    ("PATCH", SESSION): [
        Row(json=room(status="completed")),
        Row(json=room(status="missed")),
        Row(json=room(status="ringing")),
        Row(json=room(agentStatus="disconnected")),
        Row(json=room(agentStatus="pending")),
        Row(json=room(agentStatus="active")),
        Row(json=room(metadata={"a": 1})),
    ],
    ("DELETE", SESSION): [Row(params=room())],
    ("POST", TOKEN): [
        Row(json=room()),
        Row(json=room(roomType="conference")),
        Row(json=room(roomType="support")),
        Row(json=room(spawnAiAgent=True, participantName="Ann")),
    ],
    ("POST", TOKEN + "/livekit"): [Row(json={"room_name": ROOM})],
    ("POST", AGENT): [Row(json=room()), Row(json=room(systemPrompt="Obey Bob.", voice="echo"))],
    ("GET", AGENT): [Row(params=room()), Row(params={"listAll": "true"}, status=200)],
    ("PATCH", AGENT): [Row(json=room(status=status)) for status in ("pending", "active", "disconnected")],
    ("DELETE", AGENT): [Row(params=room())],
    ("POST", REALTIME): [Row(json=room()), Row(json=room(model="gpt-realtime-2"))],
    ("GET", REALTIME): [Row(params=room())],
    ("DELETE", REALTIME): [Row(params=room())],
    ("POST", RECORDING): [Row(json=room()), Row(json=room(outputPath="a.mp4"))],
    ("GET", RECORDING): [
        Row(params=room()),
        Row(params=room(egressId="{egress}")),
        Row(params={"listAll": "true"}),
    ],
    # Without a room it is a stream, in which B hears nothing of A's call (test_events_http.py).
    ("GET", "/api/voice/events"): [Row(params=room())],
    ("DELETE", RECORDING): [Row(params=room())],
    ("POST", ERASURE): [Row(json={"userId": "user-1"}), Row(json={"userId": "user-2"})],
    ("GET", ERASURE): [Row(params={"erasureId": "x"})],
    ("PATCH", RECORDING): [Row(json=room(transcript="x")), Row(json=room(recordingUrl="https://bob.example/"))],
}
KINDS: dict[str, dict[str, Any]] = {
    "support": {"callType": "support"},
    "user-to-user": {"callType": "user-to-user", "calleeId": "user-3", "enableAiAgent": True},
    "conference": {"callType": "conference", "participantIds": ["user-3"], "enableAiAgent": True},
}
CASES = [
    pytest.param(method, path, row, kind, id=f"{kind} {method} {path} {number}")
    for (method, path), rows in MATRIX.items()
    for number, row in enumerate(rows)
    for kind in KINDS
]


def test_every_route_has_a_row() -> None:
    routes = {(operation.method, operation.path) for operation in OPERATIONS if not operation.is_public}
    assert set(MATRIX) == routes, f"add to MATRIX what another user may not do there: {set(MATRIX) ^ routes}"


@dataclass
class Before:
    state: Any = field(repr=False)
    requests: list[str] = field(default_factory=list)


async def anns_call(api: Api, kind: str) -> tuple[Call, str]:
    """Connected, with an agent and a recording that is ready."""
    body = KINDS[kind] | {"systemPrompt": "Be kind.", "metadata": {"order": "order-7"}, "enableRecording": False}
    call = await api.called(ROOM, **body)
    await api.request("POST", TOKEN, user="carl", json=room())
    await api.parts.clock.advance(1)
    await api.parts.joins(call, "user-1")
    if kind != "support":
        await api.parts.joins(call, "user-3")
    await api.parts.agent_joins(call)
    started = await api.request("POST", RECORDING, json=room())
    egress_id: str = started.json()["recording"]["egressId"]
    await api.parts.told(*whole(egress_id))
    await api.parts.closed()
    api.parts.commands()
    return await api.parts.call(call.id), egress_id


@pytest.mark.parametrize(("method", "path", "row", "kind"), CASES)
async def test_a_stranger_can_do_nothing_to_a_call(method: str, path: str, row: Row, kind: str) -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        call, egress_id = await anns_call(api, kind)
        before = Before(copy.deepcopy(vars(api.parts.store.state)), list(api.parts.gateway.requests))
        answer = await api.request(
            method, path, user="bob", json=row.json, params=_filled(row.params, call=call.id, egress=egress_id)
        )
        await api.parts.closed()
        assert answer.status_code == row.status, answer.text
        assert not [secret for secret in SECRETS if secret in answer.text]
        assert ROOM not in answer.text
        assert call.id not in answer.text
        assert vars(api.parts.store.state) == before.state
        assert api.parts.gateway.requests == before.requests
        assert api.parts.commands() == []


def _filled(params: dict[str, Any] | None, **ids: str) -> dict[str, Any] | None:
    if params is None:
        return None
    return {key: value.format(**ids) if isinstance(value, str) else value for key, value in params.items()}


@pytest.mark.parametrize(("method", "path"), list(MATRIX))
async def test_nobody_comes_in_without_signing_in(method: str, path: str) -> None:
    async with an_api() as api:
        for headers in ({}, {"Authorization": "Bearer nobody"}):
            answer = await api.request(method, path, user=None, headers=headers)
            assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})


@pytest.mark.parametrize("path", sorted(worker_http.BODY_LIMITS))
async def test_a_user_is_no_worker(path: str) -> None:
    async with an_api() as api:
        for user in ("ann", "root"):
            assert (await api.request("POST", path, user=user, json={})).status_code == 401


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_requests_do_something_for_ann(kind: str) -> None:
    """Else the matrix would prove nothing."""
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await anns_call(api, kind)
        for method, path in (
            ("GET", SESSION),
            ("GET", AGENT),
            ("GET", REALTIME),
            ("GET", RECORDING),
            ("GET", TRANSCRIPT),
        ):
            assert (await api.request(method, path, params=room())).status_code == 200
        await api.parts.clock.advance(5)
        for method, path in (("DELETE", REALTIME), ("DELETE", AGENT), ("DELETE", SESSION)):
            assert (await api.request(method, path, params=room())).status_code == 200
        assert (await api.shown(ROOM))["status"] == "completed"
