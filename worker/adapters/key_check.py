"""Asks the model's service whether it knows our key, without a session: ``GET /models``, which costs nothing."""

from __future__ import annotations

import aiohttp
from livekit.agents import APIStatusError

from shared.call_state import EndReason
from shared.service_address import service_url
from worker.adapters import model_errors
from worker.adapters.model_socket import refusing_session
from worker.ports import ModelLost

LIMIT_S = 5.0
_SAYS_NOTHING = frozenset({404, 405, 501})
"""A service that has no such page: a session will tell."""


async def check_key(
    http: aiohttp.ClientSession, base_url: str, api_key: str, proxy: str | None = None
) -> ModelLost | None:
    """None when the key is good, or nothing can be said against it."""
    url = service_url(base_url, "models")
    timeout = aiohttp.ClientTimeout(total=LIMIT_S)
    try:
        async with (
            refusing_session(http, proxy) as session,
            session.get(url, headers={"Authorization": f"Bearer {api_key}"}, timeout=timeout),
        ):
            return None
    except APIStatusError as error:
        return None if error.status_code in _SAYS_NOTHING else model_errors.lost(error)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return ModelLost(EndReason.PROVIDER_DOWN, type(error).__name__)
