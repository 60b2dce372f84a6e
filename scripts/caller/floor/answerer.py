"""An agent without a model, in a process of its own as the worker is one.

It hears with the same speech detector, threshold and 500 ms of silence as the local Realtime server, and answers at
once with a stored clip, over the same kind of audio stream and source as the worker. What is left is the time of the
media path and of the turn detection.

``python -m scripts.caller.floor.answerer [--script FILE]``; reads ``{"room", "url", "token"}`` lines from stdin,
prints ``{"ready": true}`` and ``{"joined": room}`` for each, and ends with stdin.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import uvloop
from livekit import rtc

from scripts.caller.release import release
from scripts.local_realtime.script import load_script
from scripts.local_realtime.scripted import ScriptedMind
from scripts.local_realtime.turns import SpeechStarted, SpeechStopped, TurnDetector, TurnSettings
from scripts.local_realtime.vad import SileroProbability, SpeechDetector, SpeechProbability
from scripts.local_realtime.voice import synthesize
from shared import pcm
from shared.clock import Clock, SystemClock
from worker.adapters.ffi_events import ffi_events
from worker.adapters.livekit_room import PLAY_QUEUE_MS, VOICE_BITRATE
from worker.mouth import HIGH_MARK_MS, LOW_MARK_MS
from worker.playout import FRAME_BYTES
from worker.ports import FRAME_MS

_DEFAULT_ANSWER = "Hello. This is a stored answer, and there is no model behind it."

ClipOf = Callable[[int], bytes]
"""The stored answer to the n-th turn, from 1; 0 is the greeting."""


class Answerer:
    """One room."""

    def __init__(self, probability: SpeechProbability, clip_of: ClipOf, clock: Clock) -> None:
        self._detector = SpeechDetector(probability)
        self._turns = TurnDetector(TurnSettings())
        self._clip_of = clip_of
        self._clock = clock
        self._room = rtc.Room()
        self._source = rtc.AudioSource(pcm.SAMPLE_RATE_HZ, 1, PLAY_QUEUE_MS)
        self._heard_turns = 0
        self._answer: asyncio.Task[None] | None = None
        self._ear: asyncio.Task[None] | None = None

    async def join(self, url: str, token: str) -> None:
        self._room.on("track_subscribed", self._on_track)
        await self._room.connect(url, token)
        track = rtc.LocalAudioTrack.create_audio_track("agent", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        options.audio_encoding.max_bitrate = VOICE_BITRATE
        await self._room.local_participant.publish_track(track, options)

    async def leave(self) -> None:
        tasks = [task for task in (self._answer, self._ear) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._room.disconnect()
        await release(self._source)

    def _on_track(self, track: rtc.RemoteTrack, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO and self._ear is None:
            self._ear = asyncio.create_task(self._listen(track), name="ear")
            self._say(0)

    async def _listen(self, track: rtc.RemoteTrack) -> None:
        stream = rtc.AudioStream(
            track, sample_rate=pcm.SAMPLE_RATE_HZ, num_channels=1, frame_size_ms=FRAME_MS, capacity=50
        )
        try:
            async for event in stream:
                for probability in self._detector.push(bytes(event.frame.data.cast("B"))):
                    for decision in self._turns.push(probability):
                        self._decide(decision)
        finally:
            await stream.aclose()

    def _decide(self, decision: object) -> None:
        if isinstance(decision, SpeechStarted) and self._answer:
            self._answer.cancel()
        if isinstance(decision, SpeechStopped):
            self._heard_turns += 1
            self._say(self._heard_turns)

    def _say(self, turn: int) -> None:
        self._answer = asyncio.create_task(self._play(self._clip_of(turn)), name="answer")

    async def _play(self, audio: bytes) -> None:
        for frame in pcm.frames(audio, FRAME_BYTES):
            if self._source.queued_duration * 1000 + pcm.ms_of(FRAME_BYTES) > HIGH_MARK_MS:
                await self._clock.sleep(self._source.queued_duration - LOW_MARK_MS / 1000)
            samples = len(frame) // pcm.BYTES_PER_SAMPLE
            await self._source.capture_frame(rtc.AudioFrame(frame, pcm.SAMPLE_RATE_HZ, 1, samples))


def _sounds_of(script: Path | None) -> tuple[Callable[[], SpeechProbability], ClipOf]:
    """The speech detector and the answers that the local Realtime server would use."""
    if script is None:
        clip = synthesize(_DEFAULT_ANSWER)
        return SileroProbability, lambda _turn: clip
    mind = ScriptedMind(load_script(script))

    def clip_of(turn: int) -> bytes:
        reply = mind.turn(max(turn, 1))[1]
        return reply.clip.pcm if reply.clip else b""

    return mind.probability, clip_of


async def _serve(script: Path | None) -> None:
    loop, clock = asyncio.get_running_loop(), SystemClock()
    new_probability, clip_of = _sounds_of(script)
    new_probability()(bytes(1536))  # loads the network before the first call
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    rooms: list[Answerer] = []
    print(json.dumps({"ready": True}), flush=True)
    while line := await orders.readline():
        order = json.loads(line)
        answerer = Answerer(new_probability(), clip_of, clock)
        rooms.append(answerer)
        await answerer.join(order["url"], order["token"])
        print(json.dumps({"joined": order["room"]}), flush=True)
    await asyncio.gather(*(room.leave() for room in rooms))


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--script", type=Path)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    ffi_events()  # what the worker does for cheaper native threads, the floor does, too
    uvloop.run(_serve(parser.parse_args().script))
    os._exit(0)  # without the native library's clean-up, which can block


if __name__ == "__main__":
    main()
