"""The connection to the model as livekit-plugins-openai's session makes it, with what it lacks: a heartbeat, and what
the service says when it refuses somebody.

The plugin takes an `aiohttp.ClientSession` and uses one method of it. When the service refuses the handshake, aiohttp
tells the status and drops the body, which says whether somebody asked too often (it passes) or has no money left (it
does not). So the body is read here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from livekit.agents import APIStatusError

from worker.adapters.answer_tap import AnswerTap
from worker.adapters.model_errors import told_wait_s

HEARTBEAT_S = 2.0
"""A ping when nothing has come for 2 s, its answer within 1: a half-open socket is found in 3 s (without: 72 s of dead
air, measured)."""
CLOSE_S = 1.0
MAX_REFUSAL_BYTES = 16 * 1024


class ModelSocket:
    """The part of an `aiohttp.ClientSession` that the plugin uses. Shares the connections of `http`."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        proxy: str | None = None,
        on_open: Callable[[aiohttp.ClientWebSocketResponse], None],
        on_event: Callable[[dict[str, Any]], None],
    ) -> None:
        self._http = refusing_session(http, proxy)
        self._on_open = on_open
        self._on_event = on_event

    async def ws_connect(self, url: str, headers: dict[str, str]) -> AnswerTap:
        """Raises `APIStatusError`, with the service's error as its body, when the handshake is refused."""
        socket = await self._http.ws_connect(
            url,
            headers=headers,
            heartbeat=HEARTBEAT_S,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
        )
        self._on_open(socket)
        return AnswerTap(socket, self._on_event)

    async def close(self) -> None:
        await self._http.close()


def refusing_session(http: aiohttp.ClientSession, proxy: str | None = None) -> aiohttp.ClientSession:
    """One over the connections of `http` that raises `APIStatusError` for every refusal, with the service's words.
    `proxy`: by which it is asked."""
    return aiohttp.ClientSession(
        connector=http.connector, connector_owner=False, raise_for_status=_raise_refusal, proxy=proxy
    )


async def _raise_refusal(response: aiohttp.ClientResponse) -> None:
    if response.status < 400:
        return
    error = _error_of(await response.content.read(MAX_REFUSAL_BYTES))
    error["retry_after_s"] = told_wait_s(response.headers.get("Retry-After"), error.get("message"))
    raise APIStatusError("the model refused the connection", status_code=response.status, body=error, retryable=False)


def _error_of(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    error = value.get("error") if isinstance(value, Mapping) else None
    return dict(error) if isinstance(error, Mapping) else {}
