"""A caller in a process of its own (`make call`), whose network can be taken away: stopped, it is silent everywhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.faults.broken import until
from scripts.faults.part import ROOT

_OPEN = re.compile(r"Call ([0-9a-f-]{36}) in room")


@dataclass
class DistantCaller:
    process: asyncio.subprocess.Process
    screen: Path
    call_id: str = ""

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()

    async def result(self) -> dict[str, Any]:
        """Its JSON document, when it has hung up."""
        out, _ = await self.process.communicate()
        document: dict[str, Any] = json.loads(out)
        return document

    async def until_open(self) -> None:
        """Raises `Broken`."""
        found = await until("the distant caller has a call", lambda: _OPEN.search(self.screen.read_text()), 20)
        self.call_id = found.group(1)


@contextlib.asynccontextmanager
async def distant_caller(screen: Path, *, api_url: str, token: str, talk_s: float) -> AsyncIterator[DistantCaller]:
    """Calls and talks for about `talk_s`."""
    command = [sys.executable, "-m", "scripts.caller", "--json", "--api", api_url, "--seconds", str(talk_s)]
    with screen.open("w") as err:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=err,
            env={**os.environ, "VOICE_USER_TOKEN": token},
        )
    caller = DistantCaller(process, screen)
    try:
        await caller.until_open()
        yield caller
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
