"""The settings of the HTTP edge: whom it answers, and how many. A part of `control_api.settings.Settings`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from control_api.cookie_origin import normal_origin
from control_api.http_limits import HttpLimits
from shared.env_settings import EnvSettings
from shared.written import listener, parts


class EdgeSettings(EnvSettings):
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="VOICE_CORS_ORIGINS")
    """Separated by commas."""
    max_connections: int = Field(2000, validation_alias="VOICE_MAX_CONNECTIONS", ge=10, le=100_000)

    metrics_host: str = Field("127.0.0.1", validation_alias="VOICE_METRICS_HOST")
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(None, validation_alias="VOICE_METRICS_PORT")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        return parts(value) if isinstance(value, str) else value

    @field_validator("metrics_host")
    @classmethod
    def _is_listener(cls, value: str) -> str:
        return listener(value)

    @field_validator("cors_origins")
    @classmethod
    def _normal(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(normal_origin(part) for part in value)

    @property
    def http_limits(self) -> HttpLimits:
        return HttpLimits(max_connections=self.max_connections)
