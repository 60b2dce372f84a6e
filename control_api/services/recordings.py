"""Recordings of calls: started, stopped, found. What records, and where the files go, is behind two ports.

The row comes first, then the recorder is asked: whatever happens in between, the row says that there is something to
stop. That a recorder has stopped is what it says itself (`heard`); until then it is told again by the upkeep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from control_api import recording_paths
from control_api.access import find_newest, find_to_change
from control_api.idempotency import Attempt
from control_api.ports import (
    CallStore,
    CallTx,
    PathTaken,
    Recorder,
    RecorderUnavailable,
    RecordingInProgress,
    RecordingStorage,
    SignedIn,
)
from control_api.records import Call, Recording, RecordingPage
from control_api.services.begun_call import begun_recording
from control_api.services.record import insert_recording, save_recording
from shared.call_state import CallState
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import CallId, EgressId, RoomName, make_egress_id
from shared.log import get_logger
from shared.recording_state import RecordingEvent, RecordingState, next_recording_state

log = get_logger(__name__)

URL_LIVES_S = 3600
AUTOMATIC_FILE_TYPE = "mp4"
_PLAYABLE = frozenset({RecordingState.READY, RecordingState.PARTIAL})


@dataclass(frozen=True, slots=True)
class RecordingBackend:
    recorder: Recorder
    storage: RecordingStorage


@dataclass(frozen=True, slots=True)
class Change:
    """What is None stays."""

    transcript: str | None = None
    recording_url: str | None = None


class Recordings:
    """`backend` None: nothing is recorded, and whoever asks for it hears that it is not configured."""

    def __init__(self, store: CallStore, backend: RecordingBackend | None, clock: Clock) -> None:
        self._store = store
        self._backend = backend
        self._clock = clock

    @property
    def is_configured(self) -> bool:
        return self._backend is not None

    async def start(
        self,
        user: SignedIn,
        room_name: RoomName,
        *,
        output_path: str | None,
        file_type: str,
        attempt: Attempt | None = None,
    ) -> Recording:
        """`attempt`: of a request with an Idempotency-Key. Raises `VoiceError`, and `recording_paths.BadPath`."""
        backend = self._configured()
        egress_id, begun = await begun_recording(self._store, attempt)
        if begun is not None:
            return await self._ask(backend, begun)
        call = await self._store.read(lambda tx: find_to_change(tx, user, room_name))
        if call.status is not CallState.CONNECTED:
            raise VoiceError(Errors.CALL_NOT_CONNECTED, f"The call is {call.status.value}.", current=call.status.value)
        return await self._start(backend, call, output_path, file_type, egress_id)

    async def stop(self, user: SignedIn, room_name: RoomName) -> Recording:
        """Raises `VoiceError`."""
        backend = self._configured()
        now_ms = self._clock.now_ms()

        def use_case(tx: CallTx) -> Recording:
            call = find_to_change(tx, user, room_name)
            running = next((one for one in tx.recordings(call.id) if one.is_in_progress), None)
            if running is None:
                raise VoiceError(Errors.NOT_FOUND, "This call is not being recorded.")
            return _stopping(tx, running, now_ms)

        recording = await self._store.write(use_case)
        try:
            await backend.recorder.stop(recording)
        except RecorderUnavailable as error:
            log.warning("recorder not reached", egress_id=recording.egress_id, why=str(error))
        return recording

    async def of_room(self, user: SignedIn, room_name: RoomName) -> tuple[Call, list[Recording]]:
        """Newest first. Raises `VoiceError`."""
        self._configured()

        def use_case(tx: CallTx) -> tuple[Call, list[Recording]]:
            call = find_newest(tx, user, room_name)
            return call, tx.recordings(call.id)

        return await self._store.read(use_case)

    async def in_progress(self, *, limit: int, offset: int) -> RecordingPage:
        self._configured()
        return await self._store.read(lambda tx: tx.recordings_in_progress(limit=limit, offset=offset))

    async def describe(self, user: SignedIn, room_name: RoomName, change: Change) -> None:
        """Notes what somebody else made of a recording. Raises `VoiceError`."""
        self._configured()

        def use_case(tx: CallTx) -> None:
            call = find_to_change(tx, user, room_name)
            changed = replace(
                call,
                transcript_override=call.transcript_override if change.transcript is None else change.transcript,
                recording_url_override=change.recording_url or call.recording_url_override,
            )
            if changed != call:
                tx.save_call(changed)

        await self._store.write(use_case)

    async def url(self, recordings: Sequence[Recording]) -> str | None:
        """A signed address of the newest of them, when it is ready."""
        if self._backend is None or not recordings or recordings[0].state not in _PLAYABLE:
            return None
        try:
            return await self._backend.storage.signed_url(recordings[0].path, ttl_s=URL_LIVES_S)
        except RecorderUnavailable as error:
            log.warning("recording not signed", egress_id=recordings[0].egress_id, why=str(error))
            return None

    async def begin(self, call_id: CallId) -> None:
        """What the client asked for when it opened the call, now that it is connected."""
        call = await self._store.read(lambda tx: tx.call(call_id))
        if self._backend is None or call is None or call.status is not CallState.CONNECTED or call.recording_begun_ms:
            return
        try:
            await self._start(self._backend, call, None, AUTOMATIC_FILE_TYPE, make_egress_id())
        except VoiceError as error:
            log.warning("recording not started", call_id=call_id, why=error.kind.code)

    async def cease(self, egress_id: EgressId) -> None:
        """Its call is over, or it did not stop when it was told to. Raises `RecorderUnavailable`."""
        now_ms = self._clock.now_ms()

        def use_case(tx: CallTx) -> Recording | None:
            recording = tx.recording(egress_id)
            return None if recording is None or not recording.is_in_progress else _stopping(tx, recording, now_ms)

        recording = await self._store.write(use_case)
        if recording is not None and self._backend is not None:
            await self._backend.recorder.stop(recording)

    async def heard(self, egress_id: EgressId, event: RecordingEvent, at_ms: int) -> None:
        """What the recorder says became of a recording; late, twice and in any order."""

        def use_case(tx: CallTx) -> None:
            recording = tx.recording(egress_id)
            if recording is not None:
                _moved(tx, recording, event, at_ms)

        await self._store.write(use_case)

    def _configured(self) -> RecordingBackend:
        if self._backend is None:
            raise VoiceError(Errors.RECORDING_NOT_CONFIGURED, "This service has no place to keep recordings.")
        return self._backend

    async def _start(
        self,
        backend: RecordingBackend,
        call: Call,
        output_path: str | None,
        file_type: str,
        egress_id: EgressId,
    ) -> Recording:
        path = recording_paths.path_of(call.id, egress_id, output_path, file_type)
        new = Recording(egress_id, call.id, call.room_name, file_type, path, self._clock.now_ms())
        try:
            if output_path is not None and await backend.storage.exists(path):
                raise PathTaken(path)
            await self._store.write(lambda tx: _insert(tx, new))
        except PathTaken:
            raise VoiceError(
                Errors.OUTPUT_PATH_TAKEN, "There is a recording at this path; choose another.", field="outputPath"
            ) from None
        except RecordingInProgress:
            raise VoiceError(Errors.RECORDING_IN_PROGRESS, "This call is being recorded already.") from None
        except RecorderUnavailable as error:
            raise _unavailable(call.id, error) from None
        return await self._ask(backend, new)

    async def _ask(self, backend: RecordingBackend, recording: Recording) -> Recording:
        """Idempotent, as the recorder is."""
        if recording.state is not RecordingState.STARTING:
            return recording
        try:
            await backend.recorder.start(recording)
        except RecorderUnavailable as error:
            await self.heard(recording.egress_id, RecordingEvent.BROKEN, self._clock.now_ms())
            raise _unavailable(recording.call_id, error) from None
        log.info("recording started", call_id=recording.call_id, egress_id=recording.egress_id)
        return recording


def _unavailable(call_id: CallId, error: RecorderUnavailable) -> VoiceError:
    log.error("recorder not reached", call_id=call_id, why=str(error))
    return VoiceError(Errors.RECORDING_UNAVAILABLE, "The recorder cannot be reached; try again in a moment.")


def _insert(tx: CallTx, recording: Recording) -> None:
    call = tx.call(recording.call_id)
    if call is None or call.is_final:
        raise VoiceError(Errors.CALL_NOT_CONNECTED, "The call is over.")
    insert_recording(tx, recording)
    if call.recording_begun_ms is None:
        tx.save_call(replace(call, recording_begun_ms=recording.created_ms))


def _stopping(tx: CallTx, recording: Recording, now_ms: int) -> Recording:
    return _moved(tx, recording, RecordingEvent.STOP_ASKED, now_ms)


def _moved(tx: CallTx, recording: Recording, event: RecordingEvent, at_ms: int) -> Recording:
    state = next_recording_state(recording.state, event)
    is_over = event is not RecordingEvent.STARTED and recording.ended_ms is None
    moved = replace(recording, state=state, ended_ms=at_ms if is_over else recording.ended_ms)
    return save_recording(tx, recording, moved, at_ms)
