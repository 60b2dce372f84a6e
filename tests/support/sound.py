"""Where in a recording something is: by correlation."""

from __future__ import annotations

from dataclasses import dataclass
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


PIECE_MS = 200
STEP_MS = 10
STRETCH_MS = 200
"""So far may a piece have moved against the others: what a jitter buffer on a busy machine puts in or leaves out."""
APART_MS = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    delay_ms: float
    """To `STEP_MS` and what was stretched."""
    likeness: float
    """From 0 to 1."""
    elsewhere: float
    """The greatest likeness at any place that is more than `APART_MS` away."""


def find_stretched(spoken: NDArray[Any], heard: NDArray[Any]) -> Found:
    """Where the pieces of `spoken` come one behind the other, each unspoilt, with longer or shorter pauses between them
    than when they were spoken: a jitter buffer stretches and cuts between waves, which `best_match` takes for another
    sound."""
    size = pcm.SAMPLE_RATE_HZ * PIECE_MS // 1000
    pieces = [spoken[at : at + size] for at in range(0, len(spoken) - size + 1, size)]
    alike = [np.roll(_stretched(_likeness(piece, heard)), -at * PIECE_MS // STEP_MS) for at, piece in enumerate(pieces)]
    total = np.mean(alike, axis=0)[: len(alike[0]) - (len(pieces) - 1) * PIECE_MS // STEP_MS]
    at = int(np.argmax(total))
    # A piece that was found up to `STRETCH_MS` away makes a plateau, in the middle of which the sound is.
    last = at + int(np.argmin(np.append(total[at:] > total[at] - 1e-9, False))) - 1
    middle = (at + last) // 2
    far = APART_MS // STEP_MS
    others = np.concatenate([total[: max(middle - far, 0)], total[middle + far :], [0.0]])
    return Found(middle * STEP_MS, float(total[at]), float(others.max()))


def _likeness(piece: NDArray[Any], heard: NDArray[Any]) -> NDArray[np.float64]:
    """From 0 to 1 for each `STEP_MS` of `heard`: of `piece` with what begins in them."""
    a, b = piece.astype(np.float64), heard.astype(np.float64)
    size = 1 << (len(a) + len(b)).bit_length()
    product = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(b)]
    sums = np.concatenate([[0.0], np.cumsum(np.append(b, np.zeros(len(a))) ** 2)])
    energy = np.sqrt((sums[len(a) :][: len(b)] - sums[: len(b)]).clip(0) * np.dot(a, a))
    likeness = np.divide(product, energy, out=np.zeros(len(b)), where=energy > len(a) * 100.0)
    step = pcm.SAMPLE_RATE_HZ * STEP_MS // 1000
    blocks: NDArray[np.float64] = likeness[: len(b) // step * step].reshape(-1, step).max(axis=1)
    return blocks


def _stretched(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """At each place the greatest of all that are no more than `STRETCH_MS` away."""
    around = STRETCH_MS // STEP_MS
    padded = np.pad(likeness, around)
    widest: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1).max(axis=1)
    return widest
