"""Names of models, which may carry the date of their version, and when the service shuts them down. Pure.

The dates are those that OpenAI has announced (its SDK 3.54 carries them; developers.openai.com/api/docs/deprecations).
A service may tell newer ones of its own (`shutdown_date` of ``GET /v1/models``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

WARN_DAYS: Final = 60
_REALTIME = date(2027, 1, 20)
_TRANSCRIBERS = date(2027, 2, 26)
SHUTDOWNS: Final[Mapping[str, date]] = {
    "gpt-realtime": _REALTIME,
    "gpt-realtime-mini": _REALTIME,
    "gpt-audio-mini": _REALTIME,
    "whisper-1": _TRANSCRIBERS,
    "gpt-4o-transcribe": _TRANSCRIBERS,
    "gpt-4o-mini-transcribe": _TRANSCRIBERS,
    "gpt-4o-transcribe-diarize": _TRANSCRIBERS,
}
"""Without the dates of versions: these end with the name."""
_DATED = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")


def undated(name: str) -> str:
    """``gpt-realtime-2025-08-28`` is a ``gpt-realtime``."""
    dated = _DATED.fullmatch(name)
    return dated[1] if dated else name


def shutdown_of(name: str, told: Mapping[str, date] | None = None) -> date | None:
    """`told`: what the service itself says of its models, which goes before what we know."""
    known = told or {}
    return known.get(name) or SHUTDOWNS.get(name) or SHUTDOWNS.get(undated(name))


def ends_soon(name: str, today: date, told: Mapping[str, date] | None = None) -> date | None:
    """The date, when it is less than `WARN_DAYS` ahead, or over."""
    day = shutdown_of(name, told)
    return day if day is not None and (day - today).days <= WARN_DAYS else None


def endings(models: Mapping[str, str], now_ms: int, told: Mapping[str, date] | None = None) -> dict[str, date]:
    """Of what is used, by whatever name (a setting's): that which ends soon, and when."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    found = {name: ends_soon(model, today, told) for name, model in models.items()}
    return {name: day for name, day in found.items() if day is not None}


def as_words(found: Mapping[str, date]) -> dict[str, str]:
    """For machines: ``ends_2027-01-20``."""
    return {name: f"ends_{day.isoformat()}" for name, day in found.items()}
