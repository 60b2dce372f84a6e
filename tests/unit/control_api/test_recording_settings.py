"""Where recordings are kept, from the settings."""

from __future__ import annotations

import pytest

from control_api.adapters.folder_storage import FolderStorage
from control_api.adapters.object_storage import ObjectStorage
from control_api.recording_wiring import recording_backend
from shared.env import SettingsError
from tests.fakes.call_store import MemoryStore
from tests.fakes.clock import FakeClock
from tests.support.api_settings import load

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "a secret"}


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"LIVEKIT_RECORDING_BUCKET": "calls", "LIVEKIT_RECORDING_REGION": "eu-central-1", **KEYS}, ObjectStorage),
        ({"LIVEKIT_RECORDING_BUCKET": "file:///tmp/recordings"}, FolderStorage),
        ({"LIVEKIT_RECORDING_BUCKET": "az://calls", "AZURE_STORAGE_ACCOUNT_NAME": "a"}, ObjectStorage),
    ],
)
def test_the_store_that_is_named(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], kind: type) -> None:
    backend = recording_backend(load(monkeypatch, **environment), MemoryStore(), FakeClock())
    assert backend is not None
    assert isinstance(backend.storage, kind)
    assert (backend.links is not None) is (kind is FolderStorage)


@pytest.mark.parametrize("bucket", ["calls", "file:///tmp/recordings"])
def test_the_notice_is_off_until_it_is_wanted(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    for environment, has_notice in (({}, False), ({"RECORDING_NOTICE": "spoken"}, True)):
        settings = load(monkeypatch, LIVEKIT_RECORDING_BUCKET=bucket, **environment)
        backend = recording_backend(settings, MemoryStore(), FakeClock())
        assert backend is not None
        assert backend.has_notice is has_notice


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"LIVEKIT_RECORDING_BUCKET": "ftp://calls"}, "LIVEKIT_RECORDING_BUCKET"),
        ({"AWS_ACCESS_KEY_ID": "key"}, "AWS_SECRET_ACCESS_KEY"),
        ({"RECORDING_BACKEND": "egress"}, "RECORDING_BACKEND"),
        ({"RECORDING_BACKEND": "egress", "LIVEKIT_RECORDING_BUCKET": "file:///x"}, "RECORDING_BACKEND"),
        ({"RECORDING_BACKEND": "tape"}, "RECORDING_BACKEND"),
        ({"RECORDING_NOTICE": "sung"}, "RECORDING_NOTICE"),
        (
            {"RECORDING_NOTICE": "spoken", "RECORDING_BACKEND": "egress", "LIVEKIT_RECORDING_BUCKET": "calls"},
            "RECORDING_NOTICE",
        ),
        ({"RECORDING_RETENTION_DAYS": "0"}, "RECORDING_RETENTION_DAYS"),
        ({"LIVEKIT_RECORDING_ENDPOINT": "s3.example"}, "LIVEKIT_RECORDING_ENDPOINT"),
        ({"VOICE_PUBLIC_URL": "/voice"}, "VOICE_PUBLIC_URL"),
    ],
)
def test_what_cannot_be_used_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **environment)
    (problem,) = caught.value.problems
    assert problem.startswith(named)
