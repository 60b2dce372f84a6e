"""A real S3 gateway (versitygw) over a folder, for a test. It checks signatures as S3 does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import pytest

from scripts.bootstrap import s3_gateway
from scripts.bootstrap.tasks import ROOT
from tests.support.server_process import ServerProcess

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
class S3Gateway(ServerProcess):
    access_key: str = "testkey"
    secret_key: str = field(default_factory=lambda: token_hex(20), repr=False)

    def __post_init__(self) -> None:
        self.bucket_folder.mkdir(parents=True, exist_ok=True)

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

    @property
    def options(self) -> list[str]:
        return ["--port", f"127.0.0.1:{self.port}", "--region", REGION, "posix", str(self.bucket_folder.parent)]

    @property
    def secrets(self) -> dict[str, str]:
        return {"ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key}

    def answers(self) -> bool:
        socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        return True


@contextmanager
def running_s3(directory: Path) -> Iterator[S3Gateway]:
    gateway = S3Gateway(require_s3_gateway(), directory)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()
