"""``.env.example`` names every setting there is and no other, and shows the defaults that the code has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from control_api.settings import Settings as ApiSettings
from scripts.dev.settings import PORTS
from worker.settings import Settings as WorkerSettings

EXAMPLE = Path(__file__).resolve().parents[3] / ".env.example"
_ASSIGNMENT = re.compile(r"#? ?([A-Z][A-Z0-9_]*)=(.*)")
NOT_SHOWN = {"VOICE_DEFAULT_PROMPT"}
"""Defaults that are too long to be shown."""


def example() -> dict[str, str]:
    found = (_ASSIGNMENT.fullmatch(line) for line in EXAMPLE.read_text().splitlines())
    return {match.group(1): match.group(2) for match in found if match}


def names(field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]


def defaults(settings: type[BaseSettings]) -> dict[str, str]:
    """By name, as they would be written; empty for settings without a default."""
    return {name: _text(field.default) for field in settings.model_fields.values() for name in names(field)}


def _text(default: Any) -> str:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return "" if value is None or repr(value) == "PydanticUndefined" else str(value)


CODE = {port.variable: str(port.number) for port in PORTS.values()} | defaults(ApiSettings) | defaults(WorkerSettings)


def test_every_setting_is_documented() -> None:
    assert sorted(CODE.keys() - example().keys()) == []


def test_nothing_is_documented_that_is_no_setting() -> None:
    assert sorted(example().keys() - CODE.keys()) == []


@pytest.mark.parametrize("name", sorted(CODE.keys() - NOT_SHOWN))
def test_the_default_that_is_shown_is_the_one_that_counts(name: str) -> None:
    assert example()[name] == CODE[name]


def test_both_processes_have_the_same_defaults() -> None:
    api, worker = defaults(ApiSettings), defaults(WorkerSettings)
    assert {name: api[name] for name in api.keys() & worker.keys()} == {
        name: worker[name] for name in api.keys() & worker.keys()
    }
