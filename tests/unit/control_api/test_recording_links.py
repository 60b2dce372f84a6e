"""Our own signed links, and the files behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from control_api.adapters.folder_storage import FolderStorage
from control_api.recording_links import ROUTE, derived_key
from control_api.recording_records import Recording
from control_api.recording_wiring import link_origins, recording_backend
from control_api.services.recordings import FileLinks, PeaksLinks, RecordingBackend
from shared.clock import Clock
from shared.ids import CallId, EgressId, RoomName
from shared.recording_state import RecordingState
from tests.fakes.call_store import MemoryStore
from tests.fakes.clock import FakeClock
from tests.fakes.recorder import FakeStorage
from tests.support.api_client import Api, an_api, error_of
from tests.support.api_settings import load
from tests.support.control_api_parts import parts

SECRET = "s" * 40
CONTENT = bytes(range(256)) * 40
CLERK = {"CLERK_ISSUER": "https://c.example", "CLERK_AUTHORIZED_PARTIES": "https://a.example"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "recordings"
    (root / "call").mkdir(parents=True)
    (root / "call" / "a.mp4").write_bytes(CONTENT)
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    return root


def a_store(folder: Path, clock: Clock) -> tuple[FolderStorage, RecordingBackend]:
    key = derived_key(SECRET)
    storage = FolderStorage(folder, key, "http://api.example", clock)
    return storage, RecordingBackend(storage, links=FileLinks(key, storage))


async def fetch(api: Api, url: str, **headers: str) -> Any:
    return await api.http.get(url, headers=headers)


async def test_a_link_fetches_the_file_whole_and_in_ranges(folder: Path) -> None:
    storage, backend = a_store(folder, FakeClock())
    async with an_api(recording=backend) as api:
        url = await storage.signed_url("call/a.mp4", ttl_s=3600)
        assert url.startswith(f"http://api.example{ROUTE}?path=call/a.mp4&")
        answer = await fetch(api, url)
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["Content-Type"] == "audio/mp4"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        part = await fetch(api, url, Range="bytes=10-19")
        assert (part.status_code, part.content) == (206, CONTENT[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"
        assert (await fetch(api, url, Range=f"bytes={len(CONTENT)}-")).status_code == 416
        head = await api.http.head(url)
        assert (head.status_code, head.content, head.headers["Accept-Ranges"]) == (200, b"", "bytes")


async def test_it_expires(folder: Path) -> None:
    clock = FakeClock()
    storage, backend = a_store(folder, clock)
    async with an_api(recording=backend) as api:
        url = await storage.signed_url("call/a.mp4", ttl_s=3600)
        await api.parts.clock.advance(3599)
        assert (await fetch(api, url)).status_code == 200
        await api.parts.clock.advance(2)
        assert error_of(await fetch(api, url)) == (403, "Forbidden", "forbidden")


@pytest.mark.parametrize(
    "change",
    [
        {"path": "call/b.mp4"},
        {"path": ""},
        {"expires": "99999999999"},
        {"expires": ""},
        {"expires": "-1"},
        {"expires": "\u0663"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "\u00e9"},
    ],
)
async def test_a_link_that_was_changed_fetches_nothing(folder: Path, change: dict[str, str]) -> None:
    storage, backend = a_store(folder, FakeClock())
    async with an_api(recording=backend) as api:
        url = await storage.signed_url("call/a.mp4", ttl_s=3600)
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        answer = await api.http.get(ROUTE, params=query | change)
        assert error_of(answer) == (403, "Forbidden", "forbidden")


@pytest.mark.parametrize(
    "path",
    ["../secret.mp4", "/etc/passwd", "call/../../secret.mp4", "link.mp4", "linked/secret.mp4", "call", "x\0y", ""],
)
async def test_nothing_outside_the_folder_can_be_had(folder: Path, path: str) -> None:
    """Even by a link that we signed ourselves."""
    (folder / "link.mp4").symlink_to(folder.parent / "secret.mp4")
    (folder / "linked").symlink_to(folder.parent)
    storage, backend = a_store(folder, FakeClock())
    assert storage.find(path) is None
    assert not await storage.exists(path)
    async with an_api(recording=backend) as api:
        url = await storage.signed_url(path, ttl_s=3600)
        assert (await fetch(api, url)).status_code == 404
    await storage.delete(path)
    assert (folder.parent / "secret.mp4").exists()


async def test_a_file_that_is_deleted_takes_its_empty_folder_with_it(folder: Path) -> None:
    storage, _ = a_store(folder, FakeClock())
    assert await storage.exists("call/a.mp4")
    await storage.delete("call/a.mp4")
    await storage.delete("call/a.mp4")
    assert not (folder / "call").exists()


async def test_without_a_folder_there_is_no_such_route() -> None:
    async with an_api() as api:
        answer = await api.http.get(ROUTE, params={"path": "a", "expires": "1", "signature": "x"})
        assert error_of(answer)[0] == 404


async def test_the_waveform_of_a_bucket_is_handed_out_by_us_and_its_recording_by_the_bucket() -> None:
    """A page may play what lies elsewhere, and reads it only where CORS is configured."""
    storage = FakeStorage()
    storage.content = b"{}"
    p = parts(recording=RecordingBackend(storage, peaks=PeaksLinks(b"key", "http://test")))
    ready = Recording(EgressId("EG_1"), CallId("c"), RoomName("r"), "mp4", "c/a.mp4", 1, state=RecordingState.READY)
    ready = replace(ready, file_path="c/a.mp4", peaks_path="c/a.mp4.peaks.json")
    assert await p.services.recordings.url([ready]) == "https://store.example/c/a.mp4?ttl=3600"
    url = await p.services.recordings.peaks_url(ready)
    assert url is not None
    assert url.startswith(f"http://test{ROUTE}?path=c/a.mp4.peaks.json&")
    async with an_api(recording=RecordingBackend(storage, peaks=PeaksLinks(b"key", "http://test"))) as api:
        assert (await fetch(api, url)).status_code == 404
        storage.paths.add("c/a.mp4.peaks.json")
        answer = await fetch(api, url)
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "{}", "application/json")
        assert (await fetch(api, url.replace("peaks.json", "peaks.jsom"))).status_code == 403
        storage.down = True
        assert error_of(await fetch(api, url))[0] == 503


@pytest.mark.parametrize(
    ("settings", "is_ours"),
    [
        ({}, True),
        ({"VOICE_PUBLIC_URL": "https://voice.example"}, True),
        (CLERK, False),
        ({**CLERK, "VOICE_PUBLIC_URL": "https://voice.example"}, True),
    ],
    ids=["on this machine", "its address is known", "behind a proxy that nobody has named", "named"],
)
async def test_a_link_of_ours_leads_where_browsers_reach_us(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], *, is_ours: bool
) -> None:
    loaded = load(
        monkeypatch, LIVEKIT_RECORDING_BUCKET="calls", AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", **settings
    )
    backend = recording_backend(loaded, MemoryStore(), FakeClock())
    assert backend is not None
    assert (backend.peaks is not None) is is_ours


def test_pages_of_another_name_of_this_machine_play_what_lies_in_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert link_origins(load(monkeypatch, LIVEKIT_RECORDING_BUCKET="file:///x")) == ("http://127.0.0.1:8080",)
