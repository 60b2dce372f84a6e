"""The parts that hear people: the detector on real speech, the transcriber against the local server."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from scripts.caller.clips import spoken
from shared import pcm
from tests.support.realtime_process import RealtimeServer
from worker.adapters.silero import SileroDetectors
from worker.adapters.transcriptions import MAX_ANSWER_BYTES, HttpTranscriber
from worker.ports import TranscriberUnavailable
from worker.speech import WINDOW_BYTES

SENTENCE = spoken("Where is my order, please?")


def judged(audio: bytes) -> list[float]:
    detectors = SileroDetectors()
    detectors.load()
    detector = detectors.new()
    whole = len(audio) // WINDOW_BYTES * WINDOW_BYTES
    return [detector.judge(window) for window in pcm.frames(audio[:whole], WINDOW_BYTES)]


def test_speech_is_told_from_silence_noise_and_a_tone() -> None:
    second = np.arange(pcm.SAMPLE_RATE_HZ)
    tone = (8_000 * np.sin(2 * np.pi * 440 * second / pcm.SAMPLE_RATE_HZ)).astype("<i2").tobytes()
    noise = np.random.default_rng(7).normal(0, 1_000, pcm.SAMPLE_RATE_HZ).astype("<i2").tobytes()
    assert np.mean(judged(SENTENCE.audio)) > 0.7
    for sound in (bytes(pcm.bytes_of(1_000)), tone, noise):
        assert np.mean(judged(sound)) < 0.2


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def transcriber(http: aiohttp.ClientSession, url: str, *, streaming: bool = True) -> HttpTranscriber:
    return HttpTranscriber(
        http=http, base_url=url, api_key="sk-of-the-tests", model="gpt-4o-mini-transcribe", streaming=streaming
    )


@pytest.mark.parametrize("streaming", [True, False])
async def test_words_come_at_once_or_one_after_the_other(
    realtime: RealtimeServer, http: aiohttp.ClientSession, streaming: bool
) -> None:
    told: list[str] = []
    words = await transcriber(http, realtime.base_url, streaming=streaming).transcribe(SENTENCE.audio, told.append)
    assert "where is my order" in words.lower()
    if streaming:
        assert len(told) > 2
        assert told[-1] == words
        assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(told))
    else:
        assert told == []


async def test_silence_has_no_words(realtime: RealtimeServer, http: aiohttp.ClientSession) -> None:
    assert await transcriber(http, realtime.base_url).transcribe(bytes(pcm.bytes_of(1_000)), lambda _: None) == ""


async def test_a_service_that_is_down_is_said_to_be(realtime: RealtimeServer, http: aiohttp.ClientSession) -> None:
    await realtime.fault({"kind": "down", "for_s": 30})
    with pytest.raises(TranscriberUnavailable):
        await transcriber(http, realtime.base_url).transcribe(SENTENCE.audio, lambda _: None)


ODD_ANSWERS = {
    "not JSON": web.Response(text="hello"),
    "no text": web.json_response({"words": "hello"}),
    "a list": web.json_response(["hello"]),
    "too long": web.json_response({"text": "a" * MAX_ANSWER_BYTES}),
    "no end": web.Response(
        text='data: {"type":"transcript.text.delta","delta":"hel"}\n\n', content_type="text/event-stream"
    ),
    "an error": web.Response(text='data: {"type":"error"}\n\n', content_type="text/event-stream"),
    "no events": web.Response(text="data: hello\n\n", content_type="text/event-stream"),
    "an endless line": web.Response(text="data: " + "a" * MAX_ANSWER_BYTES, content_type="text/event-stream"),
    "another status": web.Response(status=429, text="secret"),
    "another place": web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
}


@pytest.mark.parametrize("what", sorted(ODD_ANSWERS))
async def test_odd_answers_are_a_service_that_is_away_and_are_not_quoted(
    http: aiohttp.ClientSession, what: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        odd = ODD_ANSWERS[what]
        return web.Response(status=odd.status, body=odd.body, headers=odd.headers.copy())

    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        with pytest.raises(TranscriberUnavailable) as raised:
            await transcriber(http, url).transcribe(SENTENCE.audio, lambda _: None)
    finally:
        await runner.cleanup()
    assert "secret" not in str(raised.value)
