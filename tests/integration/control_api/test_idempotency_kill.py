"""One key is one call, also when the API dies between the work and the answer."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx2
import pytest

from scripts.dev.free_ports import free_port
from tests.support.api_client import SESSION
from tests.support.api_process import ApiProcess
from tests.support.livekit_server import LiveKitServer, require_livekit_server

KILLED_AFTER_MS = (2, 6, 10, 16, 30)
"""From the request's departure: before it is read, while LiveKit works, around the answer."""
MANY = {"VOICE_MAX_OPEN_CALLS_PER_USER": "100", "VOICE_RATE_SESSION_PER_HOUR": "1000", "VOICE_NO_SHOW_S": "600"}


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    server = LiveKitServer(require_livekit_server(), tmp_path_factory.mktemp("livekit"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def api(tmp_path: Path, livekit: LiveKitServer) -> Iterator[ApiProcess]:
    process = ApiProcess(tmp_path, livekit, MANY, free_port())
    process.start()
    yield process
    process.stop()


def headers_of(token: str, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}


def body_of(key: str) -> str:
    return json.dumps({"metadata": {"key": key}})


def post(api: ApiProcess, token: str, key: str) -> httpx2.Response:
    return httpx2.post(api.url + SESSION, content=body_of(key), headers=headers_of(token, key), timeout=10)


def killed_while_it_works(api: ApiProcess, token: str, key: str, after_ms: int) -> None:
    connection = HTTPConnection("127.0.0.1", api.port, timeout=10)
    connection.request("POST", SESSION, body_of(key), headers_of(token, key))
    time.sleep(after_ms / 1000)  # the moment is the test's input; whichever it is, the outcome must be the same
    api.kill()
    connection.close()


def rows(api: ApiProcess) -> list[tuple[str, str]]:
    """(key, call id) of every call that is not over."""
    with closing(sqlite3.connect(api.database)) as connection:
        query = "SELECT metadata ->> '$.key', id FROM calls WHERE status IN ('pending', 'ringing', 'connected')"
        return sorted(connection.execute(query).fetchall())


def test_a_retry_after_kill_gets_the_one_call(api: ApiProcess) -> None:
    token = api.token("ann")
    answered = []
    for number, after_ms in enumerate(KILLED_AFTER_MS):
        key = f"key-{number}"
        killed_while_it_works(api, token, key, after_ms)
        api.start()
        answers = [post(api, token, key) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3, answers[0].text
        ids = {answer.json()["session"]["callId"] for answer in answers}
        assert len(ids) == 1, f"killed after {after_ms} ms"
        answered.append((key, ids.pop()))
    assert rows(api) == answered
