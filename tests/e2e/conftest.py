from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack, running_stack

SCRIPT = Path(__file__).parent / "two_turns.yaml"

SETTINGS = {"VOICE_RECOVERY_GIVE_UP_S": "60"}
"""The start of a worker takes its time on a machine that carries other tests."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with a model that hears and says what its script says."""
    with running_stack(tmp_path_factory.mktemp("stack"), script=SCRIPT, settings=SETTINGS) as stack:
        yield stack
