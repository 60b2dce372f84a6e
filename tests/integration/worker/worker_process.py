"""``python -m worker`` as a process of its own, as an operator runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from scripts.dev.free_ports import free_port
from tests.fakes.internal_api import TOKEN
from tests.support.livekit_server import LiveKitServer
from tests.support.metrics import samples
from tests.support.realtime_process import RealtimeServer

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 40.0
SLOTS = 8


@dataclass
class RunningWorker:
    livekit: LiveKitServer
    realtime: RealtimeServer
    directory: Path
    api_port: int = field(default_factory=free_port)
    health_port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("--alone",)
    """Without a supervisor: who is signalled, killed and measured is the worker itself."""
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again with the same spool. Not ready yet when this returns."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "worker", *self.arguments],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """As a crash, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=10)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def exit_status(self, limit_s: float = 10.0) -> int:
        """Wait for it to leave by itself."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, limit_s)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log_path(self) -> Path:
        return self.directory / "worker.log"

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def untold(self) -> list[Path]:
        """The calls of which something is not reported yet."""
        return list((self.directory / "spool").glob("*/*.reports.jsonl"))

    async def ready_status(self) -> tuple[int, str]:
        """What ``/readyz`` says; 0 while nobody answers."""
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"http://127.0.0.1:{self.health_port}/readyz") as answer,
            ):
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def metrics(self) -> dict[str, float]:
        """What ``/metrics`` says: ``name{labels}`` -> value."""
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{self.health_port}/metrics") as answer,
        ):
            assert answer.status == 200
            return samples(await answer.read())

    async def until_ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
        while asyncio.get_running_loop().time() < deadline and self.runs:
            if (await self.ready_status())[0] == 200:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the worker is not ready:\n{self.log[-3000:]}")

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
        return {
            **inherited,
            "LIVEKIT_HOST": self.livekit.url,
            "LIVEKIT_API_KEY": self.livekit.api_key,
            "LIVEKIT_API_SECRET": self.livekit.api_secret,
            "VOICE_WORKER_TOKEN": TOKEN,
            "VOICE_API_URL": f"http://127.0.0.1:{self.api_port}",
            "VOICE_WORKER_SLOTS": str(SLOTS),
            "VOICE_WORKER_SPOOL_DIR": str(self.directory / "spool"),
            "VOICE_RECORDING_SPOOL_DIR": str(self.directory / "recordings"),
            "VOICE_SPEECH_SPOOL_DIR": str(self.directory / "speech"),
            "VOICE_WORKER_HEALTH_PORT": str(self.health_port),
            "OPENAI_API_KEY": "sk-of-the-tests",
            "OPENAI_BASE_URL": self.realtime.base_url,
            **self.environment,
        }
