"""Settings of the API that are written a little differently, and what is said of those that cannot be meant."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from control_api.doctor.cli import examine
from shared.env import SettingsError
from tests.support.api_settings import load

CLERK = {"CLERK_ISSUER": "https://c.example/", "CLERK_AUTHORIZED_PARTIES": "https://a.example"}
BUCKET = {"LIVEKIT_RECORDING_BUCKET": "calls"}


@pytest.mark.parametrize(
    ("environment", "field", "value"),
    [
        ({"VOICE_ENV": "Development"}, "env", "development"),
        ({"VOICE_ENV": "'dev'\r"}, "env", "development"),
        ({"VOICE_LOG_LEVEL": "WARN"}, "log_level", "warning"),
        ({"VOICE_API_PORT": '"9_000"'}, "port", 9000),
        ({"VOICE_API_PORT": '""'}, "port", 8080),
        ({"VOICE_METRICS_PORT": "'9100'"}, "metrics_port", 9100),
        ({"VOICE_API_HOST": "[::1]"}, "host", "::1"),
        ({"VOICE_MAX_CALL_S": "1h"}, "max_call_s", 3600),
        ({"VOICE_RING_S": "PT45S"}, "ring_s", 45),
        ({"RECORDING_RETENTION_DAYS": "30 days"}, "recording_retention_days", 30),
        ({"RECORDING_NOTICE": "False"}, "recording_notice", "off"),
        ({"RECORDING_BACKEND": "Worker"}, "recording_backend", "worker"),
        ({"LIVEKIT_HOST": "http://127.0.0.1:7880/"}, "livekit_host", "ws://127.0.0.1:7880"),
        ({"LIVEKIT_HOST": '""', "LIVEKIT_URL": "ws://localhost:1"}, "livekit_host", "ws://localhost:1"),
        ({"LIVEKIT_INTERNAL_URL": " https://livekit:7880/ "}, "livekit_internal_url", "wss://livekit:7880"),
        (CLERK, "clerk_issuer", "https://c.example"),
        (
            CLERK | {"CLERK_AUTHORIZED_PARTIES": '["https://A.example/"]'},
            "clerk_authorized_parties",
            ("https://a.example",),
        ),
        (
            {"VOICE_CORS_ORIGINS": "https://a.example, https://b.example,"},
            "cors_origins",
            ("https://a.example", "https://b.example"),
        ),
        ({"VOICE_PUBLIC_URL": "https://voice.example//"}, "public_url", "https://voice.example"),
        (BUCKET | {"LIVEKIT_RECORDING_REGION": "''"}, "recording_region", None),
        (
            BUCKET | {"LIVEKIT_RECORDING_ENDPOINT": "https://s3.example/calls/"},
            "recording_endpoint",
            "https://s3.example",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://host:4318/v1/traces"}, "otlp_endpoint", "http://host:4318"),
    ],
)
def test_what_is_meant(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], field: str, value: Any) -> None:
    assert getattr(load(monkeypatch, **environment), field) == value


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"VOICE_ENV": "staging"}, "VOICE_ENV: must be one of development, production, and is another word"),
        ({"VOICE_API_PORT": "70000"}, "VOICE_API_PORT: must be at most 65535, and is 70000"),
        ({"VOICE_API_PORT": "http"}, "VOICE_API_PORT: must be a whole number, and is none"),
        (
            {"VOICE_API_HOST": "http://127.0.0.1"},
            "VOICE_API_HOST: must be a name or an address alone, and has a scheme",
        ),
        ({"VOICE_RING_S": "half a minute"}, "VOICE_RING_S: must be a whole number, and is none"),
        ({"VOICE_RING_S": "500ms"}, "VOICE_RING_S: must be a whole number, and is none"),
        ({"LIVEKIT_HOST": "livekit.example.com"}, "LIVEKIT_HOST: must be ws:// or wss:// and a host, and does not"),
        ({"LIVEKIT_HOST": "wss://wss://x"}, "LIVEKIT_HOST: must be ws:// or wss:// and a host, and has two schemes"),
        ({"LIVEKIT_API_SECRET": "hunter2"}, "LIVEKIT_API_SECRET: must have at least 32 characters"),
        ({"VOICE_CORS_ORIGINS": "*"}, "VOICE_CORS_ORIGINS: must be http(s)://host[:port]"),
        (
            BUCKET | {"LIVEKIT_RECORDING_ENDPOINT": "s3.example"},
            "LIVEKIT_RECORDING_ENDPOINT: must be http:// or https://",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "host:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: must be http:// or https://"),
    ],
)
def test_what_is_said(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **environment)
    (told,) = raised.value.problems
    assert told.startswith(problem)
    assert "hunter2" not in told


def test_a_port_that_kubernetes_has_set_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        SettingsError, match="VOICE_API_PORT: must be a number, and is an address; Kubernetes sets it so"
    ):
        load(monkeypatch, VOICE_API_PORT="tcp://10.0.0.7:8080")


def test_all_problems_come_at_once_and_none_that_only_follows_from_another(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "VOICE_API_PORT": "x",
        "CLERK_ISSUER": "clerk.example",
        "CLERK_AUTHORIZED_PARTIES": "https://a.example",
        "VOICE_API_HOST": "0.0.0.0",  # noqa: S104
        "VOICE_DATABASE_URL": "mysql://x",
        "LIVEKIT_RECORDING_BUCKET": "ftp://calls",
        "VOICE_MODEL_PRICES": "4",
    }
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **wrong)
    named = [problem.partition(":")[0] for problem in raised.value.problems]
    assert named == sorted({*wrong} - {"CLERK_AUTHORIZED_PARTIES", "VOICE_API_HOST"})


def test_a_misspelt_name_is_told_beside_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_WORKER_TOKN", "t" * 40)
    livekit = {"LIVEKIT_HOST": "ws://127.0.0.1:1", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s" * 32}
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **livekit)
    assert raised.value.problems[1] == "VOICE_WORKER_TOKN: is no setting; VOICE_WORKER_TOKEN is one"


def test_the_doctor_names_what_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    load(monkeypatch, VOICE_WROKER_SLOTS="4", VOICE_API_PORT="1")
    found = asyncio.run(examine())[0]
    assert found.name == "settings"
    assert "VOICE_WROKER_SLOTS: is no setting; VOICE_WORKER_SLOTS is one." in found.message
