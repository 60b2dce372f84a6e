from __future__ import annotations

import os
from unittest.mock import Mock

import pytest

from scripts.reference.configuration_page import documented
from shared.env_settings import warn_of_unknown_names
from shared.setting_names import KNOWN, OTHER_NAMES, sentence, unknown


def test_every_setting_is_known() -> None:
    assert documented() == KNOWN
    assert KNOWN.issuperset(OTHER_NAMES.values())


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("VOICE_WROKER_SLOTS", "VOICE_WORKER_SLOTS"),
        ("VOICE_MAX_CALLS_S", "VOICE_MAX_CALL_S"),
        ("VOICE_RECORDING_BUCKET", "LIVEKIT_RECORDING_BUCKET"),
        ("LIVEKIT_SECRET", "LIVEKIT_API_SECRET"),
        ("LIVEKIT_WS_URL", "LIVEKIT_URL"),
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        ("CLERK_AUTHORISED_PARTIES", "CLERK_AUTHORIZED_PARTIES"),
        ("VOICE_TOKEN_PRICES", "VOICE_MODEL_PRICES"),
        ("VOICE_SOMETHING_ELSE_ALTOGETHER", None),
    ],
)
def test_a_name_that_is_none(name: str, near: str | None) -> None:
    assert unknown([name, "PATH", "HOME"]) == {name: near}


def test_other_peoples_names_are_left_alone() -> None:
    assert unknown(["voice_api_port", *KNOWN]) == {}, "settings have no case"
    others = "LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE LIVEKIT_KEYS CLERK_SECRET_KEY OPENAI_ORG_ID VOICE_TEST_SEED"
    kubernetes = "VOICE_API_SERVICE_HOST VOICE_API_SERVICE_PORT_HTTP VOICE_API_PORT_8080_TCP_ADDR LIVEKIT_PORT"
    assert unknown([*others.split(), *kubernetes.split(), "CLERK_TELEMETRY", "NEXT_PUBLIC_CLERK_SIGN_IN_URL"]) == {}


def test_what_is_said() -> None:
    assert sentence("VOICE_X", None) == "VOICE_X: is no setting"
    assert sentence("VOICE_MODLE", "VOICE_MODEL") == "VOICE_MODLE: is no setting; VOICE_MODEL is one"


def test_the_log_of_the_start_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in unknown(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("VOICE_WROKER_SLOTS", "3")
    monkeypatch.setenv("VOICE_MODLE", "")
    log = Mock()
    warn_of_unknown_names(log)
    log.warning.assert_called_once_with(
        "no setting has this name", name="VOICE_WROKER_SLOTS", nearest="VOICE_WORKER_SLOTS"
    )
