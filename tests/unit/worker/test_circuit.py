from __future__ import annotations

import pytest

from shared.call_state import EndReason
from worker.circuit import PROBE_MAX_S, PROBE_MIN_S, UNPROVEN, Circuit
from worker.ports import ModelLost

KEY = ModelLost(EndReason.PROVIDER_AUTH, "invalid_api_key", is_final=True)
MONEY = ModelLost(EndReason.PROVIDER_QUOTA, "insufficient_quota", is_final=True)
BUSY = ModelLost(EndReason.PROVIDER_QUOTA, "http_429 rate_limit_exceeded")
GONE = ModelLost(EndReason.PROVIDER_DOWN, "http_404", is_final=True)
AWAY = ModelLost(EndReason.PROVIDER_DOWN, "ClientConnectorError")


def proven() -> Circuit:
    circuit = Circuit()
    circuit.probed(None)
    return circuit


def test_it_takes_no_calls_before_the_first_probe() -> None:
    circuit = Circuit()
    assert circuit.problem == UNPROVEN
    circuit.probed(AWAY)
    assert circuit.problem == "provider_down"
    circuit.probed(None)
    assert circuit.problem is None


@pytest.mark.parametrize(
    ("loss", "problem"),
    [(KEY, "provider_auth"), (MONEY, "provider_quota"), (BUSY, None), (GONE, None), (AWAY, None)],
)
def test_only_what_every_call_would_meet_opens_it(loss: ModelLost, problem: str | None) -> None:
    circuit = proven()
    assert circuit.refused(loss) is (problem is not None)
    assert circuit.problem == problem


def test_it_opens_once() -> None:
    circuit = proven()
    assert [circuit.refused(KEY), circuit.refused(KEY), circuit.refused(MONEY)] == [True, False, False]


def test_money_is_asked_for_with_an_answer_until_there_is_some() -> None:
    circuit = proven()
    circuit.refused(MONEY)
    assert circuit.needs_answer
    circuit.probed(AWAY)
    assert circuit.needs_answer
    circuit.probed(None)
    assert not circuit.needs_answer


def test_probes_become_rarer() -> None:
    circuit = proven()
    circuit.refused(KEY)
    waits = []
    for _ in range(12):
        waits.append(circuit.next_probe_s)
        circuit.probed(KEY)
    assert waits[:4] == [PROBE_MIN_S, PROBE_MIN_S * 2, PROBE_MIN_S * 4, PROBE_MIN_S * 8]
    assert waits[-1] == PROBE_MAX_S
