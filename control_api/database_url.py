"""Which databases can be used."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


def parse_url(url: str) -> URL:
    """Raises ValueError for a URL that is not ``sqlite:///PATH``."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("must be sqlite:///PATH, and is no database URL") from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise ValueError("must be sqlite:///PATH")
    if parsed.host:
        # The first part of the path would be lost.
        raise ValueError("must be sqlite:///PATH, and has two slashes (an absolute path makes four)")
    return parsed.set(drivername="sqlite+pysqlite")
