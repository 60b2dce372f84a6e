"""Schemathesis against the real API, the short form of ``make fuzz-api``: always the same requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api_fuzz.run import fuzz

SEED = 1
MAX_EXAMPLES = 10
ENOUGH_CASES = 900
"""Fewer mean that it could not do its work."""


@pytest.mark.timeout(400)  # half a minute on an idle machine
async def test_generated_requests_find_nothing(tmp_path: Path) -> None:
    outcome = await fuzz(tmp_path, seed=SEED, max_examples=MAX_EXAMPLES)
    assert outcome.is_clean, outcome.text
    assert outcome.cases >= ENOUGH_CASES, outcome.text
