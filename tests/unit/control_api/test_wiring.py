from __future__ import annotations

import pytest

from control_api.wiring import build_livekit
from tests.support.api_settings import load

LIVEKIT = {
    "LIVEKIT_HOST": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "devkey",
    "LIVEKIT_API_SECRET": "s" * 40,
    "VOICE_WORKER_TOKEN": "t" * 40,
}


@pytest.mark.parametrize(
    ("internal", "used"),
    [("http://livekit.internal:7880", "ws://livekit.internal:7880"), ("", "ws://127.0.0.1:7880")],
)
async def test_browsers_and_processes_have_addresses_of_their_own(
    monkeypatch: pytest.MonkeyPatch, internal: str, used: str
) -> None:
    livekit = build_livekit(load(monkeypatch, **LIVEKIT, LIVEKIT_INTERNAL_URL=internal))
    assert livekit is not None
    assert (livekit.public_url, livekit.internal_url) == ("ws://127.0.0.1:7880", used)
    await livekit.gateway.aclose()


def test_without_a_key_there_is_no_livekit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_livekit(load(monkeypatch, **{**LIVEKIT, "LIVEKIT_API_KEY": ""})) is None
