from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared import metric_names as names
from shared.metrics import Metrics
from tests.support.metrics import samples
from worker.readiness import readiness
from worker.supervisor.cores import usable_cores
from worker.supervisor.merged import merged_metrics, merged_readiness


def test_calls_can_come_as_soon_as_one_process_takes_them() -> None:
    found = {"1": readiness([]), "2": readiness(["api"])}
    assert merged_readiness(found) == {"status": "ready", "processes": found}


def test_what_is_missing_is_what_any_of_them_lacks() -> None:
    whole = merged_readiness({"1": readiness(["livekit", "api"]), "2": readiness(["no_answer"])})
    assert (whole["status"], whole["missing"]) == ("not_ready", ["api", "livekit", "no_answer"])


def test_what_is_degraded_in_one_is_told_of_all() -> None:
    ends = {"model": "ends_2027-01-20"}
    assert readiness([], ends) == {"status": "ready", "degraded": ends}
    whole = merged_readiness({"1": readiness(["api"], ends), "2": readiness([])})
    assert (whole["status"], whole["degraded"]) == ("ready", ends)


def _counted(offers: int) -> bytes:
    metrics = Metrics(names.WORKER)
    metrics.count(names.WORKER_CLAIMS, "won", by=offers)
    metrics.observe(names.WORKER_RESPONSE, 0.55)
    return metrics.text()


def test_samples_of_each_process_stand_together_under_one_head() -> None:
    text = merged_metrics({"1": _counted(3), "2": _counted(4)})
    found = samples(text)
    assert found['voice_worker_claims_total{process="1",outcome="won"}'] == 3
    assert found['voice_worker_claims_total{process="2",outcome="won"}'] == 4
    assert found['voice_worker_response_seconds_count{process="2"}'] == 1
    assert found['voice_worker_response_seconds_bucket{process="1",le="0.6"}'] == 1
    heads = [line for line in text.decode().splitlines() if line.startswith("# HELP")]
    assert len(heads) == len(set(heads))
    families = [family.name for family in text_string_to_metric_families(text.decode())]
    assert len(families) == len(set(families))


@pytest.mark.parametrize(("text", "most"), [("150000 100000\n", 2), ("max 100000\n", 1000), ("50000 100000", 1)])
def test_a_containers_share_of_the_machine_counts(tmp_path: Path, text: str, most: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    assert 1 <= usable_cores(quota) <= most
    assert usable_cores(tmp_path / "none") >= usable_cores(quota)
