"""The addresses of a service that speaks OpenAI's protocol, made of one base address. Pure.

Everybody who asks such a service makes its addresses here, so that what the doctor has tried is what a call uses. A
base may have a longer path (a gateway's), a query, a slash at its end, ``ws`` for ``http``, or already end in
``/realtime``, as some services print it.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

REALTIME = "realtime"
_HTTP = {"ws": "http", "wss": "https"}


def checked_base(value: str) -> str:
    """As it will be used, without what surrounds it. Raises ValueError, whose text is a sentence."""
    value = value.strip()
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    if parts.username is not None:
        raise ValueError("must not hold a name or a password")
    return value


def service_url(base: str, page: str) -> str:
    """``page`` below ``base``; the query stays."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/").removesuffix(f"/{REALTIME}").rstrip("/")
    scheme = _HTTP.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, f"{path}/{page}", parts.query, ""))
