"""What is watched is what there is: dashboard and alert rules use declared names, and the labels that these have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import promql_parser
import pytest
import yaml

from shared.metric_names import MetricKind, declared

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
LIBRARY = {"process_cpu_seconds_total", "process_resident_memory_bytes"}
OF_THE_TARGET = {"instance", "job", "process"}
"""Labels that a scrape adds, or a worker with several processes."""


def rules() -> list[dict[str, object]]:
    groups = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[tuple[str, str]]:
    """Title and expression of each rule and curve."""
    found = []
    for rule in rules():
        found.append((str(rule["alert"]), str(rule["expr"])))
    for panel in json.loads((DEPLOY / "grafana/voice-calls.json").read_text())["panels"]:
        for target in panel["targets"]:
            found.append((panel["title"], target["expr"].replace("$__rate_interval", "5m")))
    return found


def samples() -> dict[str, set[str]]:
    """Every name that a scrape can hold -> its labels."""
    found = dict.fromkeys(LIBRARY, OF_THE_TARGET)
    for name, metric in declared().items():
        labels = set(metric.labels) | OF_THE_TARGET
        if metric.kind is MetricKind.HISTOGRAM:
            found |= {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}
        else:
            found[name] = labels
    return found


@pytest.mark.parametrize(("title", "expression"), expressions(), ids=lambda text: text[:40])
def test_an_expression_can_be_read_and_names_what_is_declared(title: str, expression: str) -> None:
    promql_parser.parse(expression)
    named = set(re.findall(r"\b(?:voice|process)_[a-z_]+", expression))
    assert named, title
    assert named - set(samples()) == set()
    used = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(",")} | set(
        re.findall(r"([a-z_]+)(?:=|!=|=~|!~)\"", expression)
    )
    known = set[str]().union(*(samples()[name] for name in named))
    assert used - known == set()


def test_labels_in_legends_survive_the_sum() -> None:
    for panel in json.loads((DEPLOY / "grafana/voice-calls.json").read_text())["panels"]:
        for target in panel["targets"]:
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            kept = {
                label.strip() for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for label in group.split(",")
            }
            assert shown <= (kept or OF_THE_TARGET), panel["title"]


def test_every_alert_says_what_it_means_and_how_urgent_it_is() -> None:
    for rule in rules():
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
        assert str(rule["annotations"]["summary"]).endswith(".")  # type: ignore[index]


def test_no_metric_is_forgotten() -> None:
    """What is worth counting is worth showing."""
    shown = " ".join(expression for _, expression in expressions())
    unseen = {name for name in declared() if not re.search(rf"\b{name}(?:_bucket|_count|_sum)?\b", shown)}
    assert unseen <= {
        "voice_api_calls_opened_total",
        "voice_api_claims_total",
        "voice_api_dispatches_total",
        "voice_api_response_seconds",
        "voice_api_tokens_total",
        "voice_api_slow_streams_total",
        "voice_worker_calls_ended_total",
        "voice_worker_agents_gone_total",
    }
