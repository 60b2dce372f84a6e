"""What a browser may do on our pages: the headers of every page. Pure.

Scripts and connections only from here, from the media server, from the store of recordings and, where Clerk is the
sign-in, from Clerk. A nonce lets one library put a style sheet into the shadow root of the waveform that it draws; no
script can be let in by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit


def page_headers(
    *, livekit_url: str | None, clerk_origin: str | None, store_origins: Sequence[str], nonce: str
) -> dict[str, str]:
    clerk = () if clerk_origin is None else (clerk_origin,)
    sources = {
        "default-src": ("'none'",),
        "script-src": ("'self'", *clerk),
        "style-src": ("'self'", f"'nonce-{nonce}'"),
        "font-src": ("'self'",),
        "img-src": ("'self'", "data:"),
        # A recording may lie in a bucket of any provider; its link is signed and lives an hour.
        "media-src": ("'self'", "blob:", "https:", *store_origins),
        "connect-src": ("'self'", *media_server_origins(livekit_url), *store_origins, *clerk),
        "base-uri": ("'none'",),
        "form-action": ("'none'",),
        "frame-ancestors": ("'none'",),
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {' '.join(allowed)}" for name, allowed in sources.items()),
        "Permissions-Policy": "microphone=(self), autoplay=(self), camera=(), geolocation=(), display-capture=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def media_server_origins(url: str | None) -> tuple[str, ...]:
    """LiveKit's client opens a WebSocket, and asks the same host over HTTP why it could not."""
    if url is None:
        return ()
    parts = urlsplit(url)
    is_secure = parts.scheme in ("wss", "https")
    socket, http = ("wss", "https") if is_secure else ("ws", "http")
    return f"{socket}://{parts.netloc}", f"{http}://{parts.netloc}"
