"""The local Realtime server, as scenarios script it and look into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from scripts.faults.broken import Broken
from scripts.faults.words import ANSWERS, GREETING, HEARD

Script = Mapping[str, Any]


USUAL: Script = {
    "greeting": {"says": GREETING},
    "turns": [{"hears": HEARD, "says": answer} for answer in ANSWERS],
    "then": "cycle",
}


class Model:
    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def play(self, script: Script = USUAL) -> None:
        """From the next turn on, in open sessions too."""
        await self._post("script", script)

    async def play_with(self, *faults: Mapping[str, Any]) -> None:
        """The usual script, and these faults (docs/local-realtime.md)."""
        await self.play({**USUAL, "faults": list(faults)})

    async def fault(self, fault: Mapping[str, Any]) -> None:
        """Now, in every open session."""
        await self._post("fault", fault)

    async def stats(self) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/control/stats") as answer:
            value: dict[str, Any] = await answer.json()
            return value

    async def sessions(self) -> list[dict[str, Any]]:
        """Of the newest 200, open or closed, oldest first: docs/local-realtime.md says what is known of each."""
        sessions: list[dict[str, Any]] = (await self.stats())["sessions"]
        return sessions

    async def log_of(self, session_id: str) -> list[dict[str, Any]]:
        async with self._http.get(f"{self._url}/control/sessions/{session_id}") as answer:
            log: list[dict[str, Any]] = (await answer.json())["log"]
            return log

    async def _post(self, what: str, body: Script) -> None:
        async with self._http.post(f"{self._url}/control/{what}", data=json.dumps(body)) as answer:
            if answer.status != 200:
                raise Broken(f"The local Realtime server refuses the {what}: {await answer.text()}")
