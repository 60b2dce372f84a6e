"""Everybody's speech in one call, from the frames of their microphones."""

from __future__ import annotations

from collections.abc import Callable

from shared import pcm
from shared.clock import Clock
from shared.ids import Identity
from worker.arrivals import Arrivals
from worker.loudness import AUDIBLE_RMS, is_loud
from worker.ports import Pcm, SpeechDetector
from worker.recorder import PATH_MS
from worker.speech import WINDOW_BYTES, Speech, SpeechCutter

GAP_MS = 300
"""Without a frame for so long, the microphone was off: what comes then is another speech."""


class _Microphone:
    def __init__(self, detector: SpeechDetector) -> None:
        self.detector = detector
        self.cutter = SpeechCutter()
        self.rest = bytearray()
        """Less than a window."""
        self.heard_ms = 0.0
        self.arrivals = Arrivals()


class Listener:
    def __init__(
        self, detector: Callable[[], SpeechDetector], clock: Clock, on_speech: Callable[[Identity, Speech], None]
    ) -> None:
        """`on_speech` gets each speech as soon as it is over."""
        self._detector = detector
        self._clock = clock
        self._on_speech = on_speech
        self._microphones: dict[Identity, _Microphone] = {}

    def hear(self, who: Identity, frame: Pcm) -> None:
        """A frame of somebody's microphone has come."""
        now_ms = self._clock.monotonic_s() * 1000
        microphone = self._microphones.get(who)
        if microphone is None:
            microphone = self._microphones[who] = _Microphone(self._detector())
        elif now_ms - microphone.heard_ms > GAP_MS:
            self.hush(who)
        microphone.heard_ms = now_ms
        microphone.rest += frame
        microphone.arrivals.came(pcm.ms_of(len(frame)), self._clock.now_ms())
        while len(microphone.rest) >= WINDOW_BYTES:
            self._judge(who, microphone)

    def hush(self, who: Identity) -> None:
        """The microphone is off; safe to say twice."""
        if (microphone := self._microphones.get(who)) is not None:
            microphone.rest.clear()
            microphone.arrivals = Arrivals()
            self._tell(who, microphone.cutter.hush())

    def close(self) -> None:
        """Nobody is heard any more."""
        for who in list(self._microphones):
            self.hush(who)
        self._microphones.clear()

    def _judge(self, who: Identity, microphone: _Microphone) -> None:
        window = bytes(microphone.rest[:WINDOW_BYTES])
        del microphone.rest[:WINDOW_BYTES]
        # Half of the time somebody else speaks: the detector is not asked about what nobody could hear.
        quiet = not microphone.cutter.is_speech and not is_loud(window, AUDIBLE_RMS)
        likelihood = 0.0 if quiet else microphone.detector.judge(window)
        ends_ms = round(microphone.arrivals.newest_ms - pcm.ms_of(len(microphone.rest))) - PATH_MS
        self._tell(who, microphone.cutter.push(window, likelihood, ends_ms))

    def _tell(self, who: Identity, speech: Speech | None) -> None:
        if speech is not None:
            self._on_speech(who, speech)
