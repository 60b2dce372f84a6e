"""The openai SDK against the local server, unchanged: Realtime and transcriptions."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeFunctionToolParam

from scripts.local_realtime.voice import synthesize
from scripts.local_realtime.wav import write_wav
from tests.support.local_realtime import ANSWER_LIMIT_S, RunningServer, running_server

TURNS = [{"hears": "where is my order 427", "says": "Order four two seven is on its way."}]
TOOL = RealtimeFunctionToolParam(type="function", name="end_call", parameters={"type": "object", "properties": {}})


@asynccontextmanager
async def sdk(running: RunningServer, key: str = "test") -> AsyncIterator[AsyncOpenAI]:
    base = f"{running.http_url}/v1"
    async with AsyncOpenAI(api_key=key, base_url=base, websocket_base_url=running.ws_url, max_retries=0) as client:
        yield client


@asynccontextmanager
async def realtime(running: RunningServer) -> AsyncIterator[Any]:
    async with sdk(running) as client, client.realtime.connect(model="gpt-realtime") as connection:
        yield connection


def message(role: str, kind: str, text: str) -> Any:
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


async def until_done(connection: Any) -> list[Any]:
    """All events up to the end of a response."""
    events = []
    async with asyncio.timeout(ANSWER_LIMIT_S):
        async for event in connection:
            events.append(event)
            if event.type == "response.done":
                break
    return events


async def test_a_written_conversation() -> None:
    async with running_server() as running, realtime(running) as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        for words, expected in (
            ("Where is my order 519?", "delivered on Monday"),
            ("What was my order number?", "5, 1, 9"),
        ):
            await connection.conversation.item.create(item=message("user", "input_text", words))
            await connection.response.create()
            events = await until_done(connection)
            [done] = [event for event in events if event.type == "response.output_text.done"]
            assert expected in done.text


async def test_speech_and_a_function_call() -> None:
    script = {"turns": [{"hears": "goodbye", "says": "Goodbye.", "calls": [{"name": "end_call"}]}]}
    async with running_server(script) as running, realtime(running) as connection:
        await connection.session.update(session={"type": "realtime", "tools": [TOOL]})
        audio = synthesize("goodbye") + bytes(48_000)
        for at in range(0, len(audio), 4800):
            chunk = base64.b64encode(audio[at : at + 4800]).decode()
            await connection.input_audio_buffer.append(audio=chunk)
        events = await until_done(connection)
    done = events[-1].response
    assert [item.type for item in done.output] == ["message", "function_call"]
    assert json.loads(done.output[1].arguments) == {}
    assert done.usage.output_token_details.audio_tokens > 0


async def test_an_answer_out_of_band_with_its_own_tools_and_instructions() -> None:
    async with running_server({"turns": TURNS}) as running, realtime(running) as connection:
        await connection.response.create(
            response={
                "conversation": "none",
                "output_modalities": ["text"],
                "instructions": "SAY: as you wish",
                "tools": [TOOL],
                "metadata": {"purpose": "test"},
            }
        )
        done = (await until_done(connection))[-1].response
    assert done.conversation_id is None
    assert done.metadata == {"purpose": "test"}
    assert done.output[0].content[0].text == "as you wish"


async def test_history_that_the_client_restores_is_remembered() -> None:
    async with running_server() as running, realtime(running) as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        for role, kind, text in (
            ("user", "input_text", "Hello, my order number is 702."),
            ("assistant", "output_text", "Thank you."),
            ("user", "input_text", "What did I say first?"),
        ):
            await connection.conversation.item.create(item=message(role, kind, text))
        await connection.response.create()
        events = await until_done(connection)
    [done] = [event for event in events if event.type == "response.output_text.done"]
    assert done.text == "The first thing you said was: Hello, my order number is 7, 0, 2."


async def test_a_wrong_key_is_refused_as_by_openai() -> None:
    async with running_server({"turns": TURNS}, key="right") as running:
        async with sdk(running, key="wrong") as client:
            with pytest.raises(openai.AuthenticationError) as refused:
                await client.models.list()
        assert refused.value.code == "invalid_api_key"
        async with sdk(running, key="right") as client:
            assert "gpt-realtime" in [model.id async for model in client.models.list()]


@pytest.mark.parametrize("form", ["json", "text", "verbose_json"])
async def test_transcriptions(form: Any) -> None:
    file = io.BytesIO(write_wav(synthesize("Thank you, goodbye.")))
    file.name = "speech.wav"
    async with running_server({"turns": TURNS}) as running, sdk(running) as client:
        found = await client.audio.transcriptions.create(file=file, model="whisper-1", response_format=form)
    text = found if isinstance(found, str) else found.text
    assert "goodbye" in text.lower()


async def test_a_transcription_is_told_while_it_is_made() -> None:
    file = io.BytesIO(write_wav(synthesize("Thank you, goodbye.")))
    file.name = "speech.wav"
    async with running_server({"turns": TURNS}) as running, sdk(running) as client:
        stream = await client.audio.transcriptions.create(file=file, model="gpt-4o-mini-transcribe", stream=True)
        events = [event async for event in stream]
    assert [event.type for event in events[-2:]] == ["transcript.text.delta", "transcript.text.done"]
    said = "".join(event.delta for event in events if event.type == "transcript.text.delta")
    done = events[-1]
    assert done.type == "transcript.text.done"
    assert said == done.text
    assert "goodbye" in said.lower()


async def test_a_transcription_of_no_audio_file_is_refused() -> None:
    async with running_server({"turns": TURNS}) as running, sdk(running) as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.audio.transcriptions.create(file=("x.wav", b"no audio"), model="whisper-1")
    assert "Invalid file format" in str(refused.value)
