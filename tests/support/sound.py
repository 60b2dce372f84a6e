"""Where in a recording something is: by correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared import pcm


def delay_ms(spoken: NDArray[Any], heard: NDArray[Any]) -> float:
    """How much later `spoken` (mono, 24 kHz) begins in `heard` than at its start, where they are most alike."""
    return best_match(spoken, heard)[0]


def best_match(spoken: NDArray[Any], heard: NDArray[Any]) -> tuple[float, float]:
    """(delay in ms, likeness from 0 to 1)."""
    size = 1 << (len(spoken) + len(heard)).bit_length()
    a, b = (np.fft.rfft(audio.astype(np.float64), size) for audio in (spoken, heard))
    likeness = np.fft.irfft(b * np.conj(a), size)
    at = int(np.argmax(likeness))
    # Behind the end of what was heard are the places before its beginning.
    shift = at if at < len(heard) else at - size
    around = heard[max(shift, 0) : max(shift, 0) + len(spoken)].astype(np.float64)
    energy = np.sqrt(float(np.dot(around, around)) * float(np.sum(spoken.astype(np.float64) ** 2)))
    return shift * 1000 / pcm.SAMPLE_RATE_HZ, float(likeness[at]) / energy if energy else 0.0
