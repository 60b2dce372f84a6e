"""Where recordings are stored, for real and as a fake: a folder, and a real S3 gateway that checks every signature."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.store_access import S3Access
from shared.store_address import parse_address
from tests.support.s3_gateway import BUCKET, REGION, S3Gateway, running_s3
from worker.adapters.object_store import ObjectStore
from worker.adapters.obstore_client import CHUNK_BYTES
from worker.ports import RecordingStore, StoreUnavailable

PATH = "0192-call/EG_1.mp4"
SMALL = bytes(range(256)) * 100
BIG = SMALL * (2 * CHUNK_BYTES // len(SMALL) + 1)
"""Goes in three parts."""


def s3_store(gateway: S3Gateway, prefix: str = "", secret: str | None = None) -> ObjectStore:
    access = S3Access(REGION, gateway.url, gateway.access_key, secret or gateway.secret_key)
    return ObjectStore(parse_address(f"s3://{BUCKET}/{prefix}"), access)


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordingStore]:
    with ExitStack() as stack:
        if request.param == "folder":
            yield ObjectStore(parse_address(f"file://{tmp_path}/store"), S3Access())
        else:
            gateway = stack.enter_context(running_s3(tmp_path))
            yield s3_store(gateway, "eu/voice" if "prefix" in request.param else "")


@pytest.mark.parametrize("content", [SMALL, BIG, b""], ids=["small", "big", "empty"])
async def test_what_is_stored_is_there_whole(store: RecordingStore, tmp_path: Path, content: bytes) -> None:
    file, again = tmp_path / "file", tmp_path / "again"
    file.write_bytes(content)
    stored = await store.put(file, PATH)
    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    await store.fetch(PATH, again)
    assert again.read_bytes() == content
    assert file.exists(), "it is the spool's to remove"


async def test_it_may_be_stored_again(store: RecordingStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content in (BIG, SMALL):
        file.write_bytes(content)
        assert (await store.put(file, PATH)).size_bytes == len(content)


async def test_what_is_not_there_cannot_be_fetched(store: RecordingStore, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await store.fetch(PATH, tmp_path / "again")


async def test_a_gateway_that_refuses_us_or_is_away_is_told_without_its_address(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(BIG)
    with running_s3(tmp_path) as gateway:
        with pytest.raises(StoreUnavailable) as refused:
            await s3_store(gateway, secret="not the secret").put(file, PATH)
        assert not list(gateway.bucket_folder.rglob("*.mp4"))
        gateway.stop()
        with pytest.raises(StoreUnavailable) as away:
            await s3_store(gateway).put(file, PATH)
        gateway.start()
        assert (await s3_store(gateway).put(file, PATH)).size_bytes == len(BIG)
    for raised in (refused, away):
        assert str(gateway.port) not in str(raised.value)
