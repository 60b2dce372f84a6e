"""Pipecat with its LiveKit transport, all calls in one process.

It has no dispatch: it is told on stdin which rooms to join, as ``{"room", "url", "token"}`` lines, and says
``{"joined": room}`` for each.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import uvloop
from loguru import logger
from pipecat.frames.frames import LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.livekit.transport import LiveKitParams, LiveKitTransport

from scripts.bench.peers import common


async def call(order: dict[str, str], model_url: str) -> None:
    transport = LiveKitTransport(
        order["url"],
        order["token"],
        order["room"],
        LiveKitParams(
            audio_in_enabled=True, audio_out_enabled=True, audio_in_sample_rate=24000, audio_out_sample_rate=24000
        ),
    )
    turns = events.TurnDetection(
        threshold=common.THRESHOLD, prefix_padding_ms=common.PREFIX_MS, silence_duration_ms=common.SILENCE_MS
    )
    heard = events.AudioInput(
        transcription=events.InputAudioTranscription(model=common.TRANSCRIBER), turn_detection=turns
    )
    properties = events.SessionProperties(
        instructions=common.INSTRUCTIONS,
        audio=events.AudioConfiguration(input=heard, output=events.AudioOutput(voice=common.VOICE)),
    )
    model = OpenAIRealtimeLLMService(
        api_key="none",
        base_url=model_url,
        settings=OpenAIRealtimeLLMService.Settings(model=common.MODEL, session_properties=properties),
    )
    context = LLMContext([{"role": "user", "content": common.GREETING}])
    pair = LLMContextAggregatorPair(context)
    task = PipelineTask(
        Pipeline([transport.input(), pair.user(), model, transport.output(), pair.assistant()]),
        params=PipelineParams(audio_in_sample_rate=24000, audio_out_sample_rate=24000),
    )

    @transport.event_handler("on_first_participant_joined")  # type: ignore[untyped-decorator]
    async def greet(*_: object) -> None:
        await task.queue_frames([LLMRunFrame()])

    @transport.event_handler("on_participant_left")  # type: ignore[untyped-decorator]
    async def end(*_: object) -> None:
        await task.cancel()

    @transport.event_handler("on_connected")  # type: ignore[untyped-decorator]
    async def joined(*_: object) -> None:
        print(json.dumps({"joined": order["room"]}), flush=True)

    await PipelineRunner(handle_sigint=False, handle_sigterm=False).run(task)


async def serve() -> None:
    given = common.arguments()
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    common.ready()
    calls = set()
    while line := await orders.readline():
        running = asyncio.create_task(call(json.loads(line), f"{given.model_url.replace('http', 'ws', 1)}/realtime"))
        calls.add(running)
        running.add_done_callback(calls.discard)
    for running in calls:
        running.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    logger.remove()
    uvloop.run(serve())
