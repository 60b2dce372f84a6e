"""Our own signed links, for recordings that lie in a folder: what S3 does for those in a bucket. Pure.

A link says which file and until when, and carries an HMAC over both. Whoever has it may fetch the file until then, and
nobody without it may. Its path is one of `control_api.recording_paths`, so it has one spelling.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

ROUTE = "/api/voice/recording/file"


class BadLink(Exception):
    """Forged, changed, or too old."""


def derived_key(secret: str) -> bytes:
    """A key for links from a secret that has other uses."""
    return hmac.digest(secret.encode(), b"links to recordings", "sha256")


def make_link(base_url: str, key: bytes, path: str, expires_s: int) -> str:
    """`expires_s`: in epoch seconds."""
    query = {"path": path, "expires": expires_s, "signature": _signature(key, path, expires_s)}
    return f"{base_url.rstrip('/')}{ROUTE}?{urlencode(query, safe='/')}"


def check_link(key: bytes, path: str, expires: str, signature: str, now_s: float) -> None:
    """Raises `BadLink`."""
    is_number = expires.isascii() and expires.isdigit() and len(expires) <= 12
    expected = _signature(key, path, int(expires)) if is_number else ""
    if not expected or not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        raise BadLink("signature")
    if now_s >= int(expires):
        raise BadLink("expired")


def _signature(key: bytes, path: str, expires_s: int) -> str:
    text = f"{expires_s}\n{path}".encode(errors="surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()
