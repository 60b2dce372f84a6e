from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.client_address import MAX_HOPS, client_address, parse_networks, rate_key

PROXIES = parse_networks("10.0.0.0/8, fd00::/8, 192.0.2.1")
CASES = [
    ("no proxy is trusted", "198.51.100.1", ["1.1.1.1"], "", "198.51.100.1"),
    ("the peer is no proxy of ours", "198.51.100.1", ["1.1.1.1"], "10.0.0.0/8", "198.51.100.1"),
    ("one proxy", "10.0.0.1", ["203.0.113.5"], "10.0.0.0/8", "203.0.113.5"),
    ("what the client wrote stands left", "10.0.0.1", ["6.6.6.6, 203.0.113.5"], "10.0.0.0/8", "203.0.113.5"),
    ("two proxies", "10.0.0.1", ["203.0.113.5, 10.0.0.2"], "10.0.0.0/8", "203.0.113.5"),
    ("several lines are one list", "10.0.0.1", ["6.6.6.6", "203.0.113.5", "10.0.0.2"], "10.0.0.0/8", "203.0.113.5"),
    ("the client pretends to be a proxy", "10.0.0.1", ["10.9.9.9, 203.0.113.5"], "10.0.0.0/8", "203.0.113.5"),
    ("all are ours: the outermost", "10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.0/8", "10.0.0.3"),
    ("a trusted proxy without the header", "10.0.0.1", [], "10.0.0.0/8", "10.0.0.1"),
    ("rubbish ends the walk", "10.0.0.1", ["203.0.113.5, rubbish, 10.0.0.2"], "10.0.0.0/8", "10.0.0.2"),
    ("an empty entry ends the walk", "10.0.0.1", ["203.0.113.5,,10.0.0.2"], "10.0.0.0/8", "10.0.0.2"),
    ("a port", "10.0.0.1", ["203.0.113.5:4711"], "10.0.0.0/8", "203.0.113.5"),
    ("IPv6 with a port", "10.0.0.1", ["[2001:db8::1]:4711"], "10.0.0.0/8", "2001:db8::1"),
    ("a mapped peer", "::ffff:10.0.0.1", ["203.0.113.5"], "10.0.0.0/8", "203.0.113.5"),
    ("another family of network", "10.0.0.1", ["203.0.113.5"], "fd00::/8", "10.0.0.1"),
]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "trusted", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_client(peer: str, forwarded_for: list[str], trusted: str, expected: str) -> None:
    networks = parse_networks(trusted) if trusted else ()
    assert str(client_address(peer, forwarded_for, networks)) == expected


def test_a_unix_socket_has_no_address() -> None:
    assert client_address(None, ["1.1.1.1"], PROXIES) is None
    assert client_address("", ["1.1.1.1"], PROXIES) is None
    assert rate_key(None) == "unknown"


addresses = st.ip_addresses()
ours = st.sampled_from([ipaddress.ip_address("10.1.2.3"), ipaddress.ip_address("fd00::5")])
theirs = addresses.filter(lambda address: not any(a in n for n in PROXIES for a in [address] if a.version == n.version))
written = st.lists(st.one_of(st.text(max_size=40), addresses.map(str), ours.map(str)), max_size=6)


@given(client=theirs, spoofed=written, chain=st.lists(ours, min_size=1, max_size=4))
def test_nothing_that_a_client_writes_changes_who_it_is(
    client: ipaddress.IPv4Address, spoofed: list[str], chain: list[ipaddress.IPv4Address]
) -> None:
    """Each of our proxies appends whom it saw, as a new entry or as a new line."""
    *inner, peer = chain
    seen = [str(client), *(str(proxy) for proxy in inner)]
    expected = client_address(str(client), [], ())
    assert client_address(str(peer), [", ".join([*spoofed, *seen])], PROXIES) == expected
    assert client_address(str(peer), [*spoofed, *seen], PROXIES) == expected


@given(client=theirs, spoofed=written)
def test_a_client_without_a_proxy_is_its_socket(client: ipaddress.IPv4Address, spoofed: list[str]) -> None:
    assert client_address(str(client), spoofed, PROXIES) == client_address(str(client), [], ())


def test_of_an_endless_list_only_the_right_end_is_read() -> None:
    entries = ["203.0.113.5", *["10.0.0.2"] * (MAX_HOPS * 1000)]
    assert str(client_address("10.0.0.1", [",".join(entries)], PROXIES)) == "10.0.0.2"


def test_an_ipv6_customer_is_one_client() -> None:
    one, other = (rate_key(ipaddress.ip_address(text)) for text in ("2001:db8::1", "2001:db8::ffff:2"))
    assert one == other == "2001:db8::/64"
    assert rate_key(ipaddress.ip_address("203.0.113.5")) == "203.0.113.5"


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "proxy.example", "10.0.0.1,,10.0.0.2", ""])
def test_a_network_that_is_none_is_refused_without_its_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"entry \d is no network"):
        parse_networks(text)
