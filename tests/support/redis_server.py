"""Starts a real redis-server for a test: loopback, a port of its own, nothing on disk, stopped by its own pid.

It is Debian's; where it is missing and this is root on Debian, it is installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.livekit_server import free_port

READY_WITHIN_S = 10.0
INSTALL_WITHIN_S = 100.0


def require_redis_server() -> str:
    """The binary; without one the test is skipped, and in CI it fails: there nothing may be skipped."""
    found = shutil.which("redis-server") or _install()
    if found is not None:
        return found
    sentence = "redis-server is not on the PATH (Debian's package redis-server has it)"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def _install() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "redis-server"]):
        subprocess.run([apt, *command], env=environment, capture_output=True, timeout=INSTALL_WITHIN_S, check=False)
    return shutil.which("redis-server")


@dataclass
class RedisServer:
    binary: str
    directory: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        assert self._process is None, "redis-server is already running"
        log = (self.directory / "redis.log").open("ab")
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
            "dir": str(self.directory),
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        with log:
            self._process = subprocess.Popen([self.binary, *arguments], stdout=log, stderr=subprocess.STDOUT)
        self._wait_until_it_answers()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(timeout=5)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"redis-server did not answer on port {self.port} in {READY_WITHIN_S} s")


@contextmanager
def running_redis(directory: Path) -> Iterator[RedisServer]:
    server = RedisServer(require_redis_server(), directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
