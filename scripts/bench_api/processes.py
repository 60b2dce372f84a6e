"""The processes of the benchmark, each on the core that it is given, none left behind."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

from scripts.bootstrap.livekit_server import find
from scripts.dev.free_ports import free_port
from scripts.dev.livekit_config import livekit_config

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60.0


class BenchProblem(Exception):
    """The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        return float(self.process.memory_info().rss) / 1e6


@dataclass(frozen=True, slots=True)
class LiveKit:
    settings: Mapping[str, str] = field(repr=False)


@cache
def cores() -> tuple[int, int]:
    """One for the server that is measured, another for all else (the same, where there is one only). Asked first
    before this process is pinned itself."""
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    return usable[0], usable[-1]


def pinned(command: Sequence[str], core: int) -> list[str]:
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset else list(command)


@contextmanager
def running(
    arguments: Sequence[str], *, port: int, log: Path, core: int, settings: Mapping[str, str], ready: str
) -> Iterator[Server]:
    """A process that answers ``GET ready`` once it is up."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            pinned(arguments, core), cwd=ROOT, env=_clean() | dict(settings), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}{ready}", log)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_api(directory: Path, settings: Mapping[str, str], core: int) -> Iterator[Server]:
    port = free_port()
    ours = {
        "VOICE_API_PORT": str(port),
        "VOICE_DATABASE_URL": f"sqlite:///{directory / 'voice.db'}",
        "VOICE_WORKER_TOKEN": secrets.token_hex(20),
        "VOICE_RATE_READ_PER_15_MIN": "1000000",
        "VOICE_RATE_SESSION_PER_HOUR": "1000000",
        "VOICE_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "control_api"]
    environ = ours | dict(settings)
    with running(
        command, port=port, log=directory / "api.log", core=core, settings=environ, ready="/healthz"
    ) as server:
        yield server


@contextmanager
def running_bare(directory: Path, answer: bytes, core: int) -> Iterator[Server]:
    port = free_port()
    (directory / "answer.json").write_bytes(answer)
    command = [sys.executable, "-m", "scripts.bench_api.bare", str(port), str(directory / "answer.json")]
    path = "/api/voice/session"
    with running(command, port=port, log=directory / "bare.log", core=core, settings={}, ready=path) as server:
        yield server


@contextmanager
def running_livekit(directory: Path, core: int) -> Iterator[LiveKit]:
    binary = find(ROOT)
    if binary is None:
        raise BenchProblem("There is no livekit-server: `make livekit` builds it.")
    port, key, secret = free_port(), "bench", secrets.token_hex(20)
    config = directory / "livekit.json"
    webhook_url = f"http://127.0.0.1:{free_port()}/"
    udp_port = free_port(udp=True)
    text = livekit_config(port=port, udp_port=udp_port, api_key=key, api_secret=secret, webhook_url=webhook_url)
    config.write_text(text)
    command = [str(binary), "--config", str(config)]
    with running(command, port=port, log=directory / "livekit.log", core=core, settings={}, ready="/"):
        host = {"LIVEKIT_HOST": f"ws://127.0.0.1:{port}", "LIVEKIT_API_KEY": key, "LIVEKIT_API_SECRET": secret}
        yield LiveKit(host)


def _clean() -> dict[str, str]:
    ours = ("VOICE_", "LIVEKIT_", "OPENAI_", "CLERK_", "REDIS_", "UPSTASH_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise BenchProblem(f"{url} did not answer:\n{log.read_text(errors='replace')[-2000:]}")
