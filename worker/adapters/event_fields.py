"""Single values of a service's JSON, read liberally. Pure.

Services of several houses speak this protocol, each a little differently: a number as a text, a text where an object is
expected, null where a list is. So what cannot be read counts as absent, and costs itself and nothing beside it.
"""

from __future__ import annotations

import json
import math
from typing import Any

Json = dict[str, Any]

MAX_COUNT = 2**53
WORD_CHARS = 64


def fields(value: object) -> Json:
    """Empty for what is no object."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Empty for what is neither a text nor a number."""
    if isinstance(value, str):
        return sendable(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def word(value: object) -> str:
    """A machine word: for operators, never a text of the conversation."""
    return text(value)[:WORD_CHARS]


def number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < MAX_COUNT else None


def count(value: object) -> int:
    """0 where there is none."""
    found = number(value)
    return int(found) if found is not None and found > 0 else 0


def arguments(value: object) -> str:
    """Of a function: a JSON text, or the object that it should have been."""
    if isinstance(value, dict | list):
        return sendable(json.dumps(value))
    return text(value) or "{}"


def sendable(value: str) -> str:
    """Half a surrogate pair can be said in JSON and nowhere behind us: not in a caption, not in a report."""
    return value if value.isascii() else value.encode(errors="replace").decode()
