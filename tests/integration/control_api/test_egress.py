"""Recordings by LiveKit's Egress service, over a server that speaks its API with every status and none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from livekit import api

from control_api.adapters import livekit_egress
from control_api.adapters.livekit_egress import LiveKitEgress
from control_api.recording_ports import RecorderUnavailable
from control_api.recording_records import Recording
from control_api.records import Call
from control_api.services.egress_recorder import EgressRecorder
from control_api.services.recordings import RecordingBackend
from control_api.services.webhook_inbox import inbox_event
from shared.errors import VoiceError
from shared.recording_state import RecordingState
from shared.store_access import S3Access
from shared.store_address import parse_address
from tests.fakes.recorder import FakeStorage
from tests.support.calls import ANN
from tests.support.control_api_parts import Parts, parts
from tests.support.egress_server import KEY, SECRET, EgressServer, running_egress

ACCESS = S3Access("eu-central-1", "https://s3.example", "the key", "the secret")


@dataclass
class Scene:
    p: Parts
    server: EgressServer
    call: Call

    async def start(self, **more: Any) -> Recording:
        started = await self.p.services.recordings.start(
            ANN, self.call.room_name, output_path=None, file_type=more.get("file_type", "mp4")
        )
        return await self.stored(started)

    async def stored(self, recording: Recording) -> Recording:
        found = await self.p.store.read(lambda tx: tx.recording(recording.egress_id))
        assert found is not None
        return found

    async def newest(self) -> Recording:
        return (await self.p.store.read(lambda tx: tx.recordings(self.call.id)))[0]

    async def stop(self) -> None:
        await self.p.services.recordings.stop(ANN, self.call.room_name)

    async def webhook(self, event: str, external_id: str) -> None:
        payload = self.server.webhook(event, external_id)
        await self.p.services.inbox.put(inbox_event(payload, b"", self.p.clock.now_ms()))
        await self.p.services.inbox.apply_some()

    async def seconds(self, count: int) -> None:
        for _ in range(count):
            await self.p.beat(self.call)
            await self.p.tick()


@asynccontextmanager
async def a_scene(*, recorded: bool = False) -> AsyncIterator[Scene]:
    async with running_egress() as server:
        p = parts()
        gateway = LiveKitEgress(server.url, KEY, SECRET, parse_address("calls/eu"), ACCESS)
        recorder = EgressRecorder(p.store, gateway, "eu", p.clock)
        p = p.with_recording(RecordingBackend(FakeStorage(), recorder))
        call = await p.opened(recording_enabled=recorded)
        await p.joins(call, "user-1")
        await p.agent_joins(call)
        try:
            yield Scene(p, server, call)
        finally:
            await recorder.aclose()


async def test_what_it_is_asked_for() -> None:
    async with a_scene() as scene:
        recording = await scene.start(file_type="ogg")
        (info,) = scene.server.egresses.values()
        request = info.room_composite
        assert (request.room_name, request.audio_only) == (scene.call.media_room, True)
        (output,) = request.file_outputs
        assert (output.filepath, output.file_type) == (f"eu/{recording.path}", api.EncodedFileType.OGG)
        assert (output.s3.bucket, output.s3.region, output.s3.force_path_style) == ("calls", "eu-central-1", True)
        assert (output.s3.access_key, output.s3.secret) == ("the key", "the secret")
        assert recording.external_id == info.egress_id


async def test_from_its_start_to_the_bucket_by_webhooks() -> None:
    async with a_scene() as scene:
        recording = await scene.start()
        external_id = str(recording.external_id)
        assert recording.state is RecordingState.STARTING
        scene.server.becomes(external_id, "EGRESS_ACTIVE")
        await scene.webhook("egress_started", external_id)
        assert (await scene.stored(recording)).state is RecordingState.ACTIVE
        await scene.stop()
        assert scene.server.requests[-1] == "StopEgress"
        scene.server.becomes(external_id, "EGRESS_COMPLETE", size_bytes=4_000, seconds=12.5)
        await scene.webhook("egress_ended", external_id)
        await scene.webhook("egress_started", external_id)
        done = await scene.stored(recording)
        assert (done.state, done.duration_ms, done.size_bytes) == (RecordingState.READY, 12_500, 4_000)
        assert done.file_path == recording.path, "below the root of the store"
        stored = str(scene.p.store.state.inbox)
        assert "the secret" not in stored
        assert "the key" not in stored


@pytest.mark.parametrize(
    ("status", "size_bytes", "state"),
    [
        ("EGRESS_COMPLETE", 4_000, RecordingState.READY),
        ("EGRESS_LIMIT_REACHED", 4_000, RecordingState.PARTIAL),
        ("EGRESS_FAILED", 4_000, RecordingState.PARTIAL),
        ("EGRESS_FAILED", 0, RecordingState.FAILED),
        ("EGRESS_ABORTED", 0, RecordingState.FAILED),
        ("EGRESS_COMPLETE", 0, RecordingState.FAILED),
    ],
)
async def test_without_any_webhook_the_list_tells_it(status: str, size_bytes: int, state: RecordingState) -> None:
    async with a_scene() as scene:
        recording = await scene.start()
        scene.server.becomes(str(recording.external_id), "EGRESS_ACTIVE")
        await scene.seconds(6)
        assert (await scene.stored(recording)).state is RecordingState.ACTIVE
        scene.server.becomes(str(recording.external_id), status, size_bytes=size_bytes, seconds=1)
        await scene.seconds(6)
        assert (await scene.stored(recording)).state is state
        assert (await scene.start()).egress_id != recording.egress_id, "the next is not blocked"


@pytest.mark.parametrize("code", ["unavailable", "internal", "unauthenticated", "not_found"])
async def test_one_that_cannot_be_started_blocks_nothing(code: str) -> None:
    async with a_scene() as scene:
        scene.server.refusals["StartRoomCompositeEgress"] = code
        with pytest.raises(VoiceError, match="recording_unavailable"):
            await scene.start()
        assert (await scene.newest()).state is RecordingState.FAILED
        assert (await scene.start()).state is RecordingState.STARTING


async def test_one_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livekit_egress, "REQUEST_TIMEOUT_S", 0.2)
    async with a_scene() as scene:
        scene.server.hang = asyncio.Event()
        with pytest.raises(VoiceError, match="recording_unavailable"):
            await scene.start()
        assert (await scene.newest()).state is RecordingState.FAILED


async def test_an_egress_whose_answer_was_lost_is_found_and_stopped() -> None:
    async with a_scene() as scene:
        scene.server.lose_answer = True
        with pytest.raises(VoiceError, match="recording_unavailable"):
            await scene.start()
        (info,) = scene.server.egresses.values()
        assert info.status == api.EgressStatus.EGRESS_STARTING
        await scene.seconds(61)
        assert info.status == api.EgressStatus.EGRESS_ENDING, "its client was told that there is no recording"


async def test_a_recording_that_was_announced_is_asked_for_until_it_runs() -> None:
    async with a_scene(recorded=True) as scene:
        scene.server.refusals["StartRoomCompositeEgress"] = "unavailable"
        await scene.seconds(3)
        assert scene.server.egresses == {}
        assert (await scene.newest()).state is RecordingState.STARTING
        await scene.seconds(6)
        assert len(scene.server.egresses) == 1
        await scene.seconds(6)
        assert len(scene.server.egresses) == 1


async def test_an_egress_that_nobody_knows_any_more_is_given_up_within_a_minute() -> None:
    async with a_scene() as scene:
        recording = await scene.start()
        scene.server.becomes(str(recording.external_id), "EGRESS_ACTIVE")
        await scene.seconds(6)
        scene.server.egresses.clear()
        await scene.stop()
        await scene.seconds(50)
        assert (await scene.stored(recording)).state is RecordingState.FAILED


async def test_a_call_that_ends_stops_it() -> None:
    async with a_scene() as scene:
        recording = await scene.start()
        scene.server.becomes(str(recording.external_id), "EGRESS_ACTIVE")
        await scene.seconds(6)
        await scene.p.services.changer.end(ANN, scene.call.room_name)
        await scene.p.tick()
        assert scene.server.egresses[str(recording.external_id)].status == api.EgressStatus.EGRESS_ENDING


async def test_what_the_adapter_makes_of_answers() -> None:
    async with running_egress() as server:
        gateway = LiveKitEgress(server.url, KEY, SECRET, parse_address("gs://calls"), ACCESS)
        try:
            seen = await gateway.start("room", "a/b.mp4", "mp4")  # type: ignore[arg-type]
            assert server.egresses[seen.external_id].room_composite.file_outputs[0].gcp.bucket == "calls"
            assert (await gateway.running(), await gateway.find(seen.external_id)) == ([seen], seen)
            assert await gateway.find("EG_unknown") is None
            await gateway.stop(seen.external_id)
            await gateway.stop("EG_unknown")
            server.becomes(seen.external_id, "EGRESS_ABORTED")
            await gateway.stop(seen.external_id)
            server.refusals["StopEgress"] = "internal"
            with pytest.raises(RecorderUnavailable, match="internal"):
                await gateway.stop(seen.external_id)
        finally:
            await gateway.aclose()
