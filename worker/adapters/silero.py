"""Silero's speech detector, run by onnxruntime directly: one thread, no spinning, 0.004 cores per microphone.

The network (a file of the package livekit-plugins-silero) is one for all microphones; what it remembers of a microphone
travels with each call. It takes 32 ms at 16 kHz and the 4 ms before them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.ports import DetectorUnusable, Pcm, SpeechDetector, SpeechDetectors

RATE_HZ = 16_000
_WINDOW, _CONTEXT = 512, 64
_TAPS = 48

_Samples = NDArray[np.float32]


class SileroDetectors(SpeechDetectors):
    def __init__(self) -> None:
        self._session: Any = None

    def load(self) -> None:
        if self._session is not None:
            return
        try:
            self._session = _open(_model_path())
        except Exception as error:  # onnxruntime has its own for each way in which a model is unusable
            raise DetectorUnusable(type(error).__name__) from None

    def new(self) -> SpeechDetector:
        return _Detector(self._session)


class _Detector(SpeechDetector):
    def __init__(self, session: Any) -> None:
        self._session = session
        self._rate = np.array(RATE_HZ, dtype=np.int64)
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT + _WINDOW), dtype=np.float32)
        self._past: _Samples = np.zeros(_TAPS - 1, dtype=np.float32)

    def judge(self, window: Pcm) -> float:
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        self._input[0, _CONTEXT:] = self._downsampled(window)
        feeds = {"input": self._input, "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, feeds)
        return float(output[0, 0])

    def _downsampled(self, window: Pcm) -> _Samples:
        """24 kHz to 16 kHz: two samples for every three."""
        samples = np.frombuffer(window, dtype="<i2").astype(np.float32) / np.float32(32768)
        padded = np.concatenate((self._past, samples))
        self._past = padded[1 - _TAPS :]
        spans = np.lib.stride_tricks.sliding_window_view(padded, _TAPS)[::3]
        result: _Samples = (spans @ _FILTER).reshape(-1)
        return result


def _low_pass() -> _Samples:
    """A windowed sinc that lets pass what 16 kHz can carry, for both places between three samples: (taps, 2)."""
    distance = np.arange(_TAPS)[:, None] - (_TAPS - 1) / 2 - np.array([-0.75, 0.75])
    taps = np.sinc(0.62 * distance) * np.cos(np.pi * np.clip(distance / (_TAPS + 3), -0.5, 0.5)) ** 2
    filtered: _Samples = (taps / taps.sum(axis=0)).astype(np.float32)
    return filtered


_FILTER = _low_pass()


def _model_path() -> Path:
    """Found without importing the plugin, which would load much else. Raises `FileNotFoundError`."""
    spec = importlib.util.find_spec("livekit.plugins.silero")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("livekit-plugins-silero")
    return Path(next(iter(spec.submodule_search_locations))) / "resources" / "silero_vad.onnx"


def _open(model: Path) -> Any:
    import onnxruntime  # 30 MB, for those who need it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
