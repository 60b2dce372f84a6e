"""The model's key: one cheap request that only a good key may make."""

from __future__ import annotations

import json

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from control_api.doctor.fetch import Answer, NoAnswer, fetch, place
from control_api.doctor.findings import Finding, ok, problem, skipped
from shared.model_defaults import DEFAULT_MODEL
from shared.service_address import checked_base, service_url

NAME = "model"
OPENAI = "https://api.openai.com/v1"


class ModelSettings(BaseSettings):
    """Of the worker's settings, those that this check needs; the worker may run on another machine."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    model: str = Field(DEFAULT_MODEL, validation_alias="VOICE_MODEL")


async def check_model(settings: ModelSettings) -> Finding:
    if settings.api_key is None and settings.base_url is None:
        return skipped(
            NAME, "no OPENAI_API_KEY here.", "If workers run elsewhere, run the doctor there with their settings."
        )
    try:
        base_url = checked_base(settings.base_url or OPENAI)
    except ValueError as why:
        return problem(NAME, f"OPENAI_BASE_URL {why}.", "Write it as http(s)://host/v1, with the path that it needs.")
    key = "" if settings.api_key is None else settings.api_key.get_secret_value()
    try:
        answer = await fetch(
            "GET", service_url(base_url, "models"), headers={"Authorization": f"Bearer {key}"} if key else {}
        )
    except NoAnswer as why:
        return problem(
            NAME,
            f"{place(base_url)} cannot be reached: {why}.",
            "Look at OPENAI_BASE_URL and the way out of this network.",
        )
    return _judge(answer, place(base_url), settings.model)


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
