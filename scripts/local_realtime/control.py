"""The control endpoints, which exist only with ``--control``: look into sessions, change the script."""

from __future__ import annotations

from typing import Any, Protocol

import yaml
from aiohttp import web

from scripts.local_realtime.connection import Connection
from scripts.local_realtime.faults import matches
from scripts.local_realtime.hearing import HearingError
from scripts.local_realtime.script import ONLY_IN_SCRIPTS, AnyFault, Down, Script, ScriptError, parse_script
from scripts.local_realtime.stats import SessionRecord, Statistics
from scripts.local_realtime.voice import VoiceError
from scripts.local_realtime.wav import AudioFileError


class Controlled(Protocol):
    """What the endpoints need of the server."""

    statistics: Statistics
    connections: dict[str, Connection]

    def now_s(self) -> float:
        """The monotonic clock of the records."""

    @property
    def is_down(self) -> bool:
        """Whether a ``down`` fault is in force."""

    @property
    def hearing_waiting(self) -> int:
        """Clips that wait for the recogniser."""

    async def load(self, script: Script) -> None:
        """Play another script from now on."""

    def go_down(self, fault: Down) -> None:
        """Refuse everybody for a while."""


class Control:
    """Handlers."""

    def __init__(self, server: Controlled) -> None:
        self._server = server

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """All of them."""
        router.add_get("/control/stats", self.stats)
        router.add_get("/control/sessions", self.sessions)
        router.add_get("/control/sessions/{id}", self.session)
        router.add_post("/control/script", self.script)
        router.add_post("/control/fault", self.fault)

    async def stats(self, _request: web.Request) -> web.Response:
        """Totals, and a summary of every session that is remembered."""
        statistics = self._server.statistics
        body = {
            "connectionsOpen": len(self._server.connections),
            "sessionsTotal": statistics.sessions_total,
            "handshakesRefused": statistics.handshakes_refused,
            "down": self._server.is_down,
            "hearingWaiting": self._server.hearing_waiting,
            "sessions": [self._summary(record) for record in statistics.records()],
        }
        return web.json_response(body)

    async def sessions(self, _request: web.Request) -> web.Response:
        """The sessions that are open, with their events."""
        records = [record for record in self._server.statistics.records() if record.open]
        return web.json_response({"sessions": [{**self._summary(r), "log": r.log()} for r in records]})

    async def session(self, request: web.Request) -> web.Response:
        """One session, open or closed, with its events."""
        record = self._server.statistics.find(request.match_info["id"])
        if record is None:
            return _refusal(404, "There is no such session.")
        return web.json_response({**self._summary(record), "log": record.log()})

    async def script(self, request: web.Request) -> web.Response:
        """Replace the script, for open sessions too."""
        try:
            script = parse_script(await _parsed(request))
            await self._server.load(script)
        except (ScriptError, HearingError, VoiceError, AudioFileError, OSError) as error:
            return _refusal(400, str(error))
        turns = 0 if script.turns is None else len(script.turns)
        return web.json_response({"deterministic": script.deterministic, "turns": turns, "faults": len(script.faults)})

    async def fault(self, request: web.Request) -> web.Response:
        """Let one fault happen now in every open session that it matches. ``down`` needs no session."""
        try:
            fault = parse_fault(await _parsed(request))
        except ScriptError as error:
            return _refusal(400, str(error))
        if isinstance(fault, ONLY_IN_SCRIPTS):
            return _refusal(400, f"{fault.kind} cannot happen now: put it into a script.")
        hit = [c for c in list(self._server.connections.values()) if matches(fault.match, c.caller)]
        for connection in hit:
            connection.inject(fault)
        if isinstance(fault, Down) and not hit:
            self._server.go_down(fault)
        return web.json_response({"sessions": len(hit)})

    def _summary(self, record: SessionRecord) -> dict[str, Any]:
        connection = self._server.connections.get(record.id)
        items = None if connection is None else connection.session.conversation.items
        return record.summary(self._server.now_s(), items)


def parse_fault(data: object) -> AnyFault:
    """A fault that is to happen now, so it needs no trigger. Raises ScriptError."""
    if isinstance(data, dict) and not {"at_connect", "at_turn", "every_turn", "at_second"} & data.keys():
        for trigger in ({"at_turn": 1}, {"at_connect": True}, {"at_second": 0}):
            try:
                return parse_script({"faults": [{**data, **trigger}]}).faults[0]
            except ScriptError as error:
                if "exactly one of" not in str(error):
                    raise
    return parse_script({"faults": [data]}).faults[0]


async def _parsed(request: web.Request) -> object:
    try:
        return yaml.safe_load(await request.text())
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ScriptError("The body is neither YAML nor JSON.") from None


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=status)
