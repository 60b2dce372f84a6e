from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.otlp_receiver import OtlpReceiver, otlp_receiver
from tests.support.stack import Stack, running_stack

SCRIPT = Path(__file__).parents[1] / "two_turns.yaml"

SETTINGS = {"VOICE_RECOVERY_GIVE_UP_S": "60"}
"""The start of a worker takes its time on a machine that carries other tests."""


@pytest.fixture(scope="package")
def collector() -> Iterator[OtlpReceiver]:
    """What OpenTelemetry's would be: it has the traces of all calls."""
    with otlp_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory, collector: OtlpReceiver) -> Iterator[Stack]:
    """The whole system with a model that hears and says what its script says: one for all files here."""
    settings = {**SETTINGS, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    with running_stack(tmp_path_factory.mktemp("stack"), script=SCRIPT, settings=settings) as stack:
        yield stack


@pytest.fixture
def stack(running: Stack) -> Stack:
    """Whatever the test before has killed is back."""
    running.has_a_worker()
    return running
