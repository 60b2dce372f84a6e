"""Counts in Redis, for several API processes: one round trip per hit."""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from control_api.adapters.rate_script import KEY_PREFIX, SCRIPT, arguments, read_reply
from control_api.rate_window import Hit, RateWindow, RateWindowUnavailable

MAX_CONNECTIONS = 20
CONNECT_WITHIN_S = 1.0
"""Only a second net: whoever counts has a tighter budget for the whole hit."""


class RedisRateWindow(RateWindow):
    """`url`: ``redis://``, ``rediss://`` or ``unix://``. Raises ValueError for any other."""

    def __init__(self, url: str, *, within_s: float = CONNECT_WITHIN_S) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=within_s,
            socket_connect_timeout=within_s,
            socket_timeout=within_s,
            # Once more, at once: an idle connection may have been closed by the server. A hit is the same when sent
            # again (see `rate_script`).
            retry=Retry(NoBackoff(), 1),
        )
        self._redis = Redis(connection_pool=pool)
        self._script = self._redis.register_script(SCRIPT)

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit:
        try:
            reply = await self._script(keys=[KEY_PREFIX + key], args=arguments(limit, window_ms, now_ms))
        except (RedisError, OSError) as error:
            raise RateWindowUnavailable(type(error).__name__) from None
        return read_reply(reply)

    async def aclose(self) -> None:
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()
