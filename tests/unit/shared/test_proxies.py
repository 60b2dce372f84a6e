from __future__ import annotations

import pytest

from shared.proxies import Proxies

ENVIRON = {"HTTPS_PROXY": "http://proxy.example:3128", "http_proxy": "plain.example:3129"}
TLS, PLAIN = "http://proxy.example:3128", "http://plain.example:3129"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://api.openai.com/v1", TLS),
        ("wss://api.openai.com/v1/realtime", TLS),
        ("http://s3.example", PLAIN),
        ("ws://media.example:7880", PLAIN),
        ("ws://127.0.0.1:7880", None),
        ("http://localhost:8080", None),
        ("http://[::1]:8080", None),
        ("redis://cache.example", None),
    ],
)
def test_a_socket_goes_the_way_of_its_http(url: str, proxy: str | None) -> None:
    assert Proxies.of(ENVIRON).of_url(url) == proxy


def test_without_variables_everything_is_direct() -> None:
    assert Proxies.of({}).of_url("https://api.openai.com") is None
    assert Proxies.of({"HTTPS_PROXY": ""}).of_url("https://api.openai.com") is None


def test_small_letters_go_first_and_all_is_for_the_rest() -> None:
    both = Proxies.of({"https_proxy": "a:1", "HTTPS_PROXY": "b:1", "ALL_PROXY": "c:1"})
    assert (both.of_url("https://x.example"), both.of_url("http://x.example")) == ("http://a:1", "http://c:1")


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("media.example", "wss://media.example", True),
        ("media.example", "wss://eu.media.example", True),
        (".media.example", "wss://media.example", True),
        ("*.media.example", "wss://eu.media.example", True),
        ("media.example", "wss://multimedia.example", False),
        (" a.example , media.example ", "wss://MEDIA.example.", True),
        ("media.example:7880", "ws://media.example:7880", True),
        ("media.example:7880", "wss://media.example", False),
        ("media.example:443", "wss://media.example", True),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.1.2.3", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("fd00::/8", "https://[fd00::1]", True),
        ("[fd00::1]:443", "https://[fd00::1]", True),
        ("*", "https://anything.example", True),
        ("", "https://anything.example", False),
    ],
)
def test_who_is_asked_directly(no_proxy: str, url: str, is_direct: bool) -> None:
    assert (Proxies.of(ENVIRON | {"NO_PROXY": no_proxy}).of_url(url) is None) is is_direct


def test_the_native_library_sees_them_only_when_they_are_meant_for_the_media_server() -> None:
    environ = dict(ENVIRON) | {"NO_PROXY": "media.example"}
    proxies = Proxies.of(environ)
    proxies.hide_from(environ, "wss://other.example")
    assert environ == ENVIRON | {"NO_PROXY": "media.example"}
    proxies.hide_from(environ, "wss://media.example")
    assert environ == {"NO_PROXY": "media.example"}
