"""Pipecat's OpenAIRealtimeLLMService against the local server, unchanged."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest

from scripts.local_realtime.voice import synthesize
from tests.support.local_realtime import ANSWER_LIMIT_S, running_server, until

pytest.importorskip("pipecat", reason="pipecat-ai is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # what Pipecat warns of is Pipecat's business

TURNS = [{"hears": "Where is my order 427?", "says": "It is on its way."}]


async def test_pipecat_hears_an_answer() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pipecat.frames.frames import EndFrame, InputAudioRawFrame, TTSAudioRawFrame
        from pipecat.pipeline.pipeline import Pipeline
        from pipecat.pipeline.worker import PipelineWorker
        from pipecat.processors.aggregators.llm_context import LLMContext
        from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
        from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
        from pipecat.services.openai.realtime import events
        from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
        from pipecat.workers.runner import WorkerRunner

    class Ear(FrameProcessor):
        """Remembers the audio that passes."""

        def __init__(self) -> None:
            super().__init__()
            self.audio = bytearray()

        async def process_frame(self, frame: Any, direction: FrameDirection) -> None:
            await super().process_frame(frame, direction)
            if isinstance(frame, TTSAudioRawFrame):
                self.audio += frame.audio
            await self.push_frame(frame, direction)

    async with running_server({"turns": TURNS, "greeting": {"says": "Hello."}}) as running:
        audio = events.AudioConfiguration(
            input=events.AudioInput(
                transcription=events.InputAudioTranscription(), turn_detection=events.TurnDetection()
            )
        )
        service = OpenAIRealtimeLLMService(
            api_key="test",
            base_url=f"{running.ws_url}/realtime",
            settings=OpenAIRealtimeLLMService.Settings(session_properties=events.SessionProperties(audio=audio)),
        )
        ear, context = Ear(), LLMContext([{"role": "developer", "content": "Greet the caller."}])
        pair = LLMContextAggregatorPair(context)
        pipeline = Pipeline([pair.user(), service, ear, pair.assistant()])
        worker = PipelineWorker(pipeline, cancel_on_idle_timeout=False)
        started = asyncio.Event()
        worker.event_handler("on_pipeline_started")(lambda *_: started.set())
        before = asyncio.all_tasks()
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running_pipeline = asyncio.create_task(runner.run())
        try:
            await asyncio.wait_for(started.wait(), ANSWER_LIMIT_S)
            speech = bytes(14_400) + synthesize("Where is my order?") + bytes(48_000)
            for at in range(0, len(speech) - 2399, 2400):
                await worker.queue_frame(InputAudioRawFrame(speech[at : at + 2400], 24000, 1))
            await until(lambda: len(ear.audio) > 24_000, "no spoken answer came out of the pipeline")
            await until(
                lambda: {"role": "user", "content": "Where is my order 427?"} in context.get_messages(),
                "the caller's words did not reach Pipecat's context",
            )
        finally:
            await worker.queue_frame(EndFrame())
            await asyncio.wait_for(running_pipeline, ANSWER_LIMIT_S)
            await _stop(asyncio.all_tasks() - before)


async def _stop(left: set[asyncio.Task[Any]]) -> None:
    """What Pipecat leaves when its pipeline has ended, such as a flush that waits for its time."""
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
