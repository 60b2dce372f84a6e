"""Moments in a query: what is taken, and how the published description puts it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def instant_ms(text: str) -> int:
    """Milliseconds since 1970. Raises ValueError for what is not ISO 8601 with an offset from UTC."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("must be a time as 2026-03-31T14:05:00Z, with its offset from UTC")
    try:
        return (datetime.fromisoformat(text.upper()) - _EPOCH) // _MS
    except (ValueError, OverflowError):
        raise ValueError("must be a time that there is") from None


def _checked(text: str) -> str:
    instant_ms(text)
    return text


InstantField = Annotated[str, AfterValidator(_checked), Field(json_schema_extra={"format": "date-time"})]
