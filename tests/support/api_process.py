"""The API as its own process: as a user starts it, to be killed as no user would."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from control_api.adapters.dev_issuer import open_dev_issuer
from scripts.dev.free_ports import free_port
from tests.support.livekit_server import LiveKitServer

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 45.0
"""Two seconds when the machine is idle; it may be carrying other tests."""
_PYCACHE = Path(tempfile.gettempdir()) / "voice-tests-pycache"
"""Compiled once for all processes that tests start, even where Python is told to keep no bytecode."""


@dataclass
class ApiProcess:
    directory: Path
    livekit: LiveKitServer | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    worker_token: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.directory / "voice.db"

    @property
    def log(self) -> str:
        path = self.directory / "api.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            # Tests look often and open many calls; the limits have tests of their own.
            "VOICE_RATE_READ_PER_15_MIN": "100000",
            "VOICE_RATE_SESSION_PER_HOUR": "100000",
            "VOICE_API_PORT": str(self.port),
            "VOICE_WORKER_TOKEN": self.worker_token,
            "VOICE_DATABASE_URL": f"sqlite:///{self.database}",
            "VOICE_DEV_ISSUER_DIR": str(self.directory / "issuer"),
            "PYTHONFAULTHANDLER": "1",
            "PYTHONPYCACHEPREFIX": str(_PYCACHE),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        if self.livekit is not None:
            ours |= {
                "LIVEKIT_HOST": self.livekit.url,
                "LIVEKIT_API_KEY": self.livekit.api_key,
                "LIVEKIT_API_SECRET": self.livekit.api_secret,
            }
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("VOICE_", "LIVEKIT_", "OPENAI_"))
        }
        return clean | ours | dict(self.settings)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``python -m control_api`` with these arguments, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "control_api", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def token(self, user: str, name: str | None = None, *, is_admin: bool = False) -> str:
        """As ``token USER`` prints it, without a process of its own."""
        return open_dev_issuer(self.directory / "issuer").token(user, name=name, is_admin=is_admin)

    def start(self) -> None:
        """Returns when it is alive (not: ready, for which it may lack LiveKit)."""
        assert self._process is None, "it is already running"
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "api.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "control_api"],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx2.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        self.signal(signal.SIGABRT)  # with PYTHONFAULTHANDLER its log then says where it hangs
        self.wait()
        log_text = self.log
        raise RuntimeError(f"the API did not come up in {READY_WITHIN_S} s:\n{log_text[-3000:]}")

    def kill(self) -> None:
        """As a crash."""
        self.signal(signal.SIGKILL)
        self.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it is not running"
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit status."""
        assert self._process is not None, "it is not running"
        process, self._process = self._process, None
        return process.wait(timeout=10)

    def stop(self) -> int | None:
        if self._process is None:
            return None
        self.signal(signal.SIGTERM)
        return self.wait()


@contextmanager
def running_api(
    directory: Path, livekit: LiveKitServer | None = None, *, port: int | None = None, **settings: str
) -> Iterator[ApiProcess]:
    api = ApiProcess(directory, livekit, settings, port if port is not None else free_port())
    api.start()
    try:
        yield api
    finally:
        api.stop()
