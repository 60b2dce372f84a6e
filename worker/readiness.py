"""Whether calls can come, as ``/readyz`` tells it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READY = "ready"
Readiness = dict[str, Any]
"""``{"status": "ready"}``, or ``{"status": "not_ready", "missing": [...]}``, and what else is worth telling."""


def readiness(missing: list[str], degraded: Mapping[str, str] | None = None) -> Readiness:
    """`degraded`: what is not as it should be, although calls can come, by name."""
    ready: Readiness = {"status": "not_ready", "missing": missing} if missing else {"status": READY}
    return {**ready, "degraded": dict(degraded)} if degraded else ready
