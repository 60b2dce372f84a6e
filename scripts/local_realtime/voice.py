"""Text to speech with espeak-ng, whose library and data come in the wheel ``espeakng-loader``."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from scripts.local_realtime.pcm import WIRE_HZ, to_bytes, to_samples


class Timbre(NamedTuple):
    """How espeak-ng is to sound: a voice name, pitch 0-99, speed in words per minute."""

    espeak_voice: str
    pitch: int
    words_per_minute: int = 165


VOICES: Final[dict[str, Timbre]] = {
    "alloy": Timbre("en-us+anika", 50, 175),
    "ash": Timbre("en-us+m3", 45),
    "ballad": Timbre("en-us+m7", 48),
    "cedar": Timbre("en-us+m2", 38),
    "coral": Timbre("en-us+f3", 50),
    "echo": Timbre("en-us+m1", 42, 175),
    "marin": Timbre("en-us+f1", 52),
    "sage": Timbre("en-us+f2", 55),
    "shimmer": Timbre("en-us+f5", 62),
    "verse": Timbre("en-us+m4", 50),
}
"""OpenAI's voice names. Whisper tiny understands alloy best: 33 of 36 order numbers
said with pauses ("4, 2, 7"), where it got 6 of 10 from en-us+f3 and 25 of 36 from echo."""

_SYNCHRONOUS: Final = 2
_DO_NOT_EXIT: Final = 0x8000  # espeak-ng would call exit() when its data is missing
_RATE, _PITCH = 1, 3
_BY_CHARACTER, _UTF8 = 1, 1

_SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class VoiceError(RuntimeError):
    """espeak-ng could not be loaded, or does not know the voice."""


class _Espeak:
    """The library has one global state, so there is one of these and it is locked."""

    def __init__(self) -> None:
        import espeakng_loader  # heavy enough to keep out of a start that never speaks

        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        data_path = espeakng_loader.get_data_path().encode()
        self.rate_hz: int = self._lib.espeak_Initialize(_SYNCHRONOUS, 0, data_path, _DO_NOT_EXIT)
        if self.rate_hz <= 0:
            raise VoiceError("espeak-ng did not start")
        self._callback: Callable[..., Any] = _SynthCallback(self._collect)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _collect(self, wave: Any, count: int, _events: Any) -> int:
        if wave and count > 0:
            self._chunks.append(ctypes.string_at(wave, count * 2))
        return 0

    def speak(self, text: str, timbre: Timbre, speed: float) -> bytes:
        """Mono s16le at ``rate_hz``."""
        encoded = text.encode()
        with self._lock:
            self._chunks.clear()
            if self._lib.espeak_SetVoiceByName(timbre.espeak_voice.encode()):
                raise VoiceError(f"espeak-ng has no voice {timbre.espeak_voice!r}")
            self._lib.espeak_SetParameter(_RATE, round(timbre.words_per_minute * speed), 0)
            self._lib.espeak_SetParameter(_PITCH, timbre.pitch, 0)
            self._lib.espeak_Synth(encoded, len(encoded) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None)
            self._lib.espeak_Synchronize()
            return b"".join(self._chunks)


@lru_cache(maxsize=1)
def _espeak() -> _Espeak:
    return _Espeak()


@lru_cache(maxsize=256)
def synthesize(text: str, voice: str = "alloy", speed: float = 1.0) -> bytes:
    """Speak ``text`` and return mono s16le at 24 kHz (48 bytes per millisecond).

    ``voice`` is one of OpenAI's names (an unknown one sounds like alloy), ``speed`` 0.25 to 1.5.
    Takes about 1.5 ms per second of speech, may be called from any thread, and caches.
    Raises VoiceError when espeak-ng is not usable.
    """
    if not text.strip():
        return b""
    espeak = _espeak()
    spoken = espeak.speak(text, VOICES.get(voice, VOICES["alloy"]), speed)
    if not spoken:
        return b""
    import soxr

    resampled = soxr.resample(to_samples(spoken), espeak.rate_hz, WIRE_HZ)
    return to_bytes(np.asarray(resampled, dtype=np.float32))
