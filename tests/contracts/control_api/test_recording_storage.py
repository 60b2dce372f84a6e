"""The stores of recordings and their fake promise the same; and what only a real one can show: whose links it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from aiohttp import test_utils, web

from control_api.adapters.folder_storage import FolderStorage
from control_api.adapters.object_storage import ObjectStorage
from control_api.recording_ports import MayNotLook, RecorderUnavailable, RecordingStorage
from shared.clock import SystemClock
from shared.store_access import S3Access
from shared.store_address import parse_address
from tests.fakes.recorder import FakeStorage
from tests.support.s3_gateway import BUCKET, REGION, S3Gateway, running_s3

PATH = "0192-call/EG_1.mp4"
CONTENT = bytes(range(256)) * 100


@dataclass
class Kept:
    storage: RecordingStorage
    put: Callable[[str], None]
    """A file of `CONTENT` at this path, as a worker puts it there."""
    has: Callable[[str], bool]


def access(gateway: S3Gateway) -> S3Access:
    return S3Access(REGION, gateway.url, gateway.access_key, gateway.secret_key)


def in_folder(folder: Path) -> tuple[Callable[[str], None], Callable[[str], bool]]:
    def put(path: str) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(CONTENT)

    return put, lambda path: (folder / path).is_file()


@pytest.fixture(params=["fake", "folder", "s3", "s3 with a prefix"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            fake = FakeStorage()
            fake.content = CONTENT
            yield Kept(fake, fake.paths.add, lambda path: path in fake.paths)
        elif request.param == "folder":
            storage = FolderStorage(tmp_path, b"key", "http://api.example", SystemClock())
            yield Kept(storage, *in_folder(tmp_path))
        else:
            gateway = stack.enter_context(running_s3(tmp_path))
            prefix = "eu/voice" if "prefix" in request.param else ""
            address = parse_address(f"s3://{BUCKET}/{prefix}")
            yield Kept(ObjectStorage(address, access(gateway)), *in_folder(gateway.bucket_folder / prefix))


async def test_what_is_there(kept: Kept) -> None:
    assert not await kept.storage.exists(PATH)
    kept.put(PATH)
    assert await kept.storage.exists(PATH)


async def test_a_small_file_is_read(kept: Kept) -> None:
    assert await kept.storage.read(PATH, max_bytes=len(CONTENT)) is None
    kept.put(PATH)
    assert await kept.storage.read(PATH, max_bytes=len(CONTENT)) == CONTENT
    assert await kept.storage.read(PATH, max_bytes=len(CONTENT) - 1) is None


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(kept: Kept) -> None:
    kept.put(PATH)
    await kept.storage.delete(PATH)
    assert not kept.has(PATH)
    await kept.storage.delete(PATH)


async def test_a_link_is_made_whether_the_file_is_there_or_not(kept: Kept) -> None:
    assert urlsplit(await kept.storage.signed_url(PATH, ttl_s=60)).scheme.startswith("http")


@pytest.fixture
async def s3(tmp_path: Path) -> AsyncIterator[S3Gateway]:
    with running_s3(tmp_path) as gateway:
        put, _ = in_folder(gateway.bucket_folder)
        put(PATH)
        yield gateway


async def fetch(url: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient() as http:
        return await http.get(url, headers=headers)


def changed(url: str, **changes: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return f"{url.partition('?')[0]}?{urlencode(query | changes)}"


async def test_a_link_of_s3_fetches_the_file_and_parts_of_it(s3: S3Gateway) -> None:
    url = await ObjectStorage(parse_address(BUCKET), access(s3)).signed_url(PATH, ttl_s=3600)
    assert s3.secret_key not in url
    answer = await fetch(url)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    part = await fetch(url, Range="bytes=5-9")
    assert (part.status_code, part.content) == (206, CONTENT[5:10])


async def test_a_link_of_s3_expires(s3: S3Gateway) -> None:
    url = await ObjectStorage(parse_address(BUCKET), access(s3)).signed_url(PATH, ttl_s=1)
    deadline_s = asyncio.get_running_loop().time() + 10
    while (status := (await fetch(url)).status_code) == 200:
        assert asyncio.get_running_loop().time() < deadline_s, "it lives for ever"
        await asyncio.sleep(0.2)
    assert status == 403


async def test_a_link_of_s3_that_was_changed_is_refused(s3: S3Gateway) -> None:
    storage = ObjectStorage(parse_address(BUCKET), access(s3))
    url = await storage.signed_url(PATH, ttl_s=60)
    in_folder(s3.bucket_folder)[0]("other-call/EG_2.mp4")
    for bad in (
        changed(url, **{"X-Amz-Expires": "86400"}),
        changed(url, **{"X-Amz-Signature": "0" * 64}),
        url.replace(PATH, "other-call/EG_2.mp4"),
        url.partition("?")[0],
    ):
        assert (await fetch(bad)).status_code == 403, bad


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("AccessDenied", MayNotLook),
        ("InvalidAccessKeyId", RecorderUnavailable),
        ("SignatureDoesNotMatch", RecorderUnavailable),
    ],
)
async def test_a_key_that_may_not_list(code: str, raised: type[Exception]) -> None:
    """As S3 answers it: for a HEAD 403 without a word, for a GET with a code. The gateway has no such keys."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=403, text=f"<Error><Code>{code}</Code></Error>", content_type="application/xml")

    application = web.Application()
    application.router.add_get("/{path:.*}", refuse)
    async with test_utils.TestServer(application) as server:
        there = S3Access(REGION, str(server.make_url("")), "key", "a secret")
        with pytest.raises(RecorderUnavailable) as caught:
            await ObjectStorage(parse_address(BUCKET), there).exists(PATH)
        assert type(caught.value) is raised


async def test_a_link_names_the_store_as_browsers_reach_it(s3: S3Gateway) -> None:
    inner = S3Access(REGION, "http://s3-internal:9999", s3.access_key, s3.secret_key)
    url = await ObjectStorage(parse_address(BUCKET), inner, access(s3)).signed_url(PATH, ttl_s=60)
    assert (await fetch(url)).content == CONTENT


async def test_a_store_that_is_away_or_refuses_us(s3: S3Gateway) -> None:
    wrong = S3Access(REGION, s3.url, s3.access_key, "not the secret")
    with pytest.raises(RecorderUnavailable, match="PermissionDenied"):
        await ObjectStorage(parse_address(BUCKET), wrong).exists(PATH)
    storage = ObjectStorage(parse_address(BUCKET), access(s3))
    s3.stop()
    with pytest.raises(RecorderUnavailable):
        await storage.exists(PATH)
    with pytest.raises(RecorderUnavailable):
        await storage.delete(PATH)
    assert await storage.signed_url(PATH, ttl_s=60), "signing needs nobody"
    s3.start()
    assert await storage.exists(PATH)
