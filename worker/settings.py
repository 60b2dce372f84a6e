"""The worker's settings, from the environment. Every problem is told at once, by name and never by value."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from shared.env_settings import EnvSettings, cannot_be_used, problems_of
from shared.model_defaults import DEFAULT_MODEL, DEFAULT_PROMPT, DEFAULT_TRANSCRIBER
from shared.prices import Prices
from shared.service_address import checked_base
from shared.store_address import StoreAddress, endpoint_of, parse_address
from shared.traces import ENDPOINT, collector
from shared.written import SAME_AS_SOCKET, SAME_AS_WEB, SOCKET, WEB, address, listener

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

OPENAI_URL = "https://api.openai.com/v1"

DEFAULT_GREETING = "Hello! How can I help you today?"


class Settings(EnvSettings):
    env: Literal["development", "production"] = Field("development", validation_alias="VOICE_ENV")
    livekit_host: str = Field(validation_alias=AliasChoices("LIVEKIT_HOST", "LIVEKIT_URL"))
    livekit_internal_url: str = Field("", validation_alias="LIVEKIT_INTERNAL_URL")
    livekit_api_key: str = Field(validation_alias="LIVEKIT_API_KEY", min_length=1)
    livekit_api_secret: SecretStr = Field(validation_alias="LIVEKIT_API_SECRET", min_length=32)
    worker_token: SecretStr = Field(validation_alias="VOICE_WORKER_TOKEN", min_length=32)
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="VOICE_LOG_LEVEL")
    log_format: Literal["json", "plain"] = Field("json", validation_alias="VOICE_LOG_FORMAT")

    otlp_endpoint: str = Field("", validation_alias=ENDPOINT)

    api_url: str = Field("http://127.0.0.1:8080", validation_alias="VOICE_API_URL")
    slots: int = Field(20, validation_alias="VOICE_WORKER_SLOTS", ge=1, le=1000)
    max_memory_mb: int = Field(600, validation_alias="VOICE_WORKER_MAX_MEMORY_MB", ge=0)
    max_calls: int = Field(0, validation_alias="VOICE_WORKER_MAX_CALLS", ge=0)
    spool_dir: Path = Field(Path("data/spool"), validation_alias="VOICE_WORKER_SPOOL_DIR")
    health_host: str = Field("127.0.0.1", validation_alias="VOICE_WORKER_HEALTH_HOST")
    health_port: int = Field(8081, validation_alias="VOICE_WORKER_HEALTH_PORT", ge=0, le=65535)
    recording_spool_dir: Path = Field(Path("data/recording-spool"), validation_alias="VOICE_RECORDING_SPOOL_DIR")
    recording_bucket: str = Field("", validation_alias="LIVEKIT_RECORDING_BUCKET")
    recording_region: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_REGION")
    recording_endpoint: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_ENDPOINT")
    aws_access_key_id: str | None = Field(None, validation_alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr | None = Field(None, validation_alias="AWS_SECRET_ACCESS_KEY")
    aws_session_token: SecretStr | None = Field(None, validation_alias="AWS_SESSION_TOKEN")
    drain_s: float = Field(3600, validation_alias="VOICE_DRAIN_S", ge=0)

    openai_base_url: str = Field("", validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr = Field(SecretStr(""), validation_alias="OPENAI_API_KEY", validate_default=True)
    model: str = Field(DEFAULT_MODEL, validation_alias="VOICE_MODEL", min_length=1)
    input_transcription_model: str = Field(
        DEFAULT_TRANSCRIBER, validation_alias="VOICE_INPUT_TRANSCRIPTION_MODEL", min_length=1
    )
    model_session_s: float = Field(3600, validation_alias="VOICE_MODEL_SESSION_S", ge=10)
    model_prices: str = Field("", validation_alias="VOICE_MODEL_PRICES")
    transcription_url: str = Field("", validation_alias="VOICE_TRANSCRIPTION_URL")
    transcription_api_key: SecretStr = Field(SecretStr(""), validation_alias="VOICE_TRANSCRIPTION_API_KEY")
    transcription_model: str = Field(DEFAULT_TRANSCRIBER, validation_alias="VOICE_TRANSCRIPTION_MODEL", min_length=1)
    transcription_streaming: bool = Field(True, validation_alias="VOICE_TRANSCRIPTION_STREAMING")
    speech_spool_dir: Path = Field(Path("data/speech-spool"), validation_alias="VOICE_SPEECH_SPOOL_DIR")
    clips_dir: Path | None = Field(None, validation_alias="VOICE_CLIPS_DIR")
    default_prompt: str = Field(DEFAULT_PROMPT, validation_alias="VOICE_DEFAULT_PROMPT")
    default_greeting: str = Field(DEFAULT_GREETING, validation_alias="VOICE_DEFAULT_GREETING")

    @field_validator("livekit_host", "livekit_internal_url")
    @classmethod
    def _is_ws_url(cls, value: str) -> str:
        return value and address(value, SOCKET, SAME_AS_SOCKET)

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_collector(cls, value: str) -> str:
        return collector(value)

    @field_validator("health_host")
    @classmethod
    def _is_listener(cls, value: str) -> str:
        return listener(value)

    @field_validator("openai_base_url", "transcription_url")
    @classmethod
    def _is_service(cls, value: str) -> str:
        return checked_base(value)

    @field_validator("api_url")
    @classmethod
    def _is_http_url(cls, value: str) -> str:
        return address(value, WEB, SAME_AS_WEB)

    @field_validator("recording_endpoint")
    @classmethod
    def _is_endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        bucket = info.data.get("recording_bucket")
        return endpoint_of(address(value, WEB), parse_address(bucket).name if bucket else "")

    @field_validator("recording_bucket")
    @classmethod
    def _is_store(cls, value: str) -> str:
        if value:
            parse_address(value)
        return value

    @field_validator("model_prices")
    @classmethod
    def _are_prices(cls, value: str) -> str:
        Prices.parse(value)
        return value

    @field_validator("openai_api_key")
    @classmethod
    def _is_needed(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        # A model on this machine (the local stand-in) asks for no key.
        if "openai_base_url" not in info.data:
            return value  # which is told already
        local = urlsplit(info.data["openai_base_url"]).hostname in LOOPBACK
        if not value.get_secret_value() and not local:
            raise ValueError("must be set (or OPENAI_BASE_URL to a model on this machine)")
        return value

    @property
    def model_url(self) -> str:
        """Where the model's service is."""
        return self.openai_base_url or OPENAI_URL

    @property
    def transcriber(self) -> tuple[str, str]:
        """Where calls between people are transcribed, and with which key: the model's service unless another is named,
        which is not shown the model's key."""
        own_key = self.transcription_api_key.get_secret_value()
        if self.transcription_url:
            return self.transcription_url, own_key
        return self.model_url, own_key or self.openai_api_key.get_secret_value()

    @property
    def models(self) -> dict[str, str]:
        """All that are used, by what for."""
        own = {"model": self.model, "input_transcription_model": self.input_transcription_model}
        # Whoever transcribes elsewhere has names of their own.
        return own if self.transcription_url else own | {"transcription_model": self.transcription_model}

    @property
    def store_address(self) -> StoreAddress | None:
        """Where recordings belong; None: nothing is recorded. The API must say the same."""
        return parse_address(self.recording_bucket) if self.recording_bucket else None

    @property
    def livekit_url(self) -> str:
        """Where this process reaches LiveKit."""
        return self.livekit_internal_url or self.livekit_host


def load() -> Settings:
    """Raises `SettingsError` with every problem."""
    try:
        return Settings()
    except ValidationError as error:
        raise cannot_be_used(list(problems_of(Settings, error).values())) from None
