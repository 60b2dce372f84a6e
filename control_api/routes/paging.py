"""The ``Link`` header of a list: where the next page is, and the one before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def page_links(path: str, query: Mapping[str, str], *, total: int, limit: int, offset: int) -> str | None:
    """`query`: what the list was asked for with. None: there is no other page."""
    offsets = {"prev": max(0, offset - limit) if offset > 0 else None, "next": offset + limit}
    links = [
        f'<{path}?{urlencode({**query, "limit": limit, "offset": at})}>; rel="{rel}"'
        for rel, at in offsets.items()
        if at is not None and at < total
    ]
    return ", ".join(links) or None
