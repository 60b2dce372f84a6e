"""Whether a page may write with our user's cookie. Pure.

A browser adds the cookie to a request whichever page caused it, and names that page in ``Origin``; no page can change
that header, and browsers send it with every method that writes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def normal_origin(text: str) -> str:
    """``https://app.example`` or ``http://localhost:3000``, in lower case. Raises ValueError for what is no origin."""
    parts = urlsplit(text.strip().lower())
    port = parts.port  # raises ValueError when it is no port
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be http(s)://host[:port]")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must have no path")
    is_usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def may_write(origins: Sequence[str], allowed: Collection[str]) -> bool:
    """`origins`: the values of the request's ``Origin`` lines. None, several, ``null`` or another's: it may not."""
    return len(origins) == 1 and origins[0].lower() in allowed
