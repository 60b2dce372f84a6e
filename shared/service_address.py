"""The addresses of a service that speaks OpenAI's protocol, made of one base address. Pure.

Everybody who asks such a service makes its addresses here, so that what the doctor has tried is what a call uses. A
base may have a longer path (a gateway's), a query, a slash at its end, ``ws`` for ``http``, or already end in
``/realtime``, as some services print it.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from shared.written import SAME_AS_WEB, WEB, address, plain

REALTIME = "realtime"
OPENAI_HOST = "api.openai.com"
"""Which has nothing above ``/v1``; other services may."""
_HTTP = SAME_AS_WEB
_PAGES = (f"/{REALTIME}", "/models", "/chat/completions", "/responses", "/audio/transcriptions")
"""That a base is not, and that is copied as one."""


def checked_base(value: str) -> str:
    """As it will be used, without what surrounds it. Raises ValueError, whose text is a sentence."""
    value = plain(value)
    if not value:
        return ""
    value = address(value, WEB, SAME_AS_WEB)
    if urlsplit(value).username is not None:
        raise ValueError("must not hold a name or a password")
    return value


def service_url(base: str, page: str) -> str:
    """``page`` below ``base``; the query stays."""
    parts = urlsplit(base)
    path = parts.path.rstrip("/")
    path = next((path.removesuffix(page) for page in _PAGES if path.endswith(page)), path).rstrip("/")
    if not path and (parts.hostname or "").endswith(OPENAI_HOST):
        path = "/v1"
    scheme = _HTTP.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, f"{path}/{page}", parts.query, ""))
