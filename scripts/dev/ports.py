"""Whether a port is free, asked before anything is started, so that the answer names who wanted it."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import psutil

from scripts.dev.problem import StackProblem
from scripts.dev.settings import Port

LOOPBACK = "127.0.0.1"


def check_free(ports: Iterable[Port]) -> None:
    """Raises `StackProblem` with a sentence for each port that is taken."""
    sentences = [_sentence(port) for port in ports if not is_free(port)]
    if sentences:
        raise StackProblem("\n".join(sentences))


def is_free(port: Port) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if port.udp else socket.SOCK_STREAM) as probe:
        if not port.udp:
            # As servers do: connections that are closing do not count as a listener.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port.number))
        except OSError:
            return False
    return True


def _sentence(port: Port) -> str:
    kind = "UDP port" if port.udp else "Port"
    by = _user_of(port)
    return (
        f"{kind} {port.number}, which {port.wanted_by} needs, is in use{f' by {by}' if by else ''}: "
        f"stop that process or set {port.variable} to another port."
    )


def _user_of(port: Port) -> str | None:
    """Like ``nginx (pid 812)``; None where the system does not tell."""
    try:
        for connection in psutil.net_connections("udp4" if port.udp else "tcp4"):
            listening = port.udp or connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr and connection.laddr.port == port.number and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return None
