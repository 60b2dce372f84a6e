"""By which proxy a connection goes out: one rule for all of them, from the variables that everybody knows.

``HTTPS_PROXY`` is for https and wss, ``HTTP_PROXY`` for http and ws, ``ALL_PROXY`` for what has none of its own, each
also in small letters, which go first. ``NO_PROXY`` lists who is asked directly: names (``example.com`` and
``.example.com`` are it and all below it), addresses, networks (``10.0.0.0/8``), each with a port where it is only that
one, or ``*``. This machine (loopback) is never asked through a proxy.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.written import plain

_SCHEMES = {"https": "https", "wss": "https", "http": "http", "ws": "http"}
_PORTS = {"https": 443, "http": 80}
_VARIABLES = ("https_proxy", "http_proxy", "all_proxy")


@dataclass(frozen=True, slots=True)
class Proxies:
    by_scheme: Mapping[str, str]
    """``https`` and ``http``; an address may hold a user and a password."""
    direct: tuple[str, ...] = ()
    """The parts of ``NO_PROXY``."""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Proxies:
        everything = _read(environ, "all_proxy")
        found = {scheme: _read(environ, f"{scheme}_proxy") or everything for scheme in _PORTS}
        direct = [part.strip().lower() for part in _read(environ, "no_proxy").split(",")]
        return cls({scheme: _with_scheme(url) for scheme, url in found.items() if url}, tuple(filter(None, direct)))

    def of_url(self, url: str) -> str | None:
        """The proxy's address; None: `url` is asked directly."""
        parts = urlsplit(url)
        scheme = _SCHEMES.get(parts.scheme)
        host = (parts.hostname or "").rstrip(".")
        if scheme is None or _is_loopback(host):
            return None
        port = parts.port or _PORTS[scheme]
        return None if any(_is_meant(part, host, port) for part in self.direct) else self.by_scheme.get(scheme)

    def hide_from(self, environ: MutableMapping[str, str], url: str) -> None:
        """Take the variables away when `url` is asked directly: LiveKit's native library reads them by itself, and
        knows no ``NO_PROXY``."""
        if self.of_url(url) is None:
            for name in _VARIABLES:
                environ.pop(name, None)
                environ.pop(name.upper(), None)


def proxy_of(url: str) -> str | None:
    """The address of the proxy by which this process asks `url`; None: directly. By its environment as it is now."""
    return Proxies.of(os.environ).of_url(url)


def _read(environ: Mapping[str, str], name: str) -> str:
    return plain(environ.get(name) or "") or plain(environ.get(name.upper()) or "")


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_meant(part: str, host: str, port: int) -> bool:
    if part == "*":
        return True
    name, separator, digits = part.rpartition(":")
    if separator and digits.isdecimal() and (":" not in name or name.startswith("[")):
        return int(digits) == port and _is_meant(name, host, port)
    part = part.strip("[]")
    if _is_in_network(part, host):
        return True
    part = part.removeprefix("*").lstrip(".")
    return host == part or host.endswith(f".{part}")


def _is_in_network(part: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(part, strict=False)
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
