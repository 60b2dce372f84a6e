"""No two processes that start something later are given the same port, and the system gives it to nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from scripts.dev import free_ports
from scripts.dev.free_ports import NoFreePort, free_port, free_ports_in_a_row, ports_of_a_stack

ROOT = Path(__file__).resolve().parents[3]
ANOTHER = """
import sys
from scripts.dev import free_ports
free_ports.RANGE = range(int(sys.argv[1]), int(sys.argv[2]))
print(*[free_ports.free_port() for _ in free_ports.RANGE], flush=True)
sys.stdin.read()
"""


@contextmanager
def taken_by_another_process(ports: range) -> Iterator[list[int]]:
    argv = [sys.executable, "-c", ANOTHER, str(ports.start), str(ports.stop)]
    environ = os.environ | {"TMPDIR": tempfile.gettempdir()}
    with subprocess.Popen(
        argv, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield [int(port) for port in process.stdout.readline().split()]
        process.stdin.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> range:
    """All ports that there are: so few that the second who asks would soon be given one of the first one's."""
    first = free_ports_in_a_row(4)
    few = range(first, first + 4)
    monkeypatch.setattr(free_ports, "RANGE", few)
    monkeypatch.setattr(free_ports, "_taken", set())
    monkeypatch.setattr(free_ports, "_locks", cache(free_ports._locks.__wrapped__))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return few


def test_a_port_is_given_once(few: range) -> None:
    assert sorted(free_port() for _ in few) == list(few)
    with pytest.raises(NoFreePort, match=f"between {few.start} and {few.stop - 1}"):
        free_port()


def test_what_another_process_was_given_is_free_when_it_has_ended(few: range) -> None:
    with taken_by_another_process(few) as theirs:
        assert sorted(theirs) == list(few)
        with pytest.raises(NoFreePort):
            free_port()
    assert free_port() in few


def test_ports_in_a_row(few: range) -> None:
    assert free_ports_in_a_row(4) == few.start


def test_a_stack_is_given_ports_of_its_own() -> None:
    one, other = ports_of_a_stack(workers=3), ports_of_a_stack()
    assert len({*one.values(), *other.values()}) == 10
    health = int(one["VOICE_WORKER_HEALTH_PORT"])
    assert not {str(health + 1), str(health + 2)} & {*one.values(), *other.values()}


def test_the_system_gives_none_of_them_to_anybody() -> None:
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if given.exists():  # elsewhere than on Linux it begins higher
        assert free_ports.RANGE.stop <= int(given.read_text().split()[0])
