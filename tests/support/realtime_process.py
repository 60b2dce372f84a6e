"""Starts `scripts.local_realtime` for a test as a process of its own, and steers it over its control endpoints."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

ROOT = Path(__file__).resolve().parents[2]
READY_LINE = "local_realtime ready on "
STALE_MS_PER_S = 1600
"""Audio that a session is sent in one second. A machine that stalls makes up for some hundred milliseconds; what waited
through an outage and came at once would be more."""


@dataclass(frozen=True, slots=True)
class RealtimeServer:
    http_url: str

    @property
    def base_url(self) -> str:
        """What clients take as the base URL of the API."""
        return f"{self.http_url}/v1"

    async def play(self, script: dict[str, Any]) -> None:
        """Replace the script."""
        await self._post("script", script)

    async def fault(self, fault: dict[str, Any]) -> None:
        """Let a fault happen now in every open session."""
        await self._post("fault", fault)

    async def stats(self, key: str = "any") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.get(f"{self.http_url}/control/stats") as answer,
        ):
            value: dict[str, Any] = await answer.json()
            return value

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        data, url = yaml.safe_dump(body), f"{self.http_url}/control/{what}"
        async with aiohttp.ClientSession() as http, http.post(url, data=data) as answer:
            assert answer.status == 200, await answer.text()


@contextmanager
def running_realtime(directory: Path, script: dict[str, Any], *, key: str | None = None) -> Iterator[RealtimeServer]:
    """A ready server that is gone when the block ends."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "script.yaml"
    path.write_text(yaml.safe_dump(script))
    command = [sys.executable, "-m", "scripts.local_realtime", "--port", "0", "--control", "--script", str(path)]
    if key is not None:
        command += ["--key", key]
    with (directory / "realtime.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(READY_LINE), f"no ready line, but {line!r}; see {log.name}"
        address = line.removeprefix(READY_LINE).strip()
        yield RealtimeServer(address.replace("ws://", "http://").removesuffix("/v1/realtime"))
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
