"""What is meant by settings that are written a little differently."""

from __future__ import annotations

import pytest

from shared.store_address import endpoint_of, parse_address
from shared.traces import collector
from shared.written import SAME_AS_SOCKET, SOCKET, UNITS, WEB, address, listener, number, parts, plain, word


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ""),
        ("  \r\n", ""),
        ('""', ""),
        ("''", ""),
        ('" "', ""),
        (" value\r\n", "value"),
        ('"value"', "value"),
        ("' value '\r", "value"),
        ("\ufeffvalue", "value"),
        ('"a" and "b"', '"a" and "b"'),
        ('"', '"'),
        ("it's", "it's"),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_what_stands_around_a_value(text: str, meant: str) -> None:
    assert plain(text) == meant


@pytest.mark.parametrize("text", ["a,b", " a , b ", "a,b,", ",a,,b", '["a", "b"]', '["a","b", ""]', "\"a\", 'b'"])
def test_lists(text: str) -> None:
    assert parts(text) == ("a", "b")


@pytest.mark.parametrize("text", ["[a, b]", "[1]", '["a"'])
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(ValueError, match="must be a list"):
        parts(text)


@pytest.mark.parametrize(
    ("text", "end", "meant"),
    [
        ("3600", "_S", "3600"),
        ("3_600", "_S", "3600"),
        ("3600s", "_S", "3600"),
        ("60 min", "_S", "3600"),
        ("1h", "_S", "3600"),
        ("1 Hour", "_S", "3600"),
        ("1h30m", "_S", "5400"),
        ("1h 30m", "_S", "5400"),
        ("500ms", "_S", "0.5"),
        ("PT1H", "_S", "3600"),
        ("pt1m30s", "_S", "90"),
        ("P1D", "_S", "86400"),
        ("30", "_DAYS", "30"),
        ("30 days", "_DAYS", "30"),
        ("P30D", "_DAYS", "30"),
        ("2w", "_DAYS", "14"),
        ("600MB", "_MB", "600"),
        ("1 GiB", "_MB", "1024"),
        ("1_000", "", "1000"),
    ],
)
def test_numbers(text: str, end: str, meant: str) -> None:
    assert number(text, UNITS.get(end, {})) == meant


@pytest.mark.parametrize(("text", "end"), [("ten", "_S"), ("1h x", "_S"), ("PT1H", "_DAYS"), ("P", "_S"), ("5s", "")])
def test_what_is_no_number_is_left_to_be_refused(text: str, end: str) -> None:
    assert number(text, UNITS.get(end, {})) == text


def test_words() -> None:
    assert word("WARN", ("info", "warning"), {"warn": "warning"}) == "warning"
    assert word("Info", ("info",)) == "info"
    assert word("loud", ("info",)) == "loud"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wss://livekit.example.com", "wss://livekit.example.com"),
        ("wss://livekit.example.com/", "wss://livekit.example.com"),
        ("WSS://livekit.example.com//", "wss://livekit.example.com"),
        ("https://livekit.example.com", "wss://livekit.example.com"),
        ("http://127.0.0.1:7880/", "ws://127.0.0.1:7880"),
        ("ws://[::1]:7880", "ws://[::1]:7880"),
        ("wss://host/livekit/", "wss://host/livekit"),
        ("wss://host/?a=b/", "wss://host/?a=b/"),
    ],
)
def test_addresses(text: str, meant: str) -> None:
    assert address(text, SOCKET, SAME_AS_SOCKET) == meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("livekit.example.com", "does not begin so"),
        ("127.0.0.1:7880", "does not begin so"),
        ("wss//livekit.example.com", "does not begin so"),
        ("wss://wss://livekit.example.com", "has two schemes"),
        ("https://wss://livekit.example.com", "has two schemes"),
        ("wss://https:/livekit.example.com", "has two schemes"),
        ("ftp://livekit.example.com", "another scheme"),
        ("wss://live kit.example.com", "a space within"),
        ("wss://", "no host"),
        ("wss:///path", "no host"),
        ("wss://host:port", "host or port"),
        ("wss://host:70000", "host or port"),
        ("wss://host:0", "port cannot be one"),
        ("wss://[::1", "host or port"),
    ],
)
def test_what_is_no_address(text: str, found: str) -> None:
    with pytest.raises(ValueError, match=rf"^must be ws:// or wss:// and a host, and .*{found}") as raised:
        address(text, SOCKET, SAME_AS_SOCKET)
    assert "example" not in str(raised.value)


def test_a_scheme_that_is_not_asked_for_is_not_taken_for_another() -> None:
    with pytest.raises(ValueError, match="another scheme"):
        address("wss://store.example", WEB)


@pytest.mark.parametrize(
    ("text", "host"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("localhost", "localhost")]
)
def test_where_to_listen(text: str, host: str) -> None:
    assert listener(text) == host


@pytest.mark.parametrize("text", ["http://127.0.0.1", "127.0.0.1:8080", "host/path", "a b"])
def test_where_nobody_listens(text: str) -> None:
    with pytest.raises(ValueError, match="a name or an address alone"):
        listener(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-central-1.amazonaws.com",
        "https://calls.s3.eu-central-1.amazonaws.com",
        "https://s3.eu-central-1.amazonaws.com/calls",
        "https://s3.eu-central-1.amazonaws.com/calls/",
    ],
)
def test_the_endpoint_of_a_store_without_its_bucket(url: str) -> None:
    assert endpoint_of(url, "calls") == "https://s3.eu-central-1.amazonaws.com"


def test_a_host_of_the_buckets_name_is_a_host() -> None:
    assert endpoint_of("http://minio.example:9000", "minio") == "http://minio.example:9000"
    assert parse_address("S3://calls/") == parse_address("calls")


def test_a_collector() -> None:
    for text in ("http://host:4318", "http://host:4318/", "http://host:4318/v1/traces", "http://host:4318/v1/traces/"):
        assert collector(text) == "http://host:4318"
    assert collector("") == ""
    with pytest.raises(ValueError, match="must be"):
        collector("host:4318")
