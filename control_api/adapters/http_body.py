"""Reading an answer of somebody else's without letting it fill the memory."""

from __future__ import annotations

import aiohttp


class BodyTooLong(Exception):
    """The answer is longer than anything that could be meant."""


async def read_at_most(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The whole body. Raises `BodyTooLong`, and what aiohttp raises."""
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise BodyTooLong
    return bytes(body)
