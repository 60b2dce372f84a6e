"""The settings of recordings and transcripts. A part of `control_api.settings.Settings`; those of the store mean the
same to the workers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from control_api.public_links import why_closed
from shared.env_settings import EnvSettings
from shared.store_address import StoreAddress, StoreKind, endpoint_of, parse_address
from shared.written import SAME_AS_WEB, WEB, address

MAX_DAYS = 36_500


class RecordingSettings(EnvSettings):
    recording_bucket: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_BUCKET")
    recording_region: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_REGION")
    recording_endpoint: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_ENDPOINT")
    recording_public_endpoint: str | None = Field(None, validation_alias="LIVEKIT_RECORDING_PUBLIC_ENDPOINT")
    aws_access_key_id: str | None = Field(None, validation_alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr | None = Field(None, validation_alias="AWS_SECRET_ACCESS_KEY")
    aws_session_token: SecretStr | None = Field(None, validation_alias="AWS_SESSION_TOKEN")
    recording_backend: Literal["worker", "egress"] = Field("worker", validation_alias="RECORDING_BACKEND")
    recording_notice: Literal["off", "spoken"] = Field("off", validation_alias="RECORDING_NOTICE")
    recording_retention_days: int | None = Field(None, validation_alias="RECORDING_RETENTION_DAYS", ge=1, le=MAX_DAYS)
    transcript_retention_days: int | None = Field(None, validation_alias="TRANSCRIPT_RETENTION_DAYS", ge=1, le=MAX_DAYS)
    public_url: str | None = Field(None, validation_alias="VOICE_PUBLIC_URL")

    @field_validator("public_url")
    @classmethod
    def _is_http_url(cls, value: str | None) -> str | None:
        return None if value is None else address(value, WEB, SAME_AS_WEB)

    @field_validator("recording_endpoint", "recording_public_endpoint")
    @classmethod
    def _is_endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = address(value, WEB)
        try:
            bucket = info.data.get("recording_bucket")
            return endpoint_of(url, parse_address(bucket).name if bucket else "")
        except ValueError:
            return url  # the bucket's name is told elsewhere

    @property
    def link_endpoint(self) -> str | None:
        """Of the store, as browsers reach it."""
        return self.recording_public_endpoint or self.recording_endpoint


def store_address(settings: RecordingSettings, env: str) -> StoreAddress | None:
    """None: nothing is recorded. Raises `ValueError`."""
    if settings.recording_bucket is not None:
        return parse_address(settings.recording_bucket)
    return None


def recording_problems(settings: RecordingSettings, env: str) -> list[str]:
    problems = []
    try:
        address = store_address(settings, env)
    except ValueError as error:
        return [f"LIVEKIT_RECORDING_BUCKET: {error}"]
    if (settings.aws_access_key_id is None) != (settings.aws_secret_access_key is None):
        problems.append("AWS_SECRET_ACCESS_KEY: must be set together with AWS_ACCESS_KEY_ID")
    if settings.recording_backend == "egress" and (address is None or address.kind is StoreKind.FOLDER):
        problems.append("RECORDING_BACKEND: egress needs a bucket (LIVEKIT_RECORDING_BUCKET), not a folder")
    if settings.recording_notice == "spoken" and settings.recording_backend == "egress":
        problems.append("RECORDING_NOTICE: spoken needs RECORDING_BACKEND=worker")
    return problems or _link_problems(settings, address)


def _link_problems(settings: RecordingSettings, address: StoreAddress | None) -> list[str]:
    """A recording's link is for a browser, wherever it is."""
    endpoint = settings.recording_endpoint
    if address is None or address.kind is not StoreKind.S3 or endpoint is None or settings.recording_public_endpoint:
        return []
    why = why_closed(endpoint, settings.public_url)
    if why is None:
        return []
    return [
        f"LIVEKIT_RECORDING_ENDPOINT: browsers are given links to it, and {why};"
        " set LIVEKIT_RECORDING_PUBLIC_ENDPOINT to the address at which they reach the same store"
    ]
