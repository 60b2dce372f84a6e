"""The model's key: one cheap request that only a good key may make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime

from pydantic import Field, SecretStr

from control_api.doctor.fetch import Answer, NoAnswer, fetch, place
from control_api.doctor.findings import Finding, Status, ok, problem, skipped
from shared.clock import Clock, SystemClock
from shared.env_settings import EnvSettings
from shared.model_defaults import DEFAULT_MODEL, DEFAULT_TRANSCRIBER
from shared.model_names import endings
from shared.service_address import checked_base, service_url

NAME = "model"
OPENAI = "https://api.openai.com/v1"


class ModelSettings(EnvSettings):
    """Of the worker's settings, those that this check needs; the worker may run on another machine."""

    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    model: str = Field(DEFAULT_MODEL, validation_alias="VOICE_MODEL")
    input_transcription_model: str = Field(DEFAULT_TRANSCRIBER, validation_alias="VOICE_INPUT_TRANSCRIPTION_MODEL")
    transcription_model: str = Field(DEFAULT_TRANSCRIBER, validation_alias="VOICE_TRANSCRIPTION_MODEL")
    transcription_url: str | None = Field(None, validation_alias="VOICE_TRANSCRIPTION_URL")

    @property
    def models(self) -> dict[str, str]:
        """Of this service, by the setting that names them."""
        own = {"VOICE_MODEL": self.model, "VOICE_INPUT_TRANSCRIPTION_MODEL": self.input_transcription_model}
        return own if self.transcription_url else own | {"VOICE_TRANSCRIPTION_MODEL": self.transcription_model}


async def check_model(settings: ModelSettings, clock: Clock | None = None) -> Finding:
    now_ms = (clock or SystemClock()).now_ms()
    finding, told = await _asked(settings)
    return _with_endings(finding, settings.models, endings(settings.models, now_ms, told), now_ms)


def _with_endings(finding: Finding, models: Mapping[str, str], ending: Mapping[str, date], now_ms: int) -> Finding:
    if not ending:
        return finding
    day = min(ending.values())
    ends = "; ".join(f"{models[name]} is shut down on {at.isoformat()}" for name, at in ending.items())
    advice = f"Set {', '.join(ending)} to a model that stays before {day.isoformat()}."
    is_over = datetime.fromtimestamp(now_ms / 1000, UTC).date() >= day
    status = Status.PROBLEM if is_over else finding.status
    return Finding(NAME, status, f"{finding.message} {ends}.", " ".join(filter(None, (finding.advice, advice))))


async def _asked(settings: ModelSettings) -> tuple[Finding, Mapping[str, date]]:
    """And what the service tells of its models' ends."""
    if settings.api_key is None and settings.base_url is None:
        missing = skipped(
            NAME, "no OPENAI_API_KEY here.", "If workers run elsewhere, run the doctor there with their settings."
        )
        return missing, {}
    try:
        base_url = checked_base(settings.base_url or OPENAI)
    except ValueError as why:
        wrong = problem(NAME, f"OPENAI_BASE_URL {why}.", "Write it as http(s)://host/v1, with the path that it needs.")
        return wrong, {}
    key = "" if settings.api_key is None else settings.api_key.get_secret_value()
    try:
        answer = await fetch(
            "GET", service_url(base_url, "models"), headers={"Authorization": f"Bearer {key}"} if key else {}
        )
    except NoAnswer as why:
        away = problem(
            NAME,
            f"{place(base_url)} cannot be reached: {why}.",
            "Look at OPENAI_BASE_URL and the way out of this network.",
        )
        return away, {}
    return _judge(answer, place(base_url), settings.model), _told_ends(answer.body)


def _judge(answer: Answer, where: str, model: str) -> Finding:
    if answer.status in (401, 403):
        return problem(NAME, f"{where} refuses the key.", "Make a new key and set it as OPENAI_API_KEY of the workers.")
    if answer.status == 429:
        return problem(NAME, f"{where} says that the quota is used up.", "Look at the billing of that account.")
    if answer.status in (404, 405):
        return ok(NAME, f"{where} answers, but lists no models, so the key could not be tried.")
    if answer.status != 200:
        return problem(
            NAME, f"{where} answered {answer.status}.", "Try again later, or look at the service's status page."
        )
    known = _names(answer.body)
    if known and model not in known:
        return problem(NAME, f"{where} has no model {model}.", "Set VOICE_MODEL to one that your account may use.")
    return ok(NAME, f"{where} takes the key.")


def _names(body: bytes) -> set[str]:
    try:
        return {str(one["id"]) for one in json.loads(body)["data"]}
    except (ValueError, TypeError, KeyError):
        return set()


def _told_ends(body: bytes) -> Mapping[str, date]:
    """Where the service tells them; what is no date is none."""
    ends: dict[str, date] = {}
    try:
        models = list(json.loads(body)["data"])
    except (ValueError, TypeError, KeyError):
        return ends
    for one in models:
        if isinstance(one, dict) and isinstance(one.get("shutdown_date"), str):
            with suppress(ValueError):
                ends[str(one.get("id"))] = date.fromisoformat(one["shutdown_date"][:10])
    return ends
