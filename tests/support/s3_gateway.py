"""Starts a real S3 gateway (versitygw) over a folder for a test: loopback, a port of its own, stopped by its own pid.

It checks signatures as S3 does. It can be stopped and started again on the same port: a store that is down.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.bootstrap import s3_gateway
from scripts.bootstrap.tasks import ROOT
from tests.support.livekit_server import free_port

READY_WITHIN_S = 10.0
BUCKET = "recordings"
REGION = "us-east-1"


def require_s3_gateway() -> Path:
    """The binary; without one the test is skipped, and in CI it fails: there nothing may be skipped."""
    found = s3_gateway.find(ROOT)
    if found is not None:
        return found
    sentence = "versitygw is neither on the PATH nor in .tools/bin (`make s3` builds it)"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@dataclass
class S3Gateway:
    binary: Path
    directory: Path
    port: int = field(default_factory=free_port)
    access_key: str = "testkey"
    secret_key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bucket_folder(self) -> Path:
        """A bucket is a folder, and what is put into it a file."""
        return self.directory / "root" / BUCKET

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a process that keeps its recordings here."""
        return {
            "LIVEKIT_RECORDING_BUCKET": BUCKET,
            "LIVEKIT_RECORDING_REGION": REGION,
            "LIVEKIT_RECORDING_ENDPOINT": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def start(self) -> None:
        assert self._process is None, "the gateway is already running"
        self.bucket_folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key}
        command = [str(self.binary), "--port", f"127.0.0.1:{self.port}", "--region", REGION, "posix"]
        with (self.directory / "s3.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self.bucket_folder.parent)], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
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
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"versitygw did not answer on port {self.port} in {READY_WITHIN_S} s")


@contextmanager
def running_s3(directory: Path) -> Iterator[S3Gateway]:
    gateway = S3Gateway(require_s3_gateway(), directory)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()
