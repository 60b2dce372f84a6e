from __future__ import annotations

from pathlib import Path

import pytest

from scripts.dev.settings import PORTS, StackSettings, load, merged_environ
from shared.env import SettingsError

DATA = Path("/nowhere/data")


def problems(environ: dict[str, str], script: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(environ, data_dir=DATA, script=script)
    return error.value.problems


def test_the_defaults_start_everything_on_the_documented_ports() -> None:
    settings = load({}, data_dir=DATA)
    assert settings.starts_livekit
    assert settings.starts_realtime
    assert {port.variable: port.number for port in settings.ports_in_use()} == {
        "VOICE_LIVEKIT_PORT": 7880,
        "VOICE_LIVEKIT_UDP_PORT": 7882,
        "VOICE_API_PORT": 8080,
        "VOICE_REALTIME_PORT": 8765,
        "VOICE_WORKER_HEALTH_PORT": 8081,
    }


def test_a_key_of_openai_means_no_local_model() -> None:
    settings = load({"OPENAI_API_KEY": "k"}, data_dir=DATA)
    assert not settings.starts_realtime
    assert PORTS["realtime"] not in settings.ports_in_use()


@pytest.mark.parametrize("name", ["LIVEKIT_HOST", "LIVEKIT_URL"])
def test_a_livekit_of_ones_own_is_not_started(name: str) -> None:
    environ = {name: "wss://livekit.example", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"}
    settings = load(environ, data_dir=DATA)
    assert not settings.starts_livekit
    assert {port.wanted_by for port in settings.ports_in_use()}.isdisjoint({"LiveKit", "LiveKit's media"})


def test_every_problem_is_told_at_once_and_by_name() -> None:
    environ = {"VOICE_API_PORT": "http", "VOICE_LIVEKIT_PORT": "70000", "LIVEKIT_HOST": "wss://livekit.example"}
    found = problems(environ, script=Path("/nowhere/script.yaml"))
    assert [problem.split(" ")[0] for problem in found] == [
        "--script:",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
        "VOICE_API_PORT",
        "VOICE_LIVEKIT_PORT",
    ]
    assert "70000" not in " ".join(found)


def test_two_on_one_port() -> None:
    assert problems({"VOICE_API_PORT": "8081"}) == ["VOICE_WORKER_HEALTH_PORT and VOICE_API_PORT are both 8081"]


def test_tcp_and_udp_may_have_one_number() -> None:
    assert load({"VOICE_LIVEKIT_UDP_PORT": "7880"}, data_dir=DATA).ports["livekit_udp"].number == 7880


def test_a_script_needs_the_local_model() -> None:
    assert problems({"OPENAI_API_KEY": "k"}, script=Path(__file__)) == [
        "--script is for the local Realtime server, which is not started when OPENAI_API_KEY is set"
    ]


def test_secrets_are_not_in_the_text_of_settings() -> None:
    assert "hidden" not in repr(StackSettings({"LIVEKIT_API_SECRET": "hidden"}, PORTS, DATA))


def test_a_file_of_windows_and_values_in_quotes(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_bytes(b'\xef\xbb\xbfVOICE_API_PORT="9_000"\r\nVOICE_MODEL=a \r\nOTHER=x\r\n')
    environ = merged_environ({"VOICE_REALTIME_PORT": "'9001'", "OPENAI_API_KEY": '""', "SHELL": '"kept"'}, file)
    assert environ == {
        "VOICE_API_PORT": "9_000",
        "VOICE_MODEL": "a",
        "OTHER": "x",
        "VOICE_REALTIME_PORT": "9001",
        "SHELL": '"kept"',
    }
    settings = load(environ, data_dir=DATA)
    assert settings.starts_realtime
    assert (settings.ports["api"].number, settings.ports["realtime"].number) == (9000, 9001)
