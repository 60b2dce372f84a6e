from __future__ import annotations

import pytest

from shared.env import SettingsError
from shared.tokens import Tokens
from tests.support.api_settings import load

SECRET = "s" * 40
GOOD = {
    "LIVEKIT_HOST": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "devkey",
    "LIVEKIT_API_SECRET": SECRET,
    "VOICE_WORKER_TOKEN": "t" * 32,
}


def test_nothing_set_is_a_development_api_without_livekit(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert (settings.host, settings.port, settings.is_livekit_configured) == ("127.0.0.1", 8080, False)
    assert (settings.limits.max_call_s, settings.limits.no_show_s) == (3600, 60)


def test_livekit_is_configured_by_three(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, **GOOD).is_livekit_configured


def test_livekit_url_is_an_alias_and_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LIVEKIT_URL="ws://localhost:1", LIVEKIT_API_KEY="")
    assert (settings.livekit_host, settings.livekit_api_key) == ("ws://localhost:1", None)


def test_costs_are_known_of_the_usual_model_too(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = '{"mini": {"text_in": 1, "audio_in": 2, "cached_in": 3, "text_out": 4, "audio_out": 5}}'
    costs = load(monkeypatch, VOICE_MODEL="mini", VOICE_MODEL_PRICES=prices).costs
    assert costs.usd({None: Tokens(audio_out=1_000_000)}) == 5
    assert load(monkeypatch).costs.usd({None: Tokens()}) is None


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({"VOICE_API_PORT": "0"}, ["VOICE_API_PORT"]),
        ({"VOICE_API_PORT": "x", "VOICE_NO_SHOW_S": "-1"}, ["VOICE_API_PORT", "VOICE_NO_SHOW_S"]),
        ({"VOICE_ENV": "staging"}, ["VOICE_ENV"]),
        ({"VOICE_ENV": "production"}, ["CLERK_ISSUER"]),
        ({"VOICE_API_HOST": "0.0.0.0"}, ["VOICE_API_HOST"]),  # noqa: S104
        (GOOD | {"LIVEKIT_HOST": "wss://voice.example.com"}, ["LIVEKIT_HOST"]),
        (GOOD | {"LIVEKIT_HOST": "127.0.0.1:7880"}, ["LIVEKIT_HOST"]),
        (GOOD | {"LIVEKIT_INTERNAL_URL": "ftp://127.0.0.1"}, ["LIVEKIT_INTERNAL_URL"]),
        (GOOD | {"LIVEKIT_API_SECRET": "short"}, ["LIVEKIT_API_SECRET"]),
        (GOOD | {"VOICE_WORKER_TOKEN": ""}, ["VOICE_WORKER_TOKEN"]),
        ({"VOICE_DATABASE_URL": "mysql://secret-host/x"}, ["VOICE_DATABASE_URL"]),
        ({"VOICE_DATABASE_URL": "sqlite://"}, ["VOICE_DATABASE_URL"]),
        ({"VOICE_DATABASE_URL": "nonsense"}, ["VOICE_DATABASE_URL"]),
        ({"VOICE_DATABASE_URL": "sqlite://data/voice.db"}, ["VOICE_DATABASE_URL"]),
        ({"VOICE_MODEL_PRICES": '{"gpt-realtime": 4}'}, ["VOICE_MODEL_PRICES"]),
    ],
)
def test_every_problem_is_named(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], names: list[str]) -> None:
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **environment)
    assert [line.partition(":")[0] for line in raised.value.problems if line.partition(":")[0] in names] == names
    assert raised.value.code == 2


def test_no_value_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {name: f"hunter2-{name}" for name in ("VOICE_API_PORT", "VOICE_ENV", "VOICE_DATABASE_URL", "LIVEKIT_HOST")}
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **bad, LIVEKIT_API_SECRET="hunter2")
    assert "hunter2" not in str(raised.value)
