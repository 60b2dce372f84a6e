from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.env import SettingsError
from worker import settings

ROOT = Path(__file__).resolve().parents[3]
GOOD = {
    "LIVEKIT_HOST": "wss://livekit.example.com",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 36,
    "VOICE_WORKER_TOKEN": "t" * 32,
    "OPENAI_API_KEY": "sk-test",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("VOICE_", "LIVEKIT_", "OPENAI_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_defaults() -> None:
    loaded = settings.load()
    assert loaded.livekit_url == "wss://livekit.example.com"
    assert (loaded.slots, loaded.api_url, loaded.health_port) == (20, "http://127.0.0.1:8080", 8081)


def test_the_internal_address_goes_before_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEKIT_INTERNAL_URL", "ws://livekit:7880")
    assert settings.load().livekit_url == "ws://livekit:7880"


def test_livekits_own_name_for_the_address_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVEKIT_HOST")
    monkeypatch.setenv("LIVEKIT_URL", "ws://other:7880")
    assert settings.load().livekit_url == "ws://other:7880"


def test_every_problem_is_told_at_once_by_name_and_never_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVEKIT_HOST")
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("VOICE_WORKER_TOKEN", "too-short-a-secret")
    monkeypatch.setenv("VOICE_WORKER_SLOTS", "many")
    monkeypatch.setenv("VOICE_API_URL", "ftp://here")
    monkeypatch.setenv("VOICE_MODEL_PRICES", '{"costly": 4}')
    with pytest.raises(SettingsError) as raised:
        settings.load()
    told = str(raised.value)
    for name in ("LIVEKIT_HOST", "OPENAI_API_KEY", "VOICE_WORKER_TOKEN", "VOICE_WORKER_SLOTS", "VOICE_API_URL"):
        assert name in told
    assert "VOICE_MODEL_PRICES: must give each model a price" in told
    for value in ("too-short-a-secret", "many", "ftp://here", "costly"):
        assert value not in told


def test_a_model_on_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8765/v1")
    settings.load()
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example.com/v1")
    with pytest.raises(SettingsError):
        settings.load()


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "VOICE_TRANSCRIPTION_URL"])
def test_addresses_of_services_that_cannot_be_meant(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for wrong in ("models.example.com/v1", "ftp://models.example.com", "https://me:pass@models.example.com/v1"):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(SettingsError, match=f"{name}: must"):
            settings.load()
    for right in ("wss://models.example.com/v1", " https://models.example.com/llm/openai/v1/?team=a "):
        monkeypatch.setenv(name, right)
        settings.load()


def test_which_models_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    used = {"model": "gpt-realtime-2.1", "input_transcription_model": "gpt-transcribe"}
    assert settings.load().models == used | {"transcription_model": "gpt-transcribe"}
    monkeypatch.setenv("VOICE_TRANSCRIPTION_URL", "https://words.example.com/v1")
    assert settings.load().models == used, "another service has its own names and dates"


def test_secrets_are_not_shown() -> None:
    shown = repr(settings.load())
    assert GOOD["VOICE_WORKER_TOKEN"] not in shown
    assert GOOD["OPENAI_API_KEY"] not in shown


def test_calls_between_people_are_transcribed_by_the_models_service_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings.load().transcriber == ("https://api.openai.com/v1", "sk-test")
    monkeypatch.setenv("VOICE_TRANSCRIPTION_URL", "https://words.example.com/v1")
    assert settings.load().transcriber == ("https://words.example.com/v1", ""), "the model's key is not shown to others"
    monkeypatch.setenv("VOICE_TRANSCRIPTION_API_KEY", "other")
    assert settings.load().transcriber == ("https://words.example.com/v1", "other")


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"LIVEKIT_HOST": "https://livekit.example.com/"}, "livekit_host", "wss://livekit.example.com"),
        ({"LIVEKIT_INTERNAL_URL": "'http://livekit:7880'"}, "livekit_internal_url", "ws://livekit:7880"),
        ({"VOICE_API_URL": "wss://voice.example/"}, "api_url", "https://voice.example"),
        ({"VOICE_WORKER_SLOTS": " 2_0\r"}, "slots", 20),
        ({"VOICE_WORKER_MAX_MEMORY_MB": "1GB"}, "max_memory_mb", 1024),
        ({"VOICE_DRAIN_S": "1h 30m"}, "drain_s", 5400),
        ({"VOICE_MODEL_SESSION_S": "PT1H"}, "model_session_s", 3600),
        ({"VOICE_TRANSCRIPTION_STREAMING": "No"}, "transcription_streaming", False),
        ({"VOICE_TRANSCRIPTION_STREAMING": "on"}, "transcription_streaming", True),
        ({"VOICE_ENV": "PROD"}, "env", "production"),
        ({"VOICE_LOG_FORMAT": "Plain"}, "log_format", "plain"),
        ({"VOICE_WORKER_HEALTH_HOST": "[::]"}, "health_host", "::"),
        ({"VOICE_CLIPS_DIR": '""'}, "clips_dir", None),
        ({"VOICE_DEFAULT_GREETING": '"Hello there"'}, "default_greeting", "Hello there"),
        ({"VOICE_DEFAULT_GREETING": '"Hi" or "Ho"'}, "default_greeting", '"Hi" or "Ho"'),
        (
            {"LIVEKIT_RECORDING_BUCKET": "calls", "LIVEKIT_RECORDING_ENDPOINT": "https://calls.s3.amazonaws.com/"},
            "recording_endpoint",
            "https://s3.amazonaws.com",
        ),
    ],
)
def test_what_is_written_a_little_differently(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], field: str, value: object
) -> None:
    for name, text in given.items():
        monkeypatch.setenv(name, text)
    assert getattr(settings.load(), field) == value


def test_what_a_shell_left_around_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", ' "sk-quoted"\r\n')
    assert settings.load().openai_api_key.get_secret_value() == "sk-quoted"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            "LIVEKIT_HOST",
            "livekit.example.com",
            "LIVEKIT_HOST: must be ws:// or wss:// and a host, and does not begin so",
        ),
        (
            "VOICE_API_URL",
            "https://http://x",
            "VOICE_API_URL: must be http:// or https:// and a host, and has two schemes",
        ),
        ("VOICE_WORKER_SLOTS", "0", "VOICE_WORKER_SLOTS: must be at least 1, and is 0"),
        ("VOICE_TRANSCRIPTION_STREAMING", "maybe", "VOICE_TRANSCRIPTION_STREAMING: must be true or false, and is"),
        ("VOICE_WORKER_TOKEN", "short", "VOICE_WORKER_TOKEN: must have at least 32 characters, and has 5"),
        ("OPENAI_BASE_URL", "models.example.com", "OPENAI_BASE_URL: must be http:// or https:// and a host"),
    ],
)
def test_what_is_said_of_what_cannot_be_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        settings.load()
    (told,) = raised.value.problems
    assert told.startswith(problem)
