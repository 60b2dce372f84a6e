"""Starts a real livekit-server for a test: loopback only, ports of its own, stopped by its own pid.

The binary is found as ``livekit-server`` on the PATH or in ``.tools/bin`` of this repository. The same server can be
killed and started again on the same ports, which is how outages are provoked.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.dev.free_ports import free_port

READY_WITHIN_S = 20.0
_TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "livekit-server"


def find_livekit_server() -> Path | None:
    on_path = shutil.which("livekit-server")
    if on_path is not None:
        return Path(on_path)
    return _TOOLS if _TOOLS.is_file() else None


def require_livekit_server() -> Path:
    """The binary; without one the test is skipped, and in CI (``CI`` is set) it fails: there nothing may be skipped."""
    found = find_livekit_server()
    if found is not None:
        return found
    sentence = "livekit-server is neither on the PATH nor in .tools/bin (`make livekit` builds it)"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@dataclass
class LiveKitServer:
    binary: Path
    directory: Path
    webhook_url: str | None = None
    api_key: str = "devkey"
    api_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    port: int = field(default_factory=free_port)
    udp_port: int = field(default_factory=lambda: free_port(udp=True))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What clients and workers connect to (``ws://...``)."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        return self.directory / "livekit.log"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Returns when the server answers; raises with the end of its log when it does not in time."""
        assert self._process is None, "the server is already running"
        self.directory.mkdir(parents=True, exist_ok=True)
        config = self.directory / "livekit.json"
        config.write_text(json.dumps(self._config()))  # JSON is YAML
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self.binary), "--config", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_ready()

    def kill(self) -> None:
        """As a crash: no event is sent, no room is closed."""
        self._end("kill")

    def stop(self) -> None:
        if self._process is not None:
            self._end("terminate")

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        assert process is not None, "the server is not running"
        getattr(process, how)()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.http_url, timeout=1):  # noqa: S310 - our own loopback address
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        tail = self.log_path.read_text(errors="replace")[-2000:]
        self.stop()
        raise RuntimeError(f"livekit-server did not answer on {self.http_url} in {READY_WITHIN_S} s:\n{tail}")

    def _config(self) -> dict[str, object]:
        config: dict[str, object] = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "rtc": {
                "tcp_port": 0,
                "udp_port": self.udp_port,
                "node_ip": "127.0.0.1",
                "enable_loopback_candidate": True,
                "interfaces": {"includes": ["lo"]},
                "allow_tcp_fallback": False,
                # Unset, clients ask public STUN servers, and wait for a DNS that is not there.
                "stun_servers": ["127.0.0.1:3478"],
            },
            "keys": {self.api_key: self.api_secret},
            # The API makes every room; a token alone must not be able to.
            "room": {"auto_create": False},
            "logging": {"level": "info", "json": True},
        }
        if self.webhook_url is not None:
            config["webhook"] = {"api_key": self.api_key, "urls": [self.webhook_url]}
        return config


@contextmanager
def running_livekit(directory: Path, *, webhook_url: str | None = None) -> Iterator[LiveKitServer]:
    """A ready server that is gone when the block ends. Skips the test where there is no binary."""
    server = LiveKitServer(require_livekit_server(), directory, webhook_url)
    server.start()
    try:
        yield server
    finally:
        server.stop()
