"""The Realtime classes of livekit-plugins-openai against the local server, unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from livekit import rtc
from livekit.agents import llm
from livekit.plugins.openai.realtime import RealtimeModel, RealtimeSession
from openai.types.realtime import AudioTranscription

from scripts.local_realtime.hearing import load_whisper
from scripts.local_realtime.voice import synthesize
from tests.support.local_realtime import ANSWER_LIMIT_S, RunningServer, running_server, until

FRAME_BYTES = 2400
FIRST_LOAD_S = 30.0
"""The recogniser's model is loaded by the first test that hears."""


@dataclass
class Plugin:
    """A session of the plugin, and what it told."""

    session: RealtimeSession
    transcripts: list[str] = field(default_factory=list)
    started: int = 0
    generations: asyncio.Queue[llm.GenerationCreatedEvent] = field(default_factory=asyncio.Queue)
    errors: list[llm.RealtimeModelError] = field(default_factory=list)

    def listen(self) -> None:
        self.session.on("input_audio_transcription_completed", self._on_transcript)
        self.session.on("generation_created", self.generations.put_nowait)
        self.session.on("input_speech_started", self._on_started)
        self.session.on("error", self.errors.append)

    def _on_started(self, _event: llm.InputSpeechStartedEvent) -> None:
        self.started += 1

    def _on_transcript(self, event: llm.InputTranscriptionCompleted) -> None:
        if event.is_final:
            self.transcripts.append(event.transcript)

    def push(self, pcm: bytes) -> None:
        for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
            frame = rtc.AudioFrame(pcm[at : at + FRAME_BYTES], 24000, 1, FRAME_BYTES // 2)
            self.session.push_audio(frame)

    def say(self, text: str) -> None:
        self.push(bytes(14_400) + synthesize(text) + bytes(48_000))

    async def generation(self) -> llm.GenerationCreatedEvent:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            return await self.generations.get()


@asynccontextmanager
async def plugin_session(running: RunningServer, **options: Any) -> AsyncIterator[Plugin]:
    async with aiohttp.ClientSession() as http:
        transcription = AudioTranscription(model="gpt-4o-transcribe")
        model = RealtimeModel(
            api_key="test",
            base_url=running.ws_url,
            http_session=http,
            input_audio_transcription=transcription,
            **options,
        )
        plugin = Plugin(model.session())
        plugin.listen()
        try:
            yield plugin
        finally:
            await plugin.session.aclose()
            await model.aclose()


async def spoken(generation: llm.GenerationCreatedEvent) -> tuple[str, bytes]:
    """Transcript and audio of all messages of a generation."""
    text, audio = "", b""
    async with asyncio.timeout(ANSWER_LIMIT_S):
        async for message in generation.message_stream:
            async for frame in message.audio_stream:
                audio += bytes(frame.data)
            async for piece in message.text_stream:
                text += piece
    return text, audio


async def test_speech_goes_in_and_a_spoken_answer_comes_out() -> None:
    async with running_server() as running, plugin_session(running) as plugin:
        plugin.say("Where is my order number 4, 2, 7?")
        text, audio = await spoken(await plugin.generation())
    assert plugin.started == 1
    assert "427" in plugin.transcripts[0]
    assert text == "Order 4, 2, 7 is on its way and arrives tomorrow morning."
    heard = await asyncio.to_thread(load_whisper().transcribe, audio)
    assert "tomorrow morning" in heard
    assert not plugin.errors


async def test_instructions_of_a_reply_are_obeyed() -> None:
    async with running_server({"turns": [{"hears": "x", "says": "y"}]}) as running, plugin_session(running) as plugin:
        await plugin.session.update_instructions('You are a clerk. Say "never this" when asked.')
        generation = await plugin.session.generate_reply(instructions="Greet the caller: Welcome to the shop.")
        text, audio = await spoken(generation)
    assert generation.user_initiated
    assert text == "Welcome to the shop."
    assert len(audio) > 24_000


async def test_the_model_calls_a_tool() -> None:
    @llm.function_tool
    async def end_call(reason: str) -> str:
        """Ends the call."""
        return reason

    async with running_server() as running, plugin_session(running) as plugin:
        await plugin.session.update_tools([end_call])
        plugin.say("Thank you, goodbye.")
        generation = await plugin.generation()
        text, _audio = await spoken(generation)
        async with asyncio.timeout(ANSWER_LIMIT_S):
            calls = [call async for call in generation.function_stream]
        assert "Goodbye" in text
        assert [call.name for call in calls] == ["end_call"]
        context = plugin.session.chat_ctx.copy()
        context.items.append(llm.FunctionCallOutput(call_id=calls[0].call_id, output="ok", is_error=False))
        await plugin.session.update_chat_ctx(context)
        await spoken(await plugin.session.generate_reply())
    assert not plugin.errors


async def test_interrupt_and_truncate() -> None:
    script = {"turns": [{"hears": "x", "tone": {"hz": 300, "ms": 8000}}], "pace": 2}
    async with running_server(script, control=True) as running, plugin_session(running) as plugin:
        plugin.say("Tell me everything.")
        generation = await plugin.generation()
        message = await anext(aiter(generation.message_stream))
        await anext(aiter(message.audio_stream))
        plugin.session.interrupt()
        plugin.session.truncate(message_id=message.message_id, modalities=["audio"], audio_end_ms=150)
        [connection] = running.server.connections.values()
        await until(lambda: bool(_truncated(connection)), "no truncation at the server")
        assert _truncated(connection) == [150]
        assert connection.session.active_response is None
    assert not plugin.errors


def _truncated(connection: Any) -> list[int]:
    return [i.truncated_at_ms for i in connection.session.conversation.items if i.truncated_at_ms is not None]


async def test_history_survives_a_lost_connection() -> None:
    script = {
        "turns": [{"hears": "My order number is 519.", "says": "I noted it."}],
        "faults": [{"kind": "close", "code": 1006, "at_turn": 2, "match": {"connection": 1}}],
    }
    async with running_server(script) as running, plugin_session(running) as plugin:
        plugin.say("one")
        await spoken(await plugin.generation())
        plugin.say("two")
        await until(lambda: running.server.statistics.sessions_total == 2, "the plugin did not reconnect")
        await until(lambda: _remembers(running), "the history was not sent again")


def _remembers(running: RunningServer) -> bool:
    connections = running.server.connections.values()
    return any("519" in item.text for connection in connections for item in connection.session.conversation.items)


async def test_manual_turns() -> None:
    script = {"turns": [{"hears": "x", "says": "By hand."}]}
    async with running_server(script) as running, plugin_session(running, turn_detection=None) as plugin:
        plugin.push(synthesize("Good morning."))
        plugin.session.commit_audio()
        text, _audio = await spoken(await plugin.session.generate_reply())
    assert text == "By hand."
