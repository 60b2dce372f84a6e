from __future__ import annotations

import json
from pathlib import Path

from scripts.dev.guardian import left_over
from scripts.dev.livekit_config import livekit_config
from scripts.dev.settings import StackSettings, load
from scripts.dev.specs import child_environ, stack_specs

DATA = Path("/nowhere/data")
LIVEKIT = Path("/usr/bin/livekit-server")
SECRETS = {"LIVEKIT_API_KEY": "made-key", "LIVEKIT_API_SECRET": "made-secret", "VOICE_WORKER_TOKEN": "made-token"}


def settings(**environ: str) -> StackSettings:
    return load(environ, data_dir=DATA)


def test_everybody_waits_for_whom_they_need() -> None:
    specs = stack_specs(settings(), SECRETS, LIVEKIT)
    assert {spec.name: spec.after for spec in specs} == {
        "livekit": (),
        "realtime": (),
        "api": ("livekit",),
        "worker": ("livekit", "realtime", "api"),
    }


def test_only_what_is_missing_is_started() -> None:
    own = settings(OPENAI_API_KEY="k", LIVEKIT_HOST="wss://l", LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s")
    assert {spec.name: spec.after for spec in stack_specs(own, SECRETS, None)} == {"api": (), "worker": ("api",)}


def test_the_processes_find_each_other() -> None:
    environ = child_environ(
        settings(VOICE_LIVEKIT_PORT="1001", VOICE_REALTIME_PORT="1002", VOICE_API_PORT="1003"), SECRETS
    )
    assert environ["LIVEKIT_HOST"] == "ws://127.0.0.1:1001"
    assert environ["OPENAI_BASE_URL"] == "http://127.0.0.1:1002/v1"
    assert environ["VOICE_API_URL"] == "http://127.0.0.1:1003"
    assert environ["VOICE_API_PORT"] == "1003"
    assert environ["LIVEKIT_API_SECRET"] == "made-secret"


def test_what_is_set_wins_over_what_was_made() -> None:
    environ = child_environ(settings(VOICE_WORKER_TOKEN="own", VOICE_DATABASE_URL="sqlite:///own.db"), SECRETS)
    assert environ["VOICE_WORKER_TOKEN"] == "own"
    assert environ["VOICE_DATABASE_URL"] == "sqlite:///own.db"


def test_without_a_key_no_caller_is_sent_to_a_foreign_model() -> None:
    environ = child_environ(settings(OPENAI_BASE_URL="https://model.example/v1"), SECRETS)
    assert environ["OPENAI_BASE_URL"] == "http://127.0.0.1:8765/v1"


def test_with_a_key_the_model_is_the_one_that_is_set() -> None:
    environ = child_environ(settings(OPENAI_API_KEY="k"), SECRETS)
    assert environ["OPENAI_API_KEY"] == "k"
    assert "OPENAI_BASE_URL" not in environ


def test_livekit_is_told_no_secret_by_its_environment() -> None:
    livekit = stack_specs(settings(OPENAI_API_KEY="k", PATH="/bin"), SECRETS, LIVEKIT)[0]
    assert livekit.environ == {"PATH": "/bin"}


def test_a_script_is_given_to_the_local_model() -> None:
    scripted = load({}, data_dir=DATA, script=Path(__file__))
    argv = next(spec.argv for spec in stack_specs(scripted, SECRETS, LIVEKIT) if spec.name == "realtime")
    assert argv[-3:] == ("--script", __file__, "--control")


def test_livekit_listens_on_loopback_only() -> None:
    text = livekit_config(port=1, udp_port=2, api_key="k", api_secret="s", webhook_url="http://127.0.0.1:3/hook")
    config = json.loads(text)
    assert config["bind_addresses"] == ["127.0.0.1"]
    assert config["rtc"]["node_ip"] == "127.0.0.1"
    assert config["rtc"]["tcp_port"] == 0
    assert config["rtc"]["interfaces"] == {"includes": ["lo"]}
    assert config["room"]["auto_create"] is False
    assert config["webhook"] == {"api_key": "k", "urls": ["http://127.0.0.1:3/hook"]}


def test_the_guardian_kills_whom_nobody_has_taken_off_its_list() -> None:
    assert left_over(["+10\n", "+11\n", "-10\n", "+12\n", "-99\n"]) == {11, 12}
