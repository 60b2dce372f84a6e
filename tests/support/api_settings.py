"""The API's settings from an environment that holds what a test gives, and nothing of the machine's."""

from __future__ import annotations

import pytest

from control_api.settings import Settings, load_settings


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """Raises `SettingsError`, as at the start of the process."""
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        for name in [alias] if isinstance(alias, str) else getattr(alias, "choices", []):
            monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()
