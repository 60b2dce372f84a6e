"""Links that leave the house."""

from __future__ import annotations

import pytest

from control_api.public_links import store_origins, why_closed
from shared.env import SettingsError
from shared.store_address import parse_address
from tests.support.api_settings import load

S3 = {"LIVEKIT_RECORDING_BUCKET": "calls"}
INNER = {**S3, "LIVEKIT_RECORDING_ENDPOINT": "http://s3-internal:9999"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "ws://localhost:7880",
        "https://s3.example",
        "wss://media.example:443",
        "http://10.1.2.3:9000",
        "http://nas.lan:9000",
    ],
)
def test_what_browsers_can_open(url: str) -> None:
    assert why_closed(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://s3-internal:9999",
        "ws://livekit:7880",
        "http://minio.store.svc.cluster.local:9000",
        "http://minio.store.svc:9000",
        "http://host.docker.internal:9000",
        "http://0.0.0.0:8080",
        "http://[::]:8080",
    ],
)
def test_what_no_browser_elsewhere_can_open(url: str) -> None:
    assert why_closed(url) is not None


def test_a_page_of_https_loads_nothing_without_it() -> None:
    assert why_closed("http://s3.example", "https://voice.example") is not None
    assert why_closed("ws://media.example", "https://voice.example") is not None
    assert why_closed("http://s3.example", "http://voice.example") is None


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        (INNER, "LIVEKIT_RECORDING_ENDPOINT"),
        ({"LIVEKIT_HOST": "ws://livekit:7880"}, "LIVEKIT_HOST"),
        ({"LIVEKIT_RECORDING_BUCKET": "file:///x", "VOICE_API_HOST": "0.0.0.0"}, "VOICE_PUBLIC_URL"),  # noqa: S104
        ({"LIVEKIT_RECORDING_BUCKET": "file:///x", "VOICE_API_HOST": "::"}, "VOICE_PUBLIC_URL"),
        (
            {**S3, "LIVEKIT_RECORDING_ENDPOINT": "http://s3.example", "VOICE_PUBLIC_URL": "https://voice.example"},
            "LIVEKIT_RECORDING_ENDPOINT",
        ),
    ],
)
def test_a_link_that_nobody_can_open_is_a_problem_at_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    signed_in = {
        "VOICE_ENV": "production",
        "CLERK_ISSUER": "https://c.example",
        "CLERK_AUTHORIZED_PARTIES": "https://a.example",
    }
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **{**signed_in, **environment})
    (problem,) = caught.value.problems
    assert problem.startswith(named)


def test_what_is_said_to_be_reachable_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    public = load(monkeypatch, **INNER, LIVEKIT_RECORDING_PUBLIC_ENDPOINT="https://s3.example")
    assert (public.recording_endpoint, public.link_endpoint) == ("http://s3-internal:9999", "https://s3.example")
    assert load(monkeypatch, **INNER, LIVEKIT_RECORDING_PUBLIC_ENDPOINT="http://nas").link_endpoint == "http://nas"


@pytest.mark.parametrize(
    ("bucket", "region", "endpoint", "origins"),
    [
        ("file:///x", None, None, ()),
        ("gs://calls", None, None, ("https://storage.googleapis.com",)),
        ("az://calls", None, None, ("https://*.blob.core.windows.net",)),
        ("calls", None, "http://127.0.0.1:9000/", ("http://127.0.0.1:9000",)),
        (
            "calls",
            "eu-central-1",
            None,
            ("https://s3.eu-central-1.amazonaws.com", "https://calls.s3.eu-central-1.amazonaws.com"),
        ),
    ],
)
def test_where_links_to_recordings_lead(
    bucket: str, region: str | None, endpoint: str | None, origins: tuple[str, ...]
) -> None:
    assert store_origins(parse_address(bucket), region=region, endpoint=endpoint) == origins
