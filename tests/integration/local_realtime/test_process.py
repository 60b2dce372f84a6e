"""The server as a process: its ready line, its end, its refusal of wrong scripts; and eight calls at once."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scripts.local_realtime.voice import synthesize
from tests.support.local_realtime import SILENCE_100_MS, RawClient, RunningServer, raw_client, running_server

SCRIPT = "turns:\n- {hears: hello, says: Good day.}\n"
STARTS_WITHIN_S = 60.0
"""Less than a second here; a machine that compiles something at the same time may take longer."""


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "scripts.local_realtime", "--port", "0", *arguments)
    started = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_deterministic_server_starts_and_stops_fast(tmp_path: Path, stop: signal.Signals) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT)
    async with process("--script", str(script)) as server:
        assert server.stdout is not None
        line = (await asyncio.wait_for(server.stdout.readline(), STARTS_WITHIN_S)).decode()
        assert line.startswith("local_realtime ready on ws://127.0.0.1:")
        assert line.endswith("/v1/realtime\n")
        server.send_signal(stop)
        assert await asyncio.wait_for(server.wait(), STARTS_WITHIN_S) == 0


async def test_a_wrong_script_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("turns:\n- {hears: hello, sais: Good day.}\n")
    async with process("--script", str(script)) as server:
        _, errors = await asyncio.wait_for(server.communicate(), STARTS_WITHIN_S)
    assert server.returncode == 2
    assert errors.decode().count("\n") == 1
    assert "turns.0.sais is not a known setting." in errors.decode()


async def test_the_answer_begins_at_the_endpoint_in_a_deterministic_server() -> None:
    async with running_server({"turns": [{"hears": "x", "says": "y"}]}) as running, raw_client(running) as client:
        await client.say("hello")
        await client.wait_for("response.done")
        [record] = running.server.statistics.records()
        at_ms = {entry["type"]: entry["atMs"] for entry in record.log()}
    assert at_ms["response.content_part.added"] - at_ms["input_audio_buffer.speech_stopped"] < 500


async def test_eight_callers_at_once_are_all_heard() -> None:
    speech = SILENCE_100_MS * 3 + synthesize("Thank you, goodbye.") + SILENCE_100_MS * 12
    async with running_server() as running:
        answers = await asyncio.gather(*(_call(running, speech) for _ in range(8)))
    assert all("Goodbye" in answer for answer, _ in answers)
    # 0.1 s of recognition each, in one thread; the limit leaves room for a busy machine
    assert max(waited_s for _, waited_s in answers) < 8


async def _call(running: RunningServer, speech: bytes) -> tuple[str, float]:
    async with raw_client(running) as client:
        await _in_real_time(client, speech)
        await client.wait_for("input_audio_buffer.speech_stopped")
        stopped_s = time.monotonic()
        await client.wait_for("response.output_audio.delta")
        waited_s = time.monotonic() - stopped_s
        done = await client.wait_for("response.done")
        return str(done["response"]["output"][0]["content"][0]["transcript"]), waited_s


async def _in_real_time(client: RawClient, pcm: bytes) -> None:
    for at in range(0, len(pcm), 4800):
        await client.send_audio(pcm[at : at + 4800])
        await asyncio.sleep(0.1)  # a microphone is no faster
