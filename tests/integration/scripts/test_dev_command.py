"""``python -m scripts.dev`` as a process: what it refuses, and what is left when it goes, however it goes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from scripts.dev.free_ports import free_port
from scripts.dev.guardian import Guardian
from tests.integration.scripts.helpers import alive, fake, until

ROOT = Path(__file__).resolve().parents[3]
PORTS = (
    "VOICE_LIVEKIT_PORT",
    "VOICE_LIVEKIT_UDP_PORT",
    "VOICE_API_PORT",
    "VOICE_REALTIME_PORT",
    "VOICE_WORKER_HEALTH_PORT",
)


def dev(tmp_path: Path, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    own = {name: str(free_port()) for name in PORTS} | environ
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("VOICE_", "LIVEKIT_", "OPENAI_"))}
    command = [sys.executable, "-m", "scripts.dev", "--data-dir", str(tmp_path), "--env-file", str(tmp_path / "env")]
    return subprocess.run(
        [*command, *args], env=clean | own, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_port_in_use_is_named_with_who_wanted_it_and_the_variable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = dev(tmp_path, VOICE_API_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port}, which the control API needs, is in use" in done.stderr
    assert f"(pid {os.getpid()})" in done.stderr
    assert "set VOICE_API_PORT to another port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_udp_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = dev(tmp_path, VOICE_LIVEKIT_UDP_PORT=str(port))
    assert done.returncode == 1
    assert f"UDP port {port}, which LiveKit's media needs, is in use" in done.stderr


def test_bad_settings_are_told_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("VOICE_REALTIME_PORT=none\nLIVEKIT_HOST=ws://livekit.example\n")
    clean = {"VOICE_REALTIME_PORT": ""}
    done = dev(tmp_path, **clean)
    assert done.returncode == 2
    assert [line.split()[1] for line in done.stderr.splitlines()[1:]] == [
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
        "VOICE_REALTIME_PORT",
    ]


def test_a_directory_that_another_stack_uses(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "run").mkdir()
    with (tmp_path / "run/lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = dev(tmp_path)
    assert done.returncode == 1
    assert "Another `make run` (pid 4711)" in done.stderr


@pytest.fixture
def supervisor(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process that supervises two fakes, one of which has a child of its own and ignores SIGINT."""
    first, second = fake("first", "--starts-another", str(tmp_path / "grandchild")), fake("second", "--deaf")
    code = (
        "import asyncio\n"
        "from pathlib import Path\n"
        "from tests.integration.scripts.helpers import Stack, ProcessSpec, Probe\n"
        f"a = ProcessSpec('first', 'the first', {first.argv!r}, {{}}, Probe({first.probe.port}, '/'))\n"
        f"b = ProcessSpec('second', 'the second', {second.argv!r}, {{}}, Probe({second.probe.port}, '/'), ('first',))\n"
        "async def main():\n"
        f"    stack = Stack(Path({str(tmp_path)!r}), a, b)\n"
        f"    stack.is_ready.set = lambda: Path({str(tmp_path / 'ready')!r}).write_text('yes')\n"
        "    await stack.run()\n"
        "asyncio.run(main())\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


async def test_killing_the_supervisor_leaves_nobody(tmp_path: Path, supervisor: subprocess.Popen[bytes]) -> None:
    try:
        await until((tmp_path / "ready").exists, "the supervised processes did not become ready", 20)
        family = psutil.Process(supervisor.pid).children(recursive=True)
        assert len(family) == 4, f"two processes, a grandchild and the guardian: {family}"
    finally:
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    await until(
        lambda: not any(alive(process.pid) for process in family),
        f"still running: {[process for process in family if alive(process.pid)]}",
    )


def test_the_guardian_leaves_alone_who_was_taken_off_its_list() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        guardian = Guardian()
        guardian.add(sleeper.pid)
        guardian.remove(sleeper.pid)
        guardian.close()
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()
