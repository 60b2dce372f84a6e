"""Whether calls can come, as ``/readyz`` tells it. Pure."""

from __future__ import annotations

from typing import Any

READY = "ready"
Readiness = dict[str, Any]
"""``{"status": "ready"}``, or ``{"status": "not_ready", "missing": [...]}``, and what else is worth telling."""


def readiness(missing: list[str]) -> Readiness:
    return {"status": "not_ready", "missing": missing} if missing else {"status": READY}
