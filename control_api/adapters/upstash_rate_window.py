"""Counts in Upstash's Redis over its REST interface: a command is a JSON array, its answer ``{"result"}`` or
``{"error"}``."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from control_api.adapters.http_body import BodyTooLong, read_at_most
from control_api.adapters.rate_script import KEY_PREFIX, SCRIPT, arguments, read_reply
from control_api.rate_window import Hit, RateWindow, RateWindowUnavailable
from shared.proxies import proxy_of

MAX_CONNECTIONS = 50
ANSWER_WITHIN_S = 1.0
"""Only a second net: whoever counts has a tighter budget for the whole hit."""
MAX_ANSWER_BYTES = 4096


class UpstashRateWindow(RateWindow):
    """To be made within a running event loop."""

    def __init__(self, url: str, token: str, *, within_s: float = ANSWER_WITHIN_S) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=within_s),
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=60),
            proxy=proxy_of(url),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit:
        command = ["EVAL", SCRIPT, "1", KEY_PREFIX + key, *arguments(limit, window_ms, now_ms)]
        try:
            async with self._session.post(self._url, json=command, allow_redirects=False) as answer:
                body = await read_at_most(answer, MAX_ANSWER_BYTES)
                status = answer.status
        except (aiohttp.ClientError, BodyTooLong, TimeoutError, OSError) as error:
            raise RateWindowUnavailable(type(error).__name__) from None
        if status != 200:
            raise RateWindowUnavailable(f"status {status}")
        return read_reply(result_of(body))

    async def aclose(self) -> None:
        await self._session.close()


def result_of(body: bytes) -> Any:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    return value.get("result") if isinstance(value, dict) else None
