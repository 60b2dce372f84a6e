"""Asking a process whether it is ready, over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scripts.dev.specs import Probe

TIMEOUT_S = 2.0
_MAX_ANSWER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    ready: bool
    said: str
    """Its status line and what it gave as reasons, for the one who wonders why it is not ready."""


async def ask(probe: Probe) -> Answer:
    """One question; never raises for a process that does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            raw = await _get(probe)
    except (OSError, TimeoutError):
        return Answer(ready=False, said="no answer")
    head, _, body = raw.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].decode("latin-1")
    return Answer(ready=status.split(" ")[1:2] == ["200"], said=f"{status} {body.decode(errors='replace')}".strip())


async def _get(probe: Probe) -> bytes:
    reader, writer = await asyncio.open_connection(probe.host, probe.port)
    try:
        # HTTP/1.0 ends with the connection: no chunks and no lengths to parse.
        writer.write(f"GET {probe.path} HTTP/1.0\r\nHost: {probe.host}:{probe.port}\r\n\r\n".encode())
        answer = b""
        while len(answer) < _MAX_ANSWER_BYTES and (part := await reader.read(_MAX_ANSWER_BYTES)):
            answer += part
        return answer
    finally:
        writer.close()
