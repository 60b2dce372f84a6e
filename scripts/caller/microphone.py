"""An open microphone: silence or speech, always something, and the moment at which each word was really played out."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from livekit import rtc

from scripts.caller.clips import Clip
from scripts.caller.problem import CallerProblem
from shared import pcm
from shared.clock import Clock

FRAME_MS = 50
_SILENCE = bytes(100 * pcm.BYTES_PER_MS)
"""Longer than a frame of speech: there is less to do, and it says nothing that could be late."""
_FRAME_BYTES = FRAME_MS * pcm.BYTES_PER_MS
_QUEUE_MS = 400
"""Never filled: a full queue makes `capture_frame` wait, which is dear and hides when a frame is played."""
_HIGH_MARK_S = 0.10
_LOW_MARK_S = 0.05


@dataclass(slots=True)
class Speech:
    """A clip on its way out. Times are seconds of the monotonic clock."""

    clip: Clip
    began_s: asyncio.Future[float] = field(repr=False)
    """When its first sample is played."""
    ended_s: asyncio.Future[float] = field(repr=False)
    """When its last sample is played; known a little before."""
    sent_bytes: int = 0


class Microphone:
    def __init__(self, clock: Clock) -> None:
        self.source = rtc.AudioSource(pcm.SAMPLE_RATE_HZ, 1, _QUEUE_MS)
        self._clock = clock
        self._waiting: deque[Speech] = deque()
        self._closing = False
        self._broken: CallerProblem | None = None

    def say(self, clip: Clip) -> Speech:
        """Speak after what is being said; returns at once. Its moments raise `CallerProblem` if it cannot be said."""
        loop = asyncio.get_running_loop()
        speech = Speech(clip, loop.create_future(), loop.create_future())
        if self._broken:
            _fail(speech, self._broken)
        self._waiting.append(speech)
        return speech

    @property
    def busy(self) -> bool:
        """Something is being said."""
        return bool(self._waiting)

    def close(self) -> None:
        """`run` ends with the frame that it is at: cancelled within one, a source is not usable any more."""
        self._closing = True

    async def run(self) -> None:
        """Until `close`, or until the source takes nothing more: what was to be said then fails."""
        try:
            while not self._closing:
                while self.source.queued_duration < _HIGH_MARK_S:
                    await self._push(self._next_frame())
                await self._clock.sleep(self.source.queued_duration - _LOW_MARK_S)
        except Exception as error:  # the SDK raises bare `Exception` and `RtcError` here
            self._broken = CallerProblem(f"The microphone broke: {type(error).__name__}.")
            for speech in self._waiting:
                _fail(speech, self._broken)

    def _next_frame(self) -> bytes:
        """What comes next: silence, `FRAME_MS` of speech, or the end of a clip and silence."""
        plays_at_s = self._clock.monotonic_s() + self.source.queued_duration
        if not self._waiting:
            return _SILENCE
        speech = self._waiting[0]
        if speech.sent_bytes == 0:
            _tell(speech.began_s, plays_at_s)
        part = speech.clip.audio[speech.sent_bytes : speech.sent_bytes + _FRAME_BYTES]
        speech.sent_bytes += len(part)
        if speech.sent_bytes >= len(speech.clip.audio):
            self._waiting.popleft()
            _tell(speech.ended_s, plays_at_s + pcm.ms_of(len(part)) / 1000)
        return part + bytes(_FRAME_BYTES - len(part))

    async def _push(self, audio: bytes) -> None:
        await self.source.capture_frame(
            rtc.AudioFrame(audio, pcm.SAMPLE_RATE_HZ, 1, len(audio) // pcm.BYTES_PER_SAMPLE)
        )


def _tell(moment: asyncio.Future[float], at_s: float) -> None:
    if not moment.done():
        moment.set_result(at_s)


def _fail(speech: Speech, problem: CallerProblem) -> None:
    for moment in (speech.began_s, speech.ended_s):
        if not moment.done():
            moment.set_exception(problem)
            moment.exception()  # nobody may be waiting for it
