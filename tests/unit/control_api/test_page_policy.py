"""What a browser is told that it may do on our pages."""

from __future__ import annotations

import pytest

from control_api.page_policy import media_server_origins, page_headers


def directives(clerk_origin: str | None = None, store_origins: tuple[str, ...] = ()) -> dict[str, list[str]]:
    headers = page_headers(
        livekit_url="wss://media.example", clerk_origin=clerk_origin, store_origins=store_origins, nonce="N"
    )
    policy = headers["Content-Security-Policy"]
    return {name: allowed for name, *allowed in (part.split() for part in policy.split("; "))}


def test_scripts_and_connections_come_from_here_and_the_media_server() -> None:
    policy = directives()
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", "wss://media.example", "https://media.example"]
    assert policy["style-src"] == ["'self'", "'nonce-N'"]


def test_clerks_origin_only_when_clerk_signs_in() -> None:
    policy = directives(clerk_origin="https://clerk.app.example")
    assert policy["script-src"] == ["'self'", "https://clerk.app.example"]
    assert policy["connect-src"][-1] == "https://clerk.app.example"
    assert "clerk" not in str(directives())


def test_recordings_are_loaded_from_the_store() -> None:
    policy = directives(store_origins=("http://127.0.0.1:9000",))
    assert policy["connect-src"][-1] == policy["media-src"][-1] == "http://127.0.0.1:9000"


def test_nothing_inline_and_nothing_from_anywhere() -> None:
    for name, allowed in directives(clerk_origin="https://clerk.app.example").items():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(allowed), name


@pytest.mark.parametrize(
    ("url", "origins"),
    [
        (None, ()),
        ("ws://127.0.0.1:7880", ("ws://127.0.0.1:7880", "http://127.0.0.1:7880")),
        ("https://media.example/", ("wss://media.example", "https://media.example")),
    ],
)
def test_the_media_servers_origins(url: str | None, origins: tuple[str, ...]) -> None:
    assert media_server_origins(url) == origins
