"""Whether the media server is there at all, beside its rooms: its HTTP port, which signalling goes through, answers."""

from __future__ import annotations

import aiohttp

WITHIN_S = 0.7


async def is_there(http: aiohttp.ClientSession, url: str) -> bool:
    """`url`: as it is joined, ``ws://`` or ``wss://``. A gateway that says that there is nothing behind it is no
    answer."""
    address = url.replace("ws", "http", 1) if url.startswith("ws") else url
    try:
        async with http.get(address, timeout=aiohttp.ClientTimeout(total=WITHIN_S), allow_redirects=False) as answer:
            return answer.status < 500
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
