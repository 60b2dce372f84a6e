"""Several processes' answers as one. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from worker.readiness import READY, Readiness, readiness

LABEL = "process"


def merged_readiness(found: Mapping[str, Readiness]) -> Readiness:
    """By process. Calls can come as soon as one of them takes calls."""
    degraded = {name: why for one in found.values() for name, why in one.get("degraded", {}).items()}
    if any(one["status"] == READY for one in found.values()):
        whole = readiness([], degraded)
    else:
        whole = readiness(sorted({missing for one in found.values() for missing in one["missing"]}), degraded)
    return {**whole, "processes": dict(found)}


def merged_metrics(found: Mapping[str, bytes]) -> bytes:
    """Prometheus' texts by process, as `shared.metrics` writes them: each sample gets the label `LABEL`, and what
    belongs to one metric stands together, as the format wants it."""
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for process, text in found.items():
        name = ""
        for line in text.decode().splitlines():
            if line.startswith("# HELP "):
                name = line.split(" ", 3)[2]
            if not line.startswith("#"):
                samples.setdefault(name, []).append(_labelled(line, process))
            elif line not in heads.get(name, ()):
                heads.setdefault(name, []).append(line)
    lines = [line for name, head in heads.items() for line in (*head, *samples.get(name, ()))]
    return "".join(f"{line}\n" for line in lines).encode()


def _labelled(sample: str, process: str) -> str:
    name, brace, rest = sample.partition("{")
    if brace:
        return f'{name}{{{LABEL}="{process}",{rest}'
    name, _, value = sample.partition(" ")
    return f'{name}{{{LABEL}="{process}"}} {value}'
