"""Speech probability per 32 ms of audio: Silero's network, or plain loudness.

Silero runs on onnxruntime directly with one thread and no spinning: 0.004 cores per stream.
"""

from __future__ import annotations

import importlib.util
import math
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from scripts.local_realtime.pcm import MODEL_HZ, Downsampler, Samples, to_samples

WINDOW_BYTES: Final = 768 * 2
"""32 ms of mono s16le at 24 kHz, which is 512 samples at 16 kHz."""
_CONTEXT_SAMPLES: Final = 64
_WINDOW_SAMPLES: Final = 512


class SpeechProbability(Protocol):
    """Judges one window. ``window`` is mono s16le at 24 kHz, WINDOW_BYTES long; the answer is 0..1."""

    def __call__(self, window: bytes) -> float: ...


def silero_model_path() -> Path:
    """The ONNX file inside the package livekit-plugins-silero, found without importing it.

    Raises FileNotFoundError when the package is not installed.
    """
    spec = importlib.util.find_spec("livekit.plugins.silero")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package livekit-plugins-silero is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "resources" / "silero_vad.onnx"


@lru_cache(maxsize=1)
def _silero_session() -> Any:
    """One network for all streams: its state travels with each call, and run() is thread-safe."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(silero_model_path()), sess_options=options, providers=["CPUExecutionProvider"]
    )


class SileroProbability:
    """Silero VAD for one stream, with that stream's memory."""

    def __init__(self) -> None:
        self._session = _silero_session()
        self._downsampler = Downsampler()
        self._rate = np.array(MODEL_HZ, dtype=np.int64)
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT_SAMPLES + _WINDOW_SAMPLES), dtype=np.float32)

    def __call__(self, window: bytes) -> float:
        """Speech probability of the next 32 ms."""
        self._input[0, :_CONTEXT_SAMPLES] = self._input[0, -_CONTEXT_SAMPLES:]
        self._input[0, _CONTEXT_SAMPLES:] = self._downsampler.push(to_samples(window))
        feeds = {"input": self._input, "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, feeds)
        return float(output[0, 0])


class LoudnessProbability:
    """1.0 when a window is louder than a fixed level, else 0.0. Loads nothing, costs microseconds."""

    def __init__(self, level_dbfs: float = -45.0) -> None:
        self._level_rms = math.pow(10.0, level_dbfs / 20.0) * 32768

    def __call__(self, window: bytes) -> float:
        """1.0 or 0.0 for the next 32 ms."""
        # every third sample is enough to judge loudness by
        samples: Samples = np.frombuffer(window, dtype="<i2")[::3].astype(np.float32)
        return 1.0 if float(samples @ samples) > self._level_rms**2 * len(samples) else 0.0


class Windows:
    """Cuts a stream of byte chunks into whole windows."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def push(self, pcm: bytes) -> list[bytes]:
        """Take mono s16le at 24 kHz of any length, give the 32 ms windows that are now complete."""
        self._rest += pcm
        whole = len(self._rest) // WINDOW_BYTES * WINDOW_BYTES
        windows = [bytes(self._rest[at : at + WINDOW_BYTES]) for at in range(0, whole, WINDOW_BYTES)]
        del self._rest[:whole]
        return windows


class SpeechDetector:
    """Probabilities for a byte stream: what a caller of this package wants from a VAD."""

    def __init__(self, probability: SpeechProbability) -> None:
        self._probability = probability
        self._windows = Windows()

    def push(self, pcm: bytes) -> list[float]:
        """Take mono s16le at 24 kHz of any length; one probability per 32 ms window completed."""
        return [self._probability(window) for window in self._windows.push(pcm)]
