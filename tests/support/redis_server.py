"""A real redis-server for a test, with nothing on disk.

It is Debian's; where it is missing and this is root on Debian, it is installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server_process import ServerProcess

INSTALL_WITHIN_S = 100.0


def require_redis_server() -> Path:
    """The binary; without one the test is skipped, and in CI it fails: there nothing may be skipped."""
    found = shutil.which("redis-server") or _install()
    if found is not None:
        return Path(found)
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
class RedisServer(ServerProcess):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def options(self) -> list[str]:
        nothing_on_disk = ["--save", "", "--appendonly", "no", "--dir", str(self.directory)]
        return ["--port", str(self.port), "--bind", "127.0.0.1", *nothing_on_disk]

    def answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")


@contextmanager
def running_redis(directory: Path) -> Iterator[RedisServer]:
    server = RedisServer(require_redis_server(), directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
