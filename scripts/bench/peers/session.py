"""livekit-agents' `AgentSession` over a Realtime model, as its documentation sets it up."""

from __future__ import annotations

import os

from livekit.agents import Agent, AgentSession, JobContext, JobRequest
from livekit.plugins import openai
from openai.types.realtime import AudioTranscription
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from scripts.bench.peers import common


def realtime_model() -> openai.realtime.RealtimeModel:
    return openai.realtime.RealtimeModel(
        model=common.MODEL,
        voice=common.VOICE,
        base_url=os.environ["BENCH_MODEL_URL"],
        input_audio_transcription=AudioTranscription(model=common.TRANSCRIBER),
        turn_detection=ServerVad(
            type="server_vad",
            threshold=common.THRESHOLD,
            prefix_padding_ms=common.PREFIX_MS,
            silence_duration_ms=common.SILENCE_MS,
            create_response=True,
            interrupt_response=True,
        ),
    )


async def accept(request: JobRequest) -> None:
    """With an identity that the caller takes for an agent's."""
    await request.accept(identity=f"ai-agent-{request.id}")


async def entrypoint(ctx: JobContext) -> None:
    session: AgentSession[None] = AgentSession(llm=realtime_model())
    await session.start(agent=Agent(instructions=common.INSTRUCTIONS), room=ctx.room)
    session.generate_reply(instructions=common.GREETING)
