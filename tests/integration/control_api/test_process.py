"""The process: how it starts, how it refuses to start, how it stops. Without a media server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from scripts.dev.free_ports import free_port
from shared.ids import CallId
from shared.worker_link import PATH as LINK
from tests.support.api_process import ApiProcess, running_api
from tests.support.metrics import samples
from tests.support.until import until
from tests.support.worker_double import a_worker


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    with running_api(tmp_path_factory.mktemp("api")) as running:
        yield running


def test_without_livekit_it_serves_and_says_what_is_missing(api: ApiProcess) -> None:
    headers = {"Authorization": f"Bearer {api.token('ann')}"}
    answer = httpx2.post(f"{api.url}/api/voice/session", headers=headers, json={})
    assert (answer.status_code, answer.json()["error"]) == (503, "Voice service not configured")
    ready = httpx2.get(f"{api.url}/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (503, {"livekit": "not_configured"})
    listed = httpx2.get(f"{api.url}/api/voice/session", headers=headers)
    assert (listed.status_code, listed.json()["total"]) == (200, 0)


def test_metrics_are_served_on_a_port_of_their_own(tmp_path: Path) -> None:
    metrics_port = free_port()
    with running_api(tmp_path, VOICE_METRICS_PORT=str(metrics_port)) as api:
        httpx2.get(f"{api.url}/api/voice/session")
        assert httpx2.get(f"{api.url}/metrics").status_code == 401
        answer = httpx2.get(f"http://127.0.0.1:{metrics_port}/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        counted = samples(answer.content)
    refused = 'voice_api_request_seconds_count{method="GET",route="/api/voice/session",status="401"}'
    assert counted[refused] == 1
    assert counted['voice_api_calls{status="connected"}'] == 0
    assert counted["process_resident_memory_bytes"] > 0


def test_a_metrics_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = ApiProcess(tmp_path, settings={"VOICE_METRICS_PORT": str(port)}).run()
    assert done.returncode == 1
    assert f"port {port}" in done.stderr


def test_the_issuers_key_is_its_owners_only(api: ApiProcess) -> None:
    printed = api.run("token", "ann", "--name", "Ann", "--admin")
    assert (printed.returncode, printed.stdout.count(".")) == (0, 2)
    headers = {"Authorization": f"Bearer {printed.stdout.strip()}"}
    assert httpx2.get(f"{api.url}/api/voice/session", headers=headers).status_code == 200
    (key,) = (api.directory / "issuer").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    refused = api.run("token", "ai-agent-1")
    assert refused.returncode == 1
    assert "agent" in refused.stderr


def test_a_log_line_is_json_and_says_when_it_is_ready(api: ApiProcess) -> None:
    lines = [json.loads(line) for line in api.log.splitlines()]
    (ready,) = [line for line in lines if line["event"] == "ready"]
    assert (ready["port"], ready["process"]) == (api.port, "api")


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = ApiProcess(tmp_path, port=port).run()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"control_api: Cannot listen on 127.0.0.1 port {port}: Address already in use."]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"VOICE_API_HOST": "0.0.0.0"}, ["VOICE_API_HOST"]),  # noqa: S104
        ({"VOICE_ENV": "production"}, ["CLERK_ISSUER"]),
        ({"LIVEKIT_HOST": "wss://example.com", "VOICE_API_PORT": "http"}, ["VOICE_API_PORT"]),
    ],
)
def test_bad_settings_are_named_and_end_with_2(tmp_path: Path, settings: dict[str, str], named: list[str]) -> None:
    done = ApiProcess(tmp_path, settings=settings, port=free_port()).run()
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name in done.stderr for name in named)
    assert "Traceback" not in done.stderr


async def test_without_its_database_it_says_so_and_waits_for_it(tmp_path: Path) -> None:
    directory = tmp_path / "volume"
    directory.write_text("not mounted yet")
    api = ApiProcess(tmp_path, settings={"VOICE_DATABASE_URL": f"sqlite:///{directory}/x.db"})
    api.start()
    try:
        await _answers(api, "/readyz", (503, {"database": "unusable"}))
        assert _get(api, "/healthz") == (200, None)
        assert _get(api, "/api/voice/session") == (503, None)
        directory.unlink()
        await _answers(api, "/readyz", (503, {"livekit": "not_configured"}))
    finally:
        api.stop()


async def _answers(api: ApiProcess, path: str, wanted: tuple[int, object]) -> None:
    async def does() -> bool:
        return _get(api, path) == wanted

    await until(does, f"{path} answers {wanted}")


def _get(api: ApiProcess, path: str) -> tuple[int, object] | None:
    """The status, and the reasons where there are some; None: no answer."""
    try:
        answer = httpx2.get(f"{api.url}{path}")
    except httpx2.TransportError:
        return None
    return answer.status_code, answer.json().get("reasons")


def test_a_database_of_a_newer_version_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    done = ApiProcess(tmp_path, settings={"VOICE_DATABASE_URL": f"sqlite:///{path}"}).run()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "control_api: the database was made by a newer version of this program",
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_with_workers_connected(tmp_path: Path, number: signal.Signals) -> None:
    api = ApiProcess(tmp_path)
    await asyncio.to_thread(api.start)
    async with a_worker(api.url, api.worker_token), httpx2.AsyncClient() as http:
        await http.get(f"{api.url}/healthz")  # and an idle connection
        api.signal(number)
        assert await asyncio.to_thread(api.wait) == 0
    assert "Traceback" not in api.log
    assert "ERROR" not in api.log.upper().replace("UVICORN.ERROR", "")


async def test_only_workers_may_open_the_worker_link(api: ApiProcess) -> None:
    url = api.url.replace("http", "ws") + LINK
    for headers in ({}, {"Authorization": "Bearer " + "x" * 40}, {"Authorization": f"Bearer {api.token('ann')}"}):
        with pytest.raises(InvalidStatus) as raised:
            async with connect(url, additional_headers=headers):
                pass
        assert raised.value.response.status_code == 401


@pytest.mark.parametrize(
    "first", ["{", '{"type":"heartbeat","freeSlots":1,"calls":[]}', '{"type":"hello","v":99}', "x" * 600_000]
)
async def test_a_worker_that_speaks_another_language_is_hung_up_on(api: ApiProcess, first: str) -> None:
    headers = {"Authorization": f"Bearer {api.worker_token}"}
    async with connect(api.url.replace("http", "ws") + LINK, additional_headers=headers) as link:
        await link.send(first)
        with pytest.raises(ConnectionClosed):
            await link.recv()


async def test_the_slots_of_a_worker_are_known_when_it_hears_that_it_is_welcome(api: ApiProcess) -> None:
    """Then it says that it is ready, and `make run` that all is."""
    async with a_worker(api.url, api.worker_token), httpx2.AsyncClient() as http:
        assert (await http.get(f"{api.url}/readyz")).json()["workers"] == {"seen": 1, "freeSlots": 5}

    async def gone() -> bool:
        async with httpx2.AsyncClient() as http:
            return bool((await http.get(f"{api.url}/readyz")).json()["workers"]["seen"] == 0)

    await until(gone, "a worker that left is still shown")


async def test_a_worker_is_told_to_forget_a_call_that_nobody_knows(api: ApiProcess) -> None:
    async with a_worker(api.url, api.worker_token) as worker:
        worker.held[CallId("nobody")] = 3

        async def told() -> bool:
            return bool(worker.commands)

        await until(told, "no command for a call that is not in the store")
        assert (worker.commands[0].call_id, worker.commands[0].epoch) == ("nobody", 3)
