"""What the processes under a supervisor say of themselves, over the Unix sockets that they listen on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from shared import wire
from worker.readiness import Readiness, readiness

WITHIN_S = 1.0
MAX_BYTES = 64 * 1024
SILENT = readiness(["no_answer"])


async def ask_readiness(sockets: Mapping[str, Path]) -> dict[str, Readiness]:
    """By process. One that is starting, dead or wedged does not answer, and so is not ready."""
    answers = await _ask(sockets, "/readyz")
    return {name: _read(answers.get(name)) for name in sockets}


async def ask_metrics(sockets: Mapping[str, Path]) -> dict[str, bytes]:
    """By process, of those that answer."""
    return await _ask(sockets, "/metrics")


def _read(body: bytes | None) -> Readiness:
    try:
        return SILENT if body is None else wire.parse_object(body, max_bytes=MAX_BYTES)
    except wire.WireError:
        return SILENT


async def _ask(sockets: Mapping[str, Path], path: str) -> dict[str, bytes]:
    answers = await asyncio.gather(*(_get(socket, path) for socket in sockets.values()))
    return {name: answer for name, answer in zip(sockets, answers, strict=True) if answer is not None}


async def _get(socket: Path, path: str) -> bytes | None:
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(socket)), timeout=aiohttp.ClientTimeout(WITHIN_S)
            ) as http,
            http.get(f"http://worker{path}") as answer,
        ):
            return await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
