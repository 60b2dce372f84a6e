from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack, running_stack

SCRIPT = Path(__file__).parent / "two_turns.yaml"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with a model that hears and says what its script says."""
    with running_stack(tmp_path_factory.mktemp("stack"), script=SCRIPT) as stack:
        yield stack
