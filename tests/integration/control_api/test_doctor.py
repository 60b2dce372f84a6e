"""The doctor, as an operator runs it, against what is really there."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.dev.free_ports import free_port
from tests.support.api_process import ApiProcess
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.s3_gateway import running_s3

MODEL_KEY = "sk-model-key-of-this-test"


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    with running_livekit(tmp_path_factory.mktemp("livekit")) as server:
        yield server


@contextmanager
def a_server(answers: Mapping[str, Any]) -> Iterator[str]:
    """Answers ``METHOD /path`` with (status, body); only with the right key. Yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_key_right = self.headers.get("Authorization") == f"Bearer {MODEL_KEY}"
            status, body = answers.get(self.path, (404, {})) if is_key_right else (401, {})
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def examined(api: ApiProcess, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit status; checks by name. No secret is in what was printed."""
    done = api.run("doctor", "--json", *options)
    secrets = [value for name, value in api.environment.items() if name.endswith(("_SECRET", "_KEY", "_TOKEN"))]
    assert [value for value in secrets if len(value) > 8 and value in done.stdout + done.stderr] == []
    said = json.loads(done.stdout)
    assert said["ok"] is (done.returncode == 0), done.stderr
    for check in said["checks"]:
        assert check["status"] != "problem" or check["advice"], "what to do is always said"
    return done.returncode, {check["name"]: check for check in said["checks"]}


def statuses(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: check["status"] for name, check in checks.items()}


def test_all_is_well_but_for_the_worker(tmp_path: Path, livekit: LiveKitServer) -> None:
    with a_server({"/v1/models": (200, {"data": [{"id": "gpt-realtime-2.1"}]})}) as model:
        api = ApiProcess(tmp_path, livekit, {"OPENAI_API_KEY": MODEL_KEY, "OPENAI_BASE_URL": model})
        api.start()
        try:
            status, checks = examined(api, "--webhook-url", f"{api.url}/api/voice/webhook")
        finally:
            api.stop()
    assert statuses(checks) == {
        "settings": "ok",
        "database": "ok",
        "livekit": "ok",
        "sign-in": "ok",
        "model": "ok",
        "storage": "skipped",
        "webhook": "ok",
        "worker": "problem",
    }
    assert (status, "heard of no worker" in checks["worker"]["message"]) == (1, True)
    with closing(sqlite3.connect(api.database)) as connection:
        assert connection.execute("SELECT count(*) FROM webhook_inbox").fetchone() == (0,), "it leaves no trace"


def test_nothing_there_yet_is_no_problem_but_livekit(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    status, checks = examined(api)
    assert status == 1
    assert {name for name, check in checks.items() if check["status"] == "problem"} == {"livekit"}
    assert not api.database.exists(), "a doctor only looks"


def test_settings_that_cannot_be_used_are_told_one_by_one(tmp_path: Path) -> None:
    done = ApiProcess(tmp_path, settings={"VOICE_MAX_CALL_S": "x", "VOICE_CORS_ORIGINS": "*"}).run("doctor")
    assert done.returncode == 1
    assert done.stdout.count("PROBLEM") == 2
    assert "VOICE_MAX_CALL_S" in done.stdout
    assert "VOICE_CORS_ORIGINS" in done.stdout


@pytest.mark.parametrize(
    ("answer", "key", "says"),
    [
        ((200, {"data": [{"id": "other"}]}), MODEL_KEY, "has no model gpt-realtime-2.1"),
        ((429, {}), MODEL_KEY, "quota"),
        ((500, {}), MODEL_KEY, "answered 500"),
        ((200, {}), "sk-another-key-of-this-test", "refuses the key"),
    ],
)
def test_what_can_be_wrong_with_the_model(tmp_path: Path, answer: Any, key: str, says: str) -> None:
    with a_server({"/v1/models": answer}) as model:
        api = ApiProcess(tmp_path, settings={"OPENAI_API_KEY": key, "OPENAI_BASE_URL": model})
        _, checks = examined(api)
    assert (checks["model"]["status"], says in checks["model"]["message"]) == ("problem", True), checks["model"]


def test_the_model_is_asked_below_whatever_path_it_has(tmp_path: Path) -> None:
    with a_server({"/llm/openai/v1/models": (200, {"data": [{"id": "gpt-realtime-2.1"}]})}) as model:
        base = f"{model.removesuffix('/v1')}/llm/openai/v1/"
        _, checks = examined(ApiProcess(tmp_path, settings={"OPENAI_API_KEY": MODEL_KEY, "OPENAI_BASE_URL": base}))
    assert checks["model"]["status"] == "ok", checks["model"]


def test_a_wrong_key_and_an_address_where_nobody_is(tmp_path: Path, livekit: LiveKitServer) -> None:
    settings = {"LIVEKIT_API_SECRET": "x" * 40, "OPENAI_BASE_URL": f"http://127.0.0.1:{free_port()}/v1"}
    api = ApiProcess(tmp_path, livekit, settings)
    _, checks = examined(api, "--webhook-url", f"http://127.0.0.1:{free_port()}/api/voice/webhook")
    assert "refuses our key" in checks["livekit"]["message"]
    assert "connection refused" in checks["model"]["message"]
    assert "connection refused" in checks["webhook"]["message"]
    assert checks["worker"]["status"] == "skipped"


def test_a_database_that_is_old_locked_or_none(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    with closing(sqlite3.connect(api.database)) as connection:
        connection.execute("CREATE TABLE other (x)")
        _, checks = examined(api)
        assert "no tables of ours" in checks["database"]["message"]
        connection.execute("BEGIN IMMEDIATE")
        _, checks = examined(api)
        assert "locked" in checks["database"]["message"]
    api.database.write_bytes(b"this is no database, it is a letter to my aunt" * 100)
    _, checks = examined(api)
    assert "not a database" in checks["database"]["message"]


def test_the_store_of_recordings_is_looked_at(tmp_path: Path) -> None:
    folder = ApiProcess(tmp_path, settings={"LIVEKIT_RECORDING_BUCKET": f"file://{tmp_path}/recordings"})
    assert examined(folder)[1]["storage"]["status"] == "ok"
    with running_s3(tmp_path) as gateway:
        right = ApiProcess(tmp_path, settings=gateway.environment)
        wrong = ApiProcess(tmp_path, settings=gateway.environment | {"AWS_SECRET_ACCESS_KEY": "not-the-secret"})
        assert examined(right)[1]["storage"]["status"] == "ok"
        told = examined(wrong)[1]["storage"]
        assert told["status"] == "problem"
        assert "PermissionDenied" in told["message"]
