from __future__ import annotations

import pytest

from shared.call_report import Happened, HappenedKind, Turn
from shared.call_state import EndReason
from shared.prices import Prices
from tests.fakes.clock import FakeClock
from tests.fakes.realtime_link import FakeRealtimeLink
from tests.support.metrics import samples
from worker.audio_flow import AudioFlow, Drops
from worker.measured_link import MeasuredLink
from worker.measures import Measures
from worker.ports import AnswerAudio, Brief, ModelEvent, ModelLost, ModelReady, Queued, SpeechStarted, SpeechStopped

PRICES = '{"gpt-realtime": {"text_in": 4, "audio_in": 32, "cached_in": 0.4, "text_out": 16, "audio_out": 64}}'


def told(measures: Measures) -> dict[str, float]:
    return samples(measures.metrics.text())


def test_what_a_call_reports_is_counted() -> None:
    measures = Measures()
    measures.reported(Turn(1, 612, interrupted=True, played_ms=300))
    measures.reported(Turn(2, None, interrupted=False, played_ms=300))
    measures.reported(Happened(HappenedKind.MODEL_AWAY, "closed_1011"))
    found = told(measures)
    assert found["voice_worker_response_seconds_sum"] == pytest.approx(0.612)
    assert found["voice_worker_response_seconds_count"] == 1
    assert found['voice_worker_turns_total{ended="interrupted"}'] == 1
    assert found['voice_worker_turns_total{ended="whole"}'] == 1
    assert found['voice_worker_happened_total{kind="model_away"}'] == 1


class Line:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.plain = FakeRealtimeLink(self.clock, slow_to_open=True, silent=True)
        self.measures = Measures(Prices.parse(PRICES))
        self.link = MeasuredLink(self.plain, self.measures, self.clock)
        self.events: list[ModelEvent] = []

    async def open(self) -> None:
        await self.link.open(Brief("gpt-realtime", "alloy", ""), self.events.append)


async def test_an_answer_is_timed_from_the_end_of_the_turn_to_its_first_audio() -> None:
    line = Line()
    await line.open()
    await line.clock.advance(0.2)
    line.plain.emit(ModelReady(), SpeechStarted("i", 0), SpeechStopped("i", 0))
    await line.clock.advance(0.3)
    line.plain.emit(AnswerAudio("r", "a", b""), AnswerAudio("r", "a", b""))
    found = told(line.measures)
    assert found['voice_worker_model_open_seconds_sum{model="gpt-realtime"}'] == pytest.approx(0.2)
    assert found['voice_worker_model_seconds_sum{model="gpt-realtime"}'] == pytest.approx(0.3)
    assert found['voice_worker_model_seconds_count{model="gpt-realtime"}'] == 1
    assert len(line.events) == 5


async def test_who_speaks_again_is_owed_no_answer() -> None:
    line = Line()
    await line.open()
    line.plain.emit(SpeechStopped("i", 0), SpeechStarted("j", 0), AnswerAudio("r", "a", b""))
    assert 'voice_worker_model_seconds_count{model="gpt-realtime"}' not in told(line.measures)
    line.link.reply("Say hello.")
    await line.clock.advance(0.1)
    line.plain.emit(AnswerAudio("r", "b", b""))
    assert told(line.measures)['voice_worker_model_seconds_sum{model="gpt-realtime"}'] == pytest.approx(0.1)


async def test_what_answers_use_up_and_how_sessions_end_is_counted() -> None:
    line = Line()
    await line.open()
    line.plain.finish("r", "a")
    line.plain.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
    found = told(line.measures)
    assert found['voice_worker_tokens_total{kind="audio_in",model="gpt-realtime"}'] == 5
    assert found['voice_worker_cost_usd_total{model="gpt-realtime"}'] > 0
    assert found['voice_worker_model_lost_total{model="gpt-realtime",reason="provider_down"}'] == 1


def test_drops_are_told_once_also_when_a_new_session_counts_from_zero() -> None:
    seen: list[tuple[str, float]] = []
    drops = Drops(lambda queue, seconds: seen.append((queue, seconds)))
    for dropped_ms in (100, 100, 250, 0, 50):
        drops.look("job", AudioFlow(to_model=Queued(0, dropped_ms)))
    drops.last_look("job", AudioFlow(to_model=Queued(0, 50), to_room=Queued(0, 20)))
    assert seen == [("to_model", 0.1), ("to_model", 0.15), ("to_model", 0.05), ("to_room", 0.02)]
