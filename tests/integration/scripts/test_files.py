"""What make run, make call and the bootstrap keep on disk and find there."""

from __future__ import annotations

import re
import stat
import wave
from pathlib import Path

import numpy as np
import pytest

from scripts.bootstrap import livekit_server, tasks
from scripts.bootstrap.progress import Elapsed, log_end, run_with_progress
from scripts.caller import target
from scripts.caller.clips import from_wav
from scripts.caller.problem import CallerProblem
from scripts.dev import secrets_file
from scripts.dev.settings import merged_environ
from scripts.dev.stack_file import StackInfo

INFO = StackInfo(
    api_url="http://127.0.0.1:1",
    livekit_url="ws://127.0.0.1:2",
    livekit_api_key="key",
    livekit_api_secret="hidden",
    dev_issuer_dir="issuer",
    logs_dir="logs",
    supervisor_pid=3,
    ports={"api": 1},
    pids={"api": 4},
    script="script.yaml",
    ready=True,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_stack_file_comes_back_as_it_was_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "run/stack.json"
    INFO.write(path)
    assert StackInfo.read(path) == INFO
    assert mode(path) == 0o600
    assert "hidden" not in repr(INFO)


@pytest.mark.parametrize("content", [None, "", "[]", '{"apiUrl": "x"}'])
def test_what_is_no_stack_file_is_no_stack(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "stack.json"
    if content is not None:
        path.write_text(content)
    assert StackInfo.read(path) is None


def test_secrets_are_made_once_are_long_and_private(tmp_path: Path) -> None:
    path = tmp_path / "dev/secrets.env"
    made = secrets_file.ensure(path)
    assert secrets_file.ensure(path) == made
    assert mode(path) == 0o600
    assert min(len(made["LIVEKIT_API_SECRET"]), len(made["VOICE_WORKER_TOKEN"])) >= 36
    assert secrets_file.ensure(tmp_path / "other.env") != made


def test_the_environment_wins_over_the_file_and_empty_is_unset(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("A=file\nB=file\nC=\nD=${A}\n# E=comment\n")
    assert merged_environ({"B": "environment", "A": "", "F": ""}, env_file) == {
        "A": "file",
        "B": "environment",
        "D": "${A}",
    }
    assert merged_environ({"B": "b"}, tmp_path / "none") == {"B": "b"}


def write_wav(
    path: Path, samples: np.ndarray[tuple[int, ...], np.dtype[np.int16]], rate_hz: int, channels: int
) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def test_a_wav_of_any_rate_and_two_channels_is_said_without_its_silence(tmp_path: Path) -> None:
    at = np.arange(48_000)
    tone = np.where((at > 12_000) & (at < 36_000), 8000 * np.sin(at * 2 * np.pi * 300 / 48_000), 0).astype(np.int16)
    clip = from_wav(write_wav(tmp_path / "tone.wav", np.repeat(tone, 2), 48_000, 2))
    assert clip.text == "tone.wav"
    assert clip.length_ms == pytest.approx(500, abs=15)


def test_files_that_cannot_be_said_are_a_sentence(tmp_path: Path) -> None:
    silent = write_wav(tmp_path / "silent.wav", np.zeros(8000, dtype=np.int16), 8000, 1)
    (tmp_path / "text.wav").write_text("no sound at all")
    for path, why in ((silent, "holds no sound"), (tmp_path / "text.wav", "WAV"), (tmp_path / "none", "No such file")):
        with pytest.raises(CallerProblem, match=why):
            from_wav(path)


def test_without_a_stack_there_is_nothing_to_call(tmp_path: Path) -> None:
    with pytest.raises(
        CallerProblem, match=r"The API at http://127.0.0.1:8080 does not answer: is `make run` running\?"
    ):
        target.find(tmp_path, None, None)


def test_another_system_is_called_by_its_address_and_a_token(tmp_path: Path) -> None:
    found = target.find(tmp_path, "https://voice.example", "a-token")
    assert found.api_url == "https://voice.example"
    assert "a-token" not in repr(found)


def fake_livekit(path: Path, version: str, status: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho livekit-server version {version}\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_livekit_on_the_path_wins_over_the_one_that_was_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = fake_livekit(tmp_path / "bin/livekit-server", "1.13.4")
    monkeypatch.setenv("PATH", str(on_path.parent))
    fake_livekit(livekit_server.built(tmp_path), "1.13.5")
    assert livekit_server.find(tmp_path) == on_path


def test_a_livekit_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_livekit(tmp_path / "bin/livekit-server", "1.13.4", status=1).parent))
    assert livekit_server.find(tmp_path) is None
    built = fake_livekit(livekit_server.built(tmp_path), "1.13.5")
    assert livekit_server.find(tmp_path) == built


def test_another_series_of_livekit_is_taken_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(fake_livekit(tmp_path / "bin/livekit-server", "1.14.0").parent))
    livekit_server.ensure(tmp_path)
    assert "is version 1.14.0; tested is 1.13.x" in capsys.readouterr().out


def test_a_build_that_fails_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    go = tmp_path / "bin/go"
    go.parent.mkdir()
    go.write_text(
        '#!/bin/sh\nif [ "$1" = version ]; then echo go version go1.26.1 x; exit 0; fi\n'
        'echo half > "$GOBIN/server"\necho no such module\nexit 1\n'
    )
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")
    assert tasks.run(["livekit"], tmp_path) == 1
    told = capsys.readouterr().err
    assert told.startswith("no such module\nlivekit-server could not be built; the whole log is .tools/")
    assert "Traceback" not in told
    assert not livekit_server.built(tmp_path).exists()
    assert sorted(path.name for path in (tmp_path / ".tools").iterdir()) == [
        "bin",
        "bootstrap.lock",
        "livekit-server-build.log",
    ]


def test_progress_ends_with_the_status_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    assert run_with_progress(["sh", "-c", "echo one; echo two >&2; exit 5"], {}, log, Elapsed("working")) == 5
    assert log_end(log) == "one\ntwo\n"
    assert re.fullmatch(r"working \.\.\. \d+ s\n", capsys.readouterr().out)


def test_an_unknown_task_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.run(["everything"], tmp_path) == 2
    assert "usage:" in capsys.readouterr().err
