"""The one atomic step that Redis and Upstash run for a hit, and how its answer is read."""

from __future__ import annotations

import secrets
from typing import Any

from control_api.rate_window import Hit, RateWindowUnavailable

KEY_PREFIX = "voice:rate:"

# A sorted set per key: one member per counted request, its score the time. The member is the caller's, so a hit that
# the client sends again after a lost connection is the same hit. The set lives a minute longer than its window, for
# processes whose clocks are behind.
SCRIPT = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local passed = redis.call('ZSCORE', KEYS[1], ARGV[4]) and 1 or 0
local oldest = 0
if passed == 0 and used < limit then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window + 60000)
  passed, used = 1, used + 1
elseif passed == 0 then
  oldest = used - limit
end
local entry = redis.call('ZRANGE', KEYS[1], oldest, oldest, 'WITHSCORES')
return {passed, used, tonumber(entry[2]) + window}
"""


def arguments(limit: int, window_ms: int, now_ms: int) -> list[str]:
    """ARGV of `SCRIPT`."""
    return [str(now_ms), str(window_ms), str(limit), f"{now_ms}-{secrets.token_hex(8)}"]


def read_reply(reply: Any) -> Hit:
    """Raises `RateWindowUnavailable` for what our script cannot have answered."""
    match reply:
        case [passed, used, free_at_ms] if all(_is_count(value) for value in reply):
            return Hit(passed == 1, used, free_at_ms)
        case _:
            raise RateWindowUnavailable("answer not understood")


def _is_count(value: Any) -> bool:
    """JSON's true is an int to Python, and Redis' integers have 64 bits."""
    return type(value) is int and 0 <= value < 2**63
