"""The settings of who may come in and how often. A part of `control_api.settings.Settings`."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from control_api.clerk_claims import DEFAULT_ADMIN_CLAIMS, ClerkRules
from control_api.client_address import Network, parse_networks
from control_api.cookie_origin import normal_origin
from control_api.jwks_document import BadKeys, read_pem
from control_api.rate_classes import HOUR_S, QUARTER_S, RatePolicies, RatePolicy
from shared.env_settings import EnvSettings
from shared.written import WEB, address, parts

Names = Annotated[tuple[str, ...], NoDecode]
"""Separated by commas."""


def _per_window(name: str, default: int) -> Any:
    return Field(default, validation_alias=name, ge=1, le=1_000_000)


class AccessSettings(EnvSettings):
    clerk_issuer: str | None = Field(None, validation_alias="CLERK_ISSUER")
    clerk_publishable_key: str | None = Field(None, validation_alias="CLERK_PUBLISHABLE_KEY")
    clerk_jwt_key: SecretStr | None = Field(None, validation_alias="CLERK_JWT_KEY")
    clerk_jwks_url: str | None = Field(None, validation_alias="CLERK_JWKS_URL")
    clerk_authorized_parties: Names = Field((), validation_alias="CLERK_AUTHORIZED_PARTIES")
    clerk_audience: str | None = Field(None, validation_alias="CLERK_AUDIENCE")
    clerk_name_claim: str = Field("name", validation_alias="CLERK_NAME_CLAIM")
    clerk_admin_claims: Names = Field(DEFAULT_ADMIN_CLAIMS, validation_alias="CLERK_ADMIN_CLAIMS")

    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field((), validation_alias="VOICE_TRUSTED_PROXIES")

    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    upstash_url: str | None = Field(None, validation_alias="UPSTASH_REDIS_REST_URL")
    upstash_token: SecretStr | None = Field(None, validation_alias="UPSTASH_REDIS_REST_TOKEN")

    rate_session_per_hour: int = _per_window("VOICE_RATE_SESSION_PER_HOUR", 10)
    rate_realtime_per_hour: int = _per_window("VOICE_RATE_REALTIME_PER_HOUR", 30)
    rate_recording_per_hour: int = _per_window("VOICE_RATE_RECORDING_PER_HOUR", 20)
    rate_read_per_15_min: int = _per_window("VOICE_RATE_READ_PER_15_MIN", 100)
    rate_admin_read_per_15_min: int = _per_window("VOICE_RATE_ADMIN_READ_PER_15_MIN", 2000)

    @field_validator("clerk_authorized_parties", "clerk_admin_claims", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return parts(value) if isinstance(value, str) else value

    @field_validator("clerk_issuer", "clerk_jwks_url", "upstash_url")
    @classmethod
    def _addresses(cls, value: str | None) -> str | None:
        return None if value is None else address(value, WEB)

    @field_validator("clerk_authorized_parties")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(normal_origin(part) for part in value)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        return parse_networks(",".join(parts(value))) if isinstance(value, str) else value

    @property
    def rate_policies(self) -> RatePolicies:
        return RatePolicies(
            session=RatePolicy(self.rate_session_per_hour, HOUR_S),
            realtime=RatePolicy(self.rate_realtime_per_hour, HOUR_S),
            recording=RatePolicy(self.rate_recording_per_hour, HOUR_S),
            read=RatePolicy(self.rate_read_per_15_min, QUARTER_S),
            admin_read=RatePolicy(self.rate_admin_read_per_15_min, QUARTER_S),
        )

    @property
    def clerk_rules(self) -> ClerkRules | None:
        """None: there is no Clerk."""
        if self.clerk_issuer is None:
            return None
        return ClerkRules(
            issuer=self.clerk_issuer,
            authorized_parties=frozenset(self.clerk_authorized_parties),
            audience=self.clerk_audience,
            name_claim=self.clerk_name_claim,
            admin_claims=self.clerk_admin_claims,
        )

    @property
    def key_set_url(self) -> str:
        return self.clerk_jwks_url or f"{(self.clerk_issuer or '').rstrip('/')}/.well-known/jwks.json"


def access_problems(settings: AccessSettings) -> list[str]:
    return [*_clerk_problems(settings), *_store_problems(settings)]


def _clerk_problems(settings: AccessSettings) -> list[str]:
    problems = [
        f"{name}: must be an https:// URL (http:// only for loopback)"
        for name, url in (("CLERK_ISSUER", settings.clerk_issuer), ("CLERK_JWKS_URL", settings.clerk_jwks_url))
        if url is not None and not _is_safe_url(url)
    ]
    if settings.clerk_jwt_key is not None:
        problems += _pem_problems(settings.clerk_jwt_key.get_secret_value())
    if settings.clerk_issuer is None:
        if settings.clerk_jwt_key is not None or settings.clerk_jwks_url is not None:
            problems.append("CLERK_ISSUER: is missing (a key alone does not say whose tokens are meant)")
    elif not settings.clerk_authorized_parties:
        problems.append("CLERK_AUTHORIZED_PARTIES: is missing (the origins of the pages that may sign in)")
    return problems


def _pem_problems(text: str) -> list[str]:
    try:
        read_pem(text)
    except BadKeys as error:
        return [f"CLERK_JWT_KEY: {error}"]
    return []


def _store_problems(settings: AccessSettings) -> list[str]:
    problems = []
    if (settings.upstash_url is None) != (settings.upstash_token is None):
        problems.append("UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN: set both or none")
    if settings.upstash_url is not None and not _is_safe_url(settings.upstash_url):
        problems.append("UPSTASH_REDIS_REST_URL: must be an https:// URL (http:// only for loopback)")
    if settings.redis_url is not None:
        if settings.upstash_url is not None:
            problems.append("REDIS_URL and UPSTASH_REDIS_REST_URL: requests are counted in one store; set only one")
        if not settings.redis_url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            problems.append("REDIS_URL: must be a redis://, rediss:// or unix:// URL")
    return problems


def _is_safe_url(url: str) -> bool:
    """What goes there decides who is let in, so it must not be read or changed on the way."""
    try:
        split = urlsplit(url)
        host = split.hostname or ""
        return split.port != 0 and bool(host) and (split.scheme == "https" or _is_local_http(split.scheme, host))
    except ValueError:
        return False


def _is_local_http(scheme: str, host: str) -> bool:
    return scheme == "http" and is_loopback(host)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
