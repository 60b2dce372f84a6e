from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack, running_stack

SCRIPT = Path(__file__).parents[1] / "two_turns.yaml"
SLOTS = 20
"""Of each."""


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with two workers, and people are told that they are recorded: one for all files here."""
    settings = {"RECORDING_NOTICE": "spoken"}
    with running_stack(tmp_path_factory.mktemp("stack"), script=SCRIPT, settings=settings, workers=2) as stack:
        yield stack


@pytest.fixture
def stack(running: Stack) -> Stack:
    """Whatever the test before has killed is back, and no call is left."""
    running.has_free_slots(2 * SLOTS)
    return running
