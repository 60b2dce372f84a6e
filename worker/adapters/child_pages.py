"""What the processes under a supervisor say of themselves, over the Unix sockets that they listen on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from shared import wire
from shared.metric_names import WORKER_CLAIMS
from worker.readiness import Readiness, readiness
from worker.supervisor.renewal import MB, Seen

WITHIN_S = 1.0
MAX_BYTES = 64 * 1024
SILENT = readiness(["no_answer"])

_MEMORY = "process_resident_memory_bytes"
_BEGAN = "process_start_time_seconds"
_TAKEN = f'{WORKER_CLAIMS.name}{{outcome="won"}}'


async def ask_readiness(sockets: Mapping[str, Path]) -> dict[str, Readiness]:
    """By process. One that is starting, dead or wedged does not answer, and so is not ready."""
    answers = await _ask(sockets, "/readyz")
    return {name: _read(answers.get(name)) for name in sockets}


async def ask_metrics(sockets: Mapping[str, Path]) -> dict[str, bytes]:
    """By process, of those that answer."""
    return await _ask(sockets, "/metrics")


async def ask_sizes(sockets: Mapping[str, Path], now_ms: float) -> dict[str, Seen]:
    """How large each one is, of those that answer."""
    found = {name: seen(text, now_ms / 1000) for name, text in (await ask_metrics(sockets)).items()}
    return {name: one for name, one in found.items() if one is not None}


def seen(metrics: bytes, now_s: float) -> Seen | None:
    """Read from the text of a process's metrics; None when it does not say."""
    values = dict(line.rsplit(" ", 1) for line in metrics.decode().splitlines() if not line.startswith("#"))
    try:
        memory_bytes, began_s = (float(values[name]) for name in (_MEMORY, _BEGAN))
        return Seen(memory_bytes / MB, round(float(values.get(_TAKEN, "0"))), now_s - began_s)
    except (KeyError, ValueError):
        return None


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
