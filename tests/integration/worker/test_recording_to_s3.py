"""A real call, recorded by the real worker into a real S3 gateway that is down when the call ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from control_api.adapters.object_storage import ObjectStorage
from scripts.caller.clips import spoken
from shared.call_report import RecordingCause, RecordingEnded, RecordingStored
from shared.store_access import S3Access
from shared.store_address import parse_address
from tests.integration.worker.listening import Take, samples_of
from tests.integration.worker.stack import Stack, until
from tests.integration.worker.test_recording import ALIKE, begin
from tests.integration.worker.worker_process import RunningWorker
from tests.support.s3_gateway import BUCKET, REGION, S3Gateway, running_s3

QUESTION = spoken("Where is my order, please?")


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[S3Gateway]:
    with running_s3(tmp_path) as gateway:
        yield gateway


async def test_a_store_that_is_down_gets_the_file_when_it_is_back(
    own_worker: RunningWorker, gateway: S3Gateway, tmp_path: Path
) -> None:
    own_worker.environment |= gateway.environment
    own_worker.start()
    async with Stack(own_worker) as stack:
        held = await stack.open_call_of_people()
        started = await begin(stack, held)
        caller = await stack.join(held)
        await caller.microphone.say(QUESTION).ended_s
        gateway.stop()
        await stack.close_room(held)
        ended = await stack.control.wait_for_report(held.call_id, RecordingEnded)
        assert ended.cause is RecordingCause.CALL_OVER
        await until("it waits", lambda: "recording waits for the store" in own_worker.log, 60)
        assert len(list((tmp_path / "recordings").glob("*/*/sound.mp4"))) == 1
        gateway.start()
        stored = await stack.control.wait_for_report(held.call_id, RecordingStored, 60)
        await until("the spool is empty", lambda: not list((tmp_path / "recordings").glob("*/EG*")))
    content = (gateway.bucket_folder / stored.path).read_bytes()
    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert gateway.secret_key not in own_worker.log
    await plays_by_a_signed_link(gateway, stored, tmp_path)
    take = Take.of(gateway.bucket_folder / stored.path, started)
    assert take.find(samples_of(QUESTION), 0)[1] > ALIKE


async def plays_by_a_signed_link(gateway: S3Gateway, stored: RecordingStored, tmp_path: Path) -> None:
    """As the API signs it."""
    access = S3Access(REGION, gateway.url, gateway.access_key, gateway.secret_key)
    storage = ObjectStorage(parse_address(BUCKET), access)
    async with httpx2.AsyncClient() as http:
        answer = await http.get(await storage.signed_url(stored.path, ttl_s=60))
        anonymous = await http.get(f"{gateway.url}/{BUCKET}/{stored.path}")
    assert (answer.status_code, anonymous.status_code) == (200, 403)
    assert hashlib.sha256(answer.content).hexdigest() == stored.sha256
