"""What a field of somebody else's JSON can hold in place of what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

ABSENT: Final = object()
ODD: Final[tuple[Any, ...]] = (
    ABSENT, None, True, False, 0, -1, 7, 1.5, 1e300, float("nan"), float("inf"), 10**30,
    "", "odd", "7", "\ud800", [], [None], ["odd"], [{}], {}, {"odd": {"odd": None}},
)  # fmt: skip


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """To every field, and to each of what it holds."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in inner:
        yield (*before, name)
        yield from paths(held, (*before, name))
