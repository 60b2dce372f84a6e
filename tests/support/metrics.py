"""Reading what a process says of itself."""

from __future__ import annotations


def samples(text: bytes) -> dict[str, float]:
    """Prometheus' text -> ``name{labels}`` as it stands there, and the value."""
    lines = (line for line in text.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}
