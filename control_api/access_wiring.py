"""Builds who is let in and how often, from the settings. A part of the composition root (`control_api.wiring`)."""

from __future__ import annotations

from control_api.access_settings import AccessSettings
from control_api.adapters.clerk_sign_in import ClerkSignIn
from control_api.adapters.jwks_http import HttpKeySource
from control_api.adapters.key_cache import CachedKeys, FixedKey
from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.adapters.upstash_rate_window import UpstashRateWindow
from control_api.clerk_claims import ClerkRules
from control_api.jwks_document import read_pem
from control_api.rate_window import RateWindow
from control_api.services.guarded_rate_store import GuardedRateStore
from control_api.services.rate_limiter import RateLimiter
from control_api.signing_keys import SigningKeys
from shared.clock import Clock
from shared.env import SettingsError


def clerk_sign_in(settings: AccessSettings, rules: ClerkRules, clock: Clock) -> ClerkSignIn:
    return ClerkSignIn(_keys(settings, clock), rules, clock)


def _keys(settings: AccessSettings, clock: Clock) -> SigningKeys:
    if settings.clerk_jwt_key is None:
        return CachedKeys(HttpKeySource(settings.key_set_url), clock)
    return FixedKey(read_pem(settings.clerk_jwt_key.get_secret_value()))


def rate_limiter(settings: AccessSettings, clock: Clock) -> RateLimiter:
    """To be called within a running event loop. Raises `SettingsError`."""
    store = _store(settings)
    guarded = None if store is None else GuardedRateStore(store, clock)
    return RateLimiter(settings.rate_policies, MemoryRateWindow(), clock, guarded)


def _store(settings: AccessSettings) -> RateWindow | None:
    if settings.upstash_url is not None and settings.upstash_token is not None:
        return UpstashRateWindow(settings.upstash_url, settings.upstash_token.get_secret_value())
    if settings.redis_url is None:
        return None
    # Imported late: redis imports all of OpenTelemetry where that is installed.
    from control_api.adapters.redis_rate_window import RedisRateWindow

    try:
        return RedisRateWindow(settings.redis_url.get_secret_value())
    except ValueError:
        raise SettingsError(["REDIS_URL: must be a redis://, rediss:// or unix:// URL"]) from None
