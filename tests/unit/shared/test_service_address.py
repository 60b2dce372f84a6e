"""Addresses of a service, of whatever base; and what the plugin makes of them."""

from __future__ import annotations

import pytest
from livekit.agents.llm._realtime.openai import process_base_url

from shared.service_address import REALTIME, checked_base, service_url

BASES = [
    ("https://api.openai.com/v1", "https://api.openai.com/v1/", ""),
    ("https://api.openai.com/v1/", "https://api.openai.com/v1/", ""),
    ("https://api.openai.com", "https://api.openai.com/v1/", ""),
    ("wss://eu.api.openai.com/", "https://eu.api.openai.com/v1/", ""),
    ("https://gateway/llm/v1/chat/completions", "https://gateway/llm/v1/", ""),
    ("http://127.0.0.1:8765", "http://127.0.0.1:8765/", ""),
    ("https://gateway/llm/openai/v1", "https://gateway/llm/openai/v1/", ""),
    ("https://gateway/llm/openai/v1//", "https://gateway/llm/openai/v1/", ""),
    ("https://gateway/llm/openai/v1?team=a&key=b%20c", "https://gateway/llm/openai/v1/", "?team=a&key=b%20c"),
    ("https://gateway/llm/openai/v1/realtime", "https://gateway/llm/openai/v1/", ""),
    ("wss://gateway/llm/v1/realtime/?a=b", "https://gateway/llm/v1/", "?a=b"),
    ("HTTPS://gateway/v1#part", "https://gateway/v1/", ""),
]


@pytest.mark.parametrize(("base", "below", "query"), BASES)
def test_every_page_lies_below_the_base(base: str, below: str, query: str) -> None:
    for page in ("models", "realtime", "audio/transcriptions"):
        assert service_url(base, page) == f"{below}{page}{query}"


@pytest.mark.parametrize(("base", "below", "query"), BASES)
def test_the_plugin_connects_where_the_doctor_has_asked(base: str, below: str, query: str) -> None:
    socket_url = process_base_url(service_url(base, REALTIME), "a-model")
    path, _, asked = socket_url.partition("?")
    assert path == f"{below}realtime".replace("http", "ws", 1)
    assert asked.endswith("model=a-model")
    for part in filter(None, query.removeprefix("?").replace("%20", "+").split("&")):
        assert part in asked


@pytest.mark.parametrize("base", ["", "  ", "https://host/v1", " https://host/v1\n", "wss://host", "http://[::1]:1/v1"])
def test_bases_that_can_be_used(base: str) -> None:
    assert checked_base(base) == base.strip().replace("wss", "https")


@pytest.mark.parametrize("base", ["host/v1", "ftp://host/v1", "https://", "https:///v1", "https://me:pass@host/v1"])
def test_bases_that_cannot(base: str) -> None:
    with pytest.raises(ValueError, match="must"):
        checked_base(base)
