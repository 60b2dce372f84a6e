"""Tests find a sound in a recording also where a jitter buffer has stretched it: how they do that."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared import pcm
from tests.support.sound import STRETCH_MS, best_match, find_stretched

SAID_MS = 1_000
AT_MS = 3_000


def noise(ms: int, seed: int) -> NDArray[Any]:
    samples = np.random.default_rng(seed).normal(0, 3_000, ms * pcm.SAMPLE_RATE_HZ // 1000)
    return samples.astype(np.int16)


def silence(ms: int) -> NDArray[Any]:
    return np.zeros(ms * pcm.SAMPLE_RATE_HZ // 1000, dtype=np.int16)


SAID, OTHERS = noise(SAID_MS, 1), noise(2_000, 2)


def samples(ms: int) -> int:
    return ms * pcm.SAMPLE_RATE_HZ // 1000


def test_what_is_as_it_was_said_is_found_where_it_is() -> None:
    found = find_stretched(SAID, np.concatenate([OTHERS, silence(1_000), SAID, OTHERS]))
    assert abs(found.delay_ms - AT_MS) <= 20
    assert found.likeness > 0.95 > 0.3 > found.elsewhere


def test_what_was_torn_apart_is_found_all_the_same() -> None:
    torn = [SAID[: samples(400)], silence(110), SAID[samples(400) : samples(600)], silence(90), SAID[samples(630) :]]
    heard = np.concatenate([OTHERS, silence(1_000), *torn, OTHERS])
    found = find_stretched(SAID, heard)
    assert abs(found.delay_ms - AT_MS) <= STRETCH_MS
    assert found.likeness > 0.85
    assert best_match(SAID, heard)[1] < 0.7, "as a whole it is like nothing that was said"


def test_what_is_not_there_is_like_nothing() -> None:
    found = find_stretched(noise(SAID_MS, 3), np.concatenate([OTHERS, silence(1_000), OTHERS]))
    assert found.likeness < 0.3
