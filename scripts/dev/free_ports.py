"""Ports for processes that are started later, which nobody is given in the meantime.

A port that was free when it was asked for may be somebody's when it is used: the system hands out the same numbers, to
sockets that connect and to those that listen on port 0. So these lie below the range of the system (Linux begins at
32768, macOS at 49152), and whoever takes one locks its byte in a file that all stacks, benches and tests of this user
share. The lock ends with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from itertools import chain
from pathlib import Path

from scripts.dev.settings import PORTS

LOOPBACK = "127.0.0.1"
RANGE = range(20_000, 32_000)

_taken: set[int] = set()
"""By this process, for as long as it lives. Its own locks do not keep it out."""


class NoFreePort(Exception):
    """The text is a sentence."""


def free_port(*, udp: bool = False) -> int:
    return free_ports_in_a_row(1, udp=udp)


def free_ports_in_a_row(count: int, *, udp: bool = False) -> int:
    """The first of `count` ports that follow each other."""
    firsts = range(RANGE.start, RANGE.stop - count + 1)
    # Anywhere, so that a port that was just given back rests, and its last connections are closed.
    begin = random.randrange(len(firsts))  # noqa: S311 - no secret
    for first in chain(firsts[begin:], firsts[:begin]):
        ports = range(first, first + count)
        if all(_take(port, udp) for port in ports):
            return first
    raise NoFreePort(f"No {count} ports in a row are free between {RANGE.start} and {RANGE.stop - 1}.")


def ports_of_a_stack(workers: int = 1) -> dict[str, str]:
    """Settings that start a stack of `scripts.dev` beside any other."""
    numbers = {port.variable: free_port(udp=port.udp) for name, port in PORTS.items() if name != "worker_health"}
    numbers[PORTS["worker_health"].variable] = free_ports_in_a_row(workers)
    return {variable: str(number) for variable, number in numbers.items()}


def _take(port: int, udp: bool) -> bool:
    if port in _taken or not _can_bind(port, udp):
        return False
    try:
        fcntl.lockf(_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _taken.add(port)
    return True


def _can_bind(port: int, udp: bool) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


@cache
def _locks() -> int:
    """A descriptor that is never closed: with it this process would lose all its locks."""
    path = Path(tempfile.gettempdir()) / f"voice-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
