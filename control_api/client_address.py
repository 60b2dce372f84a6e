"""Who is at the other end, when proxies stand between. Pure.

``X-Forwarded-For`` is written by whoever sends the request, and each honest proxy appends the address that it saw. So
only what our own proxies appended can be believed: the list is read from the right, and the first address that is not
one of `trusted` is the client. With no trusted proxy (the default) the header is not read at all.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_HOPS = 32
"""Of a longer list only the right end is read; no real path has so many proxies of ours."""
_MAX_ENTRY_CHARS = 64
_IPV6_PREFIX = 64


def parse_networks(text: str) -> tuple[Network, ...]:
    """``10.0.0.0/8, 192.168.1.7, fd00::/8``. Raises ValueError; the text names the entry's position, not its value."""
    networks: list[Network] = []
    for position, entry in enumerate((part.strip() for part in text.split(",")), start=1):
        try:
            networks.append(ipaddress.ip_network(entry))
        except ValueError:
            raise ValueError(f"entry {position} is no network like 10.0.0.0/8 or address") from None
    return tuple(networks)


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Iterable[Network]) -> Address | None:
    """`peer`: the socket's other end; `forwarded_for`: the header's values in the order of their lines.

    None when there is no address to speak of (a Unix socket). An entry that is no address ends the walk: what stands
    left of it was not written by a proxy of ours.
    """
    address = _parse(peer or "")
    networks = tuple(trusted)
    if address is None or not _is_trusted(address, networks):
        return address
    for entry in _from_the_right(forwarded_for):
        before = _parse(entry)
        if before is None:
            return address
        address = before
        if not _is_trusted(address, networks):
            return address
    return address


def rate_key(address: Address | None) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 customer has at least."""
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


def _from_the_right(forwarded_for: Sequence[str]) -> list[str]:
    joined = ",".join(forwarded_for)
    return [entry.strip() for entry in joined.rsplit(",", MAX_HOPS)[-MAX_HOPS:][::-1]] if joined else []


def _is_trusted(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _parse(entry: str) -> Address | None:
    """Also ``1.2.3.4:567`` and ``[::1]:567``, as some proxies write them; a mapped IPv4 address is that address."""
    if len(entry) > _MAX_ENTRY_CHARS:
        return None
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
