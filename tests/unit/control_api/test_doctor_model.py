"""What the doctor says of models that are shut down."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from control_api.doctor import check_model as module
from control_api.doctor.check_model import ModelSettings, check_model
from control_api.doctor.fetch import Answer
from control_api.doctor.findings import Finding, Status
from tests.fakes.clock import FakeClock

NAMES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "VOICE_MODEL", "VOICE_INPUT_TRANSCRIPTION_MODEL",
         "VOICE_TRANSCRIPTION_MODEL", "VOICE_TRANSCRIPTION_URL")  # fmt: skip


class At(FakeClock):
    def __init__(self, day: str) -> None:
        super().__init__()
        self._at_ms = round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)

    def now_ms(self) -> int:
        return self._at_ms


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


async def examined(monkeypatch: pytest.MonkeyPatch, day: str, *models: Any, **settings: str) -> Finding:
    """On this day, by a service that lists these models."""

    async def fetch(*_: Any, **__: Any) -> Answer:
        return Answer(200, json.dumps({"data": models}).encode(), None)

    monkeypatch.setattr(module, "fetch", fetch)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return await check_model(ModelSettings(), At(day))


async def test_defaults_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await examined(monkeypatch, "2027-12-01")
    assert (finding.status, finding.advice) == (Status.OK, None)


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-20", None), ("2026-11-21", Status.OK), ("2027-01-20", Status.PROBLEM)]
)
async def test_it_is_told_ahead_and_is_a_problem_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch, day: str, status: Status | None
) -> None:
    finding = await examined(monkeypatch, day, VOICE_MODEL="gpt-realtime")
    assert ("gpt-realtime is shut down on 2027-01-20" in finding.message) is (status is not None)
    assert finding.status is (status or Status.OK)
    assert (finding.advice is not None and "VOICE_MODEL" in finding.advice) is (status is not None)


async def test_each_model_that_is_used_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"VOICE_INPUT_TRANSCRIPTION_MODEL": "gpt-4o-transcribe", "VOICE_TRANSCRIPTION_MODEL": "whisper-1"}
    finding = await examined(monkeypatch, "2027-02-01", **old)
    assert "gpt-4o-transcribe is shut down on 2027-02-26; whisper-1 is shut down on 2027-02-26." in finding.message
    elsewhere = await examined(monkeypatch, "2027-02-01", VOICE_TRANSCRIPTION_URL="https://words.example/v1", **old)
    assert "whisper-1" not in elsewhere.message


async def test_what_the_service_tells_itself_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"id": "gpt-realtime-2.1", "shutdown_date": "2027-06-30"}
    odd = [{"id": "x", "shutdown_date": 7}, {"id": "y", "shutdown_date": "soon"}, "z", None]
    finding = await examined(monkeypatch, "2027-06-01", told, *[one for one in odd if isinstance(one, dict)])
    assert "gpt-realtime-2.1 is shut down on 2027-06-30" in finding.message
    assert finding.status is Status.OK


async def test_without_a_key_it_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODEL", "gpt-realtime-mini")
    finding = await check_model(ModelSettings(), At("2027-01-01"))
    assert finding.status is Status.SKIPPED
    assert "gpt-realtime-mini is shut down on 2027-01-20" in finding.message
