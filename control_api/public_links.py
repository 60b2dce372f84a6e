"""Links that leave the house: which of them a browser can open, and from where it loads recordings. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from control_api.access_settings import is_loopback
from shared.store_address import StoreAddress, StoreKind

_INNER_ENDINGS = (".internal", ".svc", ".cluster.local", ".docker", ".localdomain")
"""Of names that only the machines of one network know."""
_US_EAST = "us-east-1"


def why_closed(url: str, pages_url: str | None = None) -> str | None:
    """Why no browser elsewhere can open `url`, as the end of a sentence; None when nothing speaks against it.
    `pages_url`: where the pages are that hold the link, as far as that is known."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if is_loopback(host):
        return None  # everything is on one machine
    if _is_unspecified(host):
        return f"{host} is no address that can be asked"
    if "." not in host and ":" not in host:
        return f"{host} is a name that only machines of one network know"
    if host.endswith(_INNER_ENDINGS):
        return f"names that end like {host} are known in one network only"
    if parts.scheme in ("http", "ws") and pages_url is not None and pages_url.startswith("https://"):
        return f"a page of https:// loads nothing by {parts.scheme}://"
    return None


def store_origins(address: StoreAddress, *, region: str | None, endpoint: str | None) -> tuple[str, ...]:
    """Where links to recordings lead: for a page's policy. `endpoint`: the one that browsers are given. Empty for a
    folder, which we serve ourselves."""
    match address.kind:
        case StoreKind.FOLDER:
            return ()
        case StoreKind.GOOGLE:
            return ("https://storage.googleapis.com",)
        case StoreKind.AZURE:
            return ("https://*.blob.core.windows.net",)
        case StoreKind.S3 if endpoint is not None:
            return (origin_of(endpoint),)
        case StoreKind.S3:
            host = f"s3.{region or _US_EAST}.amazonaws.com"
            return f"https://{host}", f"https://{address.name}.{host}"


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_unspecified(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
