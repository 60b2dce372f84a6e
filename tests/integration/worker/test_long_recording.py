"""A long recording, faster than real time: what `make bench-recording` measures, short."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scripts.bench_recording.long_call import run


async def test_half_an_hour_is_whole_and_soon_stored_and_costs_no_memory(tmp_path: Path) -> None:
    outcome = await asyncio.wait_for(run(0.5, tmp_path), 90)
    assert outcome.duration_s == pytest.approx(1_800, abs=0.2), "nothing was dropped"
    assert outcome.ready_s < 10
    assert outcome.memory_mb[-1] - outcome.memory_mb[0] < 10
