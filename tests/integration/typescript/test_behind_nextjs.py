"""The API behind a real Next.js, as docs/nextjs.md has it."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.bootstrap import node_toolchain
from scripts.bootstrap.node_toolchain import Node
from scripts.dev.free_ports import free_port
from tests.support.api_process import running_api
from tests.support.stack import wait_for
from tests.support.typescript import ROOT

APPLICATION = Path("tests/data/nextjs")
READY_WITHIN_S = 60.0
AN_EVENT_WITHIN_S = 20.0


@contextmanager
def running_next(node: Node, api_url: str, log: Path) -> Iterator[str]:
    """Its address, when it answers."""
    port = free_port()
    entry = ROOT / APPLICATION / "node_modules/next/dist/bin/next"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(node.node), str(entry), "dev", "-H", "127.0.0.1", "-p", str(port)],
            cwd=ROOT / APPLICATION,
            env=node.environ | {"VOICE_API_INTERNAL_URL": api_url, "NEXT_TELEMETRY_DISABLED": "1"},
            stdout=out,
            stderr=out,
            start_new_session=True,  # it has processes of its own
        )
    try:
        wait_for(lambda: b"Ready" in log.read_bytes(), lambda: log.read_text()[-2000:], READY_WITHIN_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def asked(url: str, token: str) -> Any:
    """As a browser asks."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=AN_EVENT_WITHIN_S)  # noqa: S310


@pytest.mark.timeout(300)  # with the installation of Next.js
def test_events_come_at_once_and_answers_are_whole(node: Node, tmp_path: Path) -> None:
    node_toolchain.install_packages(ROOT, node, APPLICATION)
    with running_api(tmp_path / "api") as api, running_next(node, api.url, tmp_path / "next.log") as url:
        with asked(f"{url}/api/voice/events", api.token("ann")) as stream:
            assert stream.headers.get("Content-Encoding") is None
            assert stream.readline() + stream.readline() != b"", "an event within the time limit of the socket"
        with asked(f"{url}/api/voice/session", api.token("ann")) as answer:
            body = answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert b'"sessions":[]' in body.replace(b" ", b"")
