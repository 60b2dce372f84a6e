"""How the settings classes of both processes read the environment, and how they tell what is wrong: all at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from shared import setting_names
from shared.env import SettingsError
from shared.written import UNITS, number, plain, word

_SAME_WORDS = {
    "VOICE_ENV": {"prod": "production", "dev": "development"},
    "VOICE_LOG_LEVEL": {"warn": "warning", "critical": "error"},
    # YAML reads `off` as no.
    "RECORDING_NOTICE": {"false": "off", "no": "off", "0": "off", "none": "off"},
}
_BOUNDS = {"greater_than_equal": "ge", "less_than_equal": "le"}


class EnvSettings(BaseSettings):
    """A variable that is empty counts as unset, whatever stands around the nothing."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _PlainEnvironment(settings_cls)

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, values: Any) -> Any:
        fields = {name: field for field in cls.model_fields.values() for name in names_of(field)}
        return {
            name: _meant(name, fields[name], value) if name in fields and isinstance(value, str) else value
            for name, value in dict(values).items()
        }


class _PlainEnvironment(EnvSettingsSource):
    def _load_env_vars(self) -> Mapping[str, str | None]:
        given = {name: plain(value or "") for name, value in super()._load_env_vars().items()}
        return {name: value for name, value in given.items() if value}


def names_of(field: FieldInfo) -> list[str]:
    """Of the variables."""
    alias = field.validation_alias
    return [str(name) for name in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]


def _meant(name: str, field: FieldInfo, text: str) -> str:
    types = {field.annotation, *get_args(field.annotation)}
    if get_origin(field.annotation) is Literal:
        return word(text, get_args(field.annotation), _SAME_WORDS.get(name))
    if types & {int, float} or any(get_args(one)[:1] == (int,) for one in types):
        return number(text, next((unit for end, unit in UNITS.items() if name.endswith(end)), {}))
    return text


def problems_of(cls: type[BaseSettings], error: ValidationError) -> dict[str, str]:
    """By the variable's name, a sentence each."""
    found: dict[str, str] = {}
    for item in error.errors(include_url=False):
        place = str(item["loc"][0]) if item["loc"] else "settings"
        field = cls.model_fields.get(place)
        # Problems that pydantic itself finds are told by alias, those of our validators by field.
        name = names_of(field)[0] if field is not None else place
        field = field or next((one for one in cls.model_fields.values() if name in names_of(one)), None)
        found.setdefault(name, f"{name}{_told(item, field)}")
    return found


def _told(item: Any, field: FieldInfo | None) -> str:
    match item["type"]:
        case "missing":
            return " is missing"
        case "literal_error":
            return f": must be one of {', '.join(get_args(field.annotation) if field else ())}, and is another word"
        case "int_parsing" | "int_from_float" | "float_parsing" if "://" in str(item["input"]):
            return (
                ": must be a number, and is an address; Kubernetes sets it so for a service of that name"
                " (enableServiceLinks: false)"
            )
        case "int_parsing" | "int_from_float":
            return ": must be a whole number, and is none"
        case "float_parsing":
            return ": must be a number, and is none"
        case "bool_parsing":
            return ": must be true or false, and is another word"
        case "greater_than_equal" | "less_than_equal" as kind:
            side = "at least" if _BOUNDS[kind] == "ge" else "at most"
            return f": must be {side} {item['ctx'][_BOUNDS[kind]]}, and is {item['input']}"
        case "too_short" | "string_too_short":
            return f": must have at least {item['ctx']['min_length']} characters, and has {_length(item['input'])}"
    return f": {item['msg'].removeprefix('Value error, ')}"


def _length(value: Any) -> int:
    return len(value.get_secret_value() if isinstance(value, SecretStr) else str(value))


def unknown_names() -> dict[str, str | None]:
    """Of this process's environment: what is no setting, and what was probably meant."""
    return setting_names.unknown(name for name, value in os.environ.items() if value)


def warn_of_unknown_names(log: Any) -> None:
    """`log`: of the process, once that is configured."""
    for name, near in unknown_names().items():
        log.warning("no setting has this name", name=name, nearest=near)


def cannot_be_used(problems: list[str]) -> SettingsError:
    """With the names that are misspelt: one of them may be why another is missing."""
    misspelt = [setting_names.sentence(name, near) for name, near in unknown_names().items() if near is not None]
    return SettingsError([*problems, *misspelt])
