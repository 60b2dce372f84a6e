"""The settings of the API, from the environment. Every problem is told at once, by name; a value is never printed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict

from control_api.access_settings import AccessSettings, access_problems, is_loopback
from control_api.database_url import parse_url
from control_api.edge_settings import EdgeSettings
from control_api.limits import Limits
from control_api.public_links import why_closed
from control_api.recording_settings import RecordingSettings, recording_problems
from control_api.services.erasures import Retention
from control_api.token_costs import TokenCosts
from shared.env_settings import cannot_be_used, names_of, problems_of
from shared.log import LogFormat
from shared.model_defaults import DEFAULT_MODEL, DEFAULT_PROMPT, DEFAULT_TRANSCRIBER
from shared.prices import Prices
from shared.traces import ENDPOINT, collector
from shared.written import SAME_AS_SOCKET, SOCKET, address, listener

MIN_SECRET_CHARS = 32


def _seconds(name: str, default: int) -> Any:
    return Field(default, validation_alias=name, ge=1, le=24 * 3600)


class Settings(AccessSettings, EdgeSettings, RecordingSettings):
    """An empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    env: Literal["development", "production"] = Field("development", validation_alias="VOICE_ENV")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="VOICE_LOG_LEVEL")
    log_format: LogFormat = Field("json", validation_alias="VOICE_LOG_FORMAT")

    otlp_endpoint: str = Field("", validation_alias=ENDPOINT)

    livekit_host: str | None = Field(None, validation_alias=AliasChoices("LIVEKIT_HOST", "LIVEKIT_URL"))
    livekit_internal_url: str | None = Field(None, validation_alias="LIVEKIT_INTERNAL_URL")
    livekit_api_key: str | None = Field(None, validation_alias="LIVEKIT_API_KEY")
    livekit_api_secret: SecretStr | None = Field(None, validation_alias="LIVEKIT_API_SECRET")
    worker_token: SecretStr | None = Field(None, validation_alias="VOICE_WORKER_TOKEN")

    host: str = Field("127.0.0.1", validation_alias="VOICE_API_HOST")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8080, validation_alias="VOICE_API_PORT")
    database_url: str = Field("sqlite:///data/voice.db", validation_alias="VOICE_DATABASE_URL")
    dev_issuer_dir: Path = Field(Path("data/dev-issuer"), validation_alias="VOICE_DEV_ISSUER_DIR")

    max_call_s: int = _seconds("VOICE_MAX_CALL_S", 3600)
    idle_timeout_s: int = _seconds("VOICE_IDLE_TIMEOUT_S", 120)
    no_show_s: int = _seconds("VOICE_NO_SHOW_S", 60)
    ring_s: int = _seconds("VOICE_RING_S", 30)
    reconnect_grace_s: int = _seconds("VOICE_RECONNECT_GRACE_S", 30)
    max_open_calls_per_user: int = Field(2, validation_alias="VOICE_MAX_OPEN_CALLS_PER_USER", ge=1, le=1000)
    dispatch_retry_s: int = _seconds("VOICE_DISPATCH_RETRY_S", 3)
    dispatch_give_up_s: int = _seconds("VOICE_DISPATCH_GIVE_UP_S", 15)
    recovery_give_up_s: int = _seconds("VOICE_RECOVERY_GIVE_UP_S", 15)

    model: str = Field(DEFAULT_MODEL, validation_alias="VOICE_MODEL", min_length=1)
    input_transcription_model: str = Field(
        DEFAULT_TRANSCRIBER, validation_alias="VOICE_INPUT_TRANSCRIPTION_MODEL", min_length=1
    )
    model_prices: str = Field("", validation_alias="VOICE_MODEL_PRICES")
    default_prompt: str = Field(DEFAULT_PROMPT, validation_alias="VOICE_DEFAULT_PROMPT")

    @field_validator("livekit_host", "livekit_internal_url")
    @classmethod
    def _is_socket_url(cls, value: str | None) -> str | None:
        return None if value is None else address(value, SOCKET, SAME_AS_SOCKET)

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_collector(cls, value: str) -> str:
        return collector(value)

    @field_validator("host")
    @classmethod
    def _is_a_listener(cls, value: str) -> str:
        return listener(value)

    @property
    def costs(self) -> TokenCosts:
        """Raises ValueError."""
        return TokenCosts(Prices.parse(self.model_prices), self.model)

    @property
    def limits(self) -> Limits:
        return Limits(
            max_call_s=self.max_call_s,
            idle_timeout_s=self.idle_timeout_s,
            no_show_s=self.no_show_s,
            ring_s=self.ring_s,
            reconnect_grace_s=self.reconnect_grace_s,
            max_open_calls_per_user=self.max_open_calls_per_user,
            dispatch_retry_s=self.dispatch_retry_s,
            dispatch_give_up_s=self.dispatch_give_up_s,
            recovery_give_up_s=self.recovery_give_up_s,
        )

    @property
    def retention(self) -> Retention:
        return Retention(self.recording_retention_days, self.transcript_retention_days)

    @property
    def is_livekit_configured(self) -> bool:
        return None not in (self.livekit_host, self.livekit_api_key, self.livekit_api_secret)


def load_settings() -> Settings:
    """Raises `SettingsError`."""
    told: dict[str, str] = {}
    try:
        settings = Settings()
    except ValidationError as error:
        told = problems_of(Settings, error)
        settings = Settings(**_as_if_unset(told))
    problems = [
        *_url_problems(settings),
        *_secret_problems(settings),
        *access_problems(settings),
        *_sign_in_problems(settings),
        *recording_problems(settings, settings.env),
        *_price_problems(settings),
    ]
    # What follows only from a value that was not taken is no problem of its own.
    problems = [*told.values(), *(one for one in problems if not any(name in one for name in told))]
    if problems:
        raise cannot_be_used(problems)
    return settings


def _as_if_unset(names: Collection[str]) -> dict[str, Any]:
    """The defaults of these, so that the others are looked at, too."""
    fields = {name: field for field in Settings.model_fields.values() for name in names_of(field)}
    return {name: fields[name].default for name in names if name in fields}


def _url_problems(settings: Settings) -> list[str]:
    problems = _browser_problems(settings)
    try:
        parse_url(settings.database_url)
    except ValueError as error:
        problems.append(f"VOICE_DATABASE_URL: {error}")
    return problems


def _browser_problems(settings: Settings) -> list[str]:
    """What a browser gets must be what it can open."""
    problems = []
    if settings.livekit_host is not None and (why := why_closed(settings.livekit_host, settings.public_url)):
        problems.append(
            f"LIVEKIT_HOST: browsers are given this address, and {why}; LIVEKIT_INTERNAL_URL is for the one that API"
            " and workers use"
        )
    bucket = settings.recording_bucket or ""
    if bucket.startswith("file://") and settings.public_url is None:
        why = why_closed(f"http://{'[::]' if settings.host == '::' else settings.host}")
        if why:
            problems.append(f"VOICE_PUBLIC_URL: is missing: links to recordings lead to VOICE_API_HOST, and {why}")
    return problems


def _price_problems(settings: Settings) -> list[str]:
    try:
        settings.costs  # noqa: B018 - read for what it raises
    except ValueError as error:
        return [f"VOICE_MODEL_PRICES: {error}"]
    return []


def _secret_problems(settings: Settings) -> list[str]:
    problems = []
    secrets = {"LIVEKIT_API_SECRET": settings.livekit_api_secret, "VOICE_WORKER_TOKEN": settings.worker_token}
    for name, secret in secrets.items():
        if secret is not None and len(secret.get_secret_value()) < MIN_SECRET_CHARS:
            problems.append(f"{name}: must have at least {MIN_SECRET_CHARS} characters")
    if settings.is_livekit_configured and settings.worker_token is None:
        problems.append("VOICE_WORKER_TOKEN: is missing (without it no worker can take a call)")
    return problems


def _sign_in_problems(settings: Settings) -> list[str]:
    """The development issuer would let anyone in who reaches it, so nobody but this machine may reach it."""
    if settings.clerk_issuer is not None:
        return []
    if settings.env != "development":
        return ["CLERK_ISSUER: is missing (production needs a sign-in; the development issuer is for one machine)"]
    problems = []
    if not is_loopback(settings.host):
        problems.append("VOICE_API_HOST: must be a loopback address while there is no CLERK_ISSUER")
    url = settings.livekit_host
    if url is not None and not is_loopback(urlsplit(url).hostname or ""):
        problems.append("LIVEKIT_HOST: must be on loopback while there is no CLERK_ISSUER")
    return problems
