"""Which token a request shows, and where it came from. Pure: header fields in, credentials or a refusal out.

Two ``Authorization`` fields are refused: what a proxy before us has checked must be what we check. Of the cookie a
browser sends several when it was set for several paths or domains, and some of them are old: each is a candidate, and
whoever checks them lets somebody in only when those that are good are of one person.
"""

from __future__ import annotations

from collections.abc import Iterable

from control_api.ports import Credential, NotSignedIn

SESSION_COOKIE = "__session"
MAX_COOKIES = 4
MAX_TOKEN_CHARS = 8192
"""A browser's whole cookie is at most 4096 bytes; a Bearer token with many own claims may be larger."""


def read_credentials(headers: Iterable[tuple[bytes, bytes]]) -> tuple[Credential, ...]:
    """`headers`: ASGI's, names in lower case. An ``Authorization`` of any kind goes before the cookie, as with Clerk's
    own libraries. Empty: the request shows nothing. Several: cookies of different values. Raises `NotSignedIn` for what
    cannot be a token."""
    authorizations: list[str] = []
    cookies: list[str] = []
    for name, value in headers:
        if name == b"authorization":
            authorizations.append(value.decode("latin-1"))
        elif name == b"cookie":
            cookies.extend(_session_cookies(value.decode("latin-1")))
    if authorizations:
        return (Credential(_bearer(_only(authorizations)), is_cookie=False),)
    # Signed out, Clerk's page leaves the cookie empty.
    values = dict.fromkeys(filter(None, cookies))
    if len(values) > MAX_COOKIES:
        raise NotSignedIn
    return tuple(Credential(_bounded(value), is_cookie=True) for value in values)


def _session_cookies(header: str) -> list[str]:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [value.strip() for name, _, value in pairs if name.rstrip() == SESSION_COOKIE]


def _bearer(value: str) -> str:
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn
    return _bounded(token.strip(" "))


def _only(values: list[str]) -> str:
    if len(values) != 1:
        raise NotSignedIn
    return values[0]


def _bounded(token: str) -> str:
    if not token or len(token) > MAX_TOKEN_CHARS:
        raise NotSignedIn
    return token
