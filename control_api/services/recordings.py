"""Recordings of calls: started, stopped, found. What records, and where the files go, is behind two ports.

The row comes first, then the recorder is asked: whatever happens in between, the row says that there is something to
stop. That a recorder has stopped is what it says itself (`settle_recording`); until then the upkeep tells it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from control_api import recording_paths
from control_api.access import find_newest, find_to_change
from control_api.idempotency import Attempt
from control_api.ports import (
    CallStore,
    CallTx,
    SignedIn,
)
from control_api.recording_joins import begins_ms
from control_api.recording_links import make_link
from control_api.recording_ports import (
    MayNotLook,
    PathTaken,
    Recorder,
    RecorderUnavailable,
    RecordingFiles,
    RecordingInProgress,
    RecordingStorage,
)
from control_api.recording_records import PlacedRecording, Recording, RecordingPage
from control_api.records import Call
from control_api.services.begun_call import begun_recording
from control_api.services.record import insert_recording
from control_api.services.settle_recording import ask_to_stop, give_up
from control_api.services.worker_recorder import WorkerRecorder
from shared.call_state import CallState
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import CallId, EgressId, Identity, RoomName, make_egress_id
from shared.log import get_logger
from shared.recording_state import RecordingState

log = get_logger(__name__)

URL_LIVES_S = 3600
MAX_PEAKS_BYTES = 16 * 1024 * 1024
AUTOMATIC_FILE_TYPE = "mp4"
LOOKED_FOR = "readiness"
"""No recording lies there."""


STOPPED_WITHIN_S = 2.0
"""Who was told to stop has stopped a moment later (60 ms). So long the next recording waits for that."""
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class FileLinks:
    """How files of a folder of ours are handed out."""

    key: bytes = field(repr=False)
    files: RecordingFiles


@dataclass(frozen=True, slots=True)
class PeaksLinks:
    """Waveforms that lie in a bucket are handed out by us: a page of ours reads them, and a bucket that nobody has told
    about that page (CORS) lets it play a file, but read none."""

    key: bytes = field(repr=False)
    base_url: str
    """Of this API, as browsers reach it."""


@dataclass(frozen=True, slots=True)
class RecordingBackend:
    storage: RecordingStorage
    recorder: Recorder | None = None
    """None: the workers."""
    links: FileLinks | None = None
    """None: the store signs its own."""
    peaks: PeaksLinks | None = None
    """None: a waveform is handed out as its recording is."""
    has_notice: bool = False
    """That a call is recorded is said in it (only by workers)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is None stays."""

    transcript: str | None = None
    recording_url: str | None = None


class Recordings:
    """`backend` None: nothing is recorded, and whoever asks for it hears that it is not configured."""

    def __init__(
        self, store: CallStore, backend: RecordingBackend | None, workers: WorkerRecorder, clock: Clock
    ) -> None:
        self._store = store
        self._backend = backend
        self._recorder: Recorder = workers if backend is None or backend.recorder is None else backend.recorder
        self._clock = clock

    @property
    def is_configured(self) -> bool:
        return self._backend is not None

    @property
    def by_workers(self) -> bool:
        return self._backend is not None and self._backend.recorder is None

    @property
    def links(self) -> FileLinks | None:
        return None if self._backend is None else self._backend.links

    @property
    def link_key(self) -> bytes | None:
        """Of the links that we make ourselves; None: we make none."""
        own = None if self._backend is None else self._backend.links or self._backend.peaks
        return None if own is None else own.key

    async def store_answers(self) -> bool:
        """Whether recordings can be found and handed out; also where nothing is recorded."""
        try:
            if self._backend is not None:
                await self._backend.storage.exists(LOOKED_FOR)
        except MayNotLook:
            return True
        except RecorderUnavailable as error:
            log.warning("store not reached", why=str(error))
            return False
        return True

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
            return await self._asked(begun)
        call = await self._store.read(lambda tx: find_to_change(tx, user, room_name))
        if call.status is not CallState.CONNECTED:
            raise VoiceError(Errors.CALL_NOT_CONNECTED, f"The call is {call.status.value}.", current=call.status.value)
        await self._until_stopped(call.id)
        return await self._asked(await self._insert(backend, call, output_path, file_type, egress_id, user.user_id))

    async def stop(self, user: SignedIn, room_name: RoomName) -> Recording:
        """Raises `VoiceError`."""
        self._configured()
        now_ms = self._clock.now_ms()

        def use_case(tx: CallTx) -> Recording:
            call = find_to_change(tx, user, room_name)
            running = next((one for one in tx.recordings(call.id) if one.is_in_progress), None)
            if running is None:
                raise VoiceError(Errors.NOT_FOUND, "This call is not being recorded.")
            return ask_to_stop(tx, running, now_ms)

        recording = await self._store.write(use_case)
        try:
            await self._recorder.stop(recording)
        except RecorderUnavailable as error:
            log.warning("recorder not reached", egress_id=recording.egress_id, why=str(error))
        return recording

    async def of_room(self, user: SignedIn, room_name: RoomName) -> tuple[Call, list[PlacedRecording]]:
        """Newest first. Raises `VoiceError`."""
        self._configured()

        def use_case(tx: CallTx) -> tuple[Call, list[PlacedRecording]]:
            call = find_newest(tx, user, room_name)
            return call, [placed(tx, recording) for recording in tx.recordings(call.id)]

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
        if not recordings or not recordings[0].is_final or recordings[0].file_path is None:
            return None
        return await self._signed(recordings[0].file_path)

    async def peaks_url(self, recording: Recording) -> str | None:
        """A signed address of its waveform, when it is ready and has one."""
        if not recording.is_final or recording.peaks_path is None:
            return None
        peaks = None if self._backend is None else self._backend.peaks
        if peaks is None:
            return await self._signed(recording.peaks_path)
        return make_link(peaks.base_url, peaks.key, recording.peaks_path, self._clock.now_ms() // 1000 + URL_LIVES_S)

    async def waveform(self, path: str) -> bytes | None:
        """What lies in the bucket at the path of a link of ours. Raises `VoiceError`."""
        try:
            return await self._configured().storage.read(path, max_bytes=MAX_PEAKS_BYTES)
        except RecorderUnavailable as error:
            raise VoiceError(
                Errors.RECORDING_UNAVAILABLE, "The store of recordings does not answer.", why=str(error)
            ) from None

    async def _signed(self, path: str) -> str | None:
        """None while the store cannot be reached."""
        if self._backend is None:
            return None
        try:
            return await self._backend.storage.signed_url(path, ttl_s=URL_LIVES_S)
        except RecorderUnavailable as error:
            log.warning("recording not signed", why=str(error))
            return None

    async def begin(self, call_id: CallId) -> None:
        """What the client asked for when it opened the call, now that it is connected. A recorder that is away now is
        asked again by the upkeep. Raises `RecorderUnavailable`."""
        call = await self._store.read(lambda tx: tx.call(call_id))
        if self._backend is None or call is None or call.status is not CallState.CONNECTED or call.recording_begun_ms:
            return
        try:
            recording = await self._insert(
                self._backend, call, None, AUTOMATIC_FILE_TYPE, make_egress_id(), call.caller_id
            )
        except VoiceError as error:
            log.warning("recording not started", call_id=call_id, why=error.kind.code)
            return
        await self._recorder.start(recording)

    async def cease(self, egress_id: EgressId) -> None:
        """Its call is over, or it did not stop when it was told to. Raises `RecorderUnavailable`."""
        now_ms = self._clock.now_ms()

        def use_case(tx: CallTx) -> Recording | None:
            recording = tx.recording(egress_id)
            return None if recording is None else ask_to_stop(tx, recording, now_ms)

        recording = await self._store.write(use_case)
        if recording is not None and not recording.is_final and self._backend is not None:
            await self._recorder.stop(recording)

    async def ask_again(self, egress_id: EgressId) -> None:
        """One that has not begun yet. Raises `RecorderUnavailable`."""
        recording = await self._store.read(lambda tx: tx.recording(egress_id))
        if recording is not None and recording.state is RecordingState.STARTING and self._backend is not None:
            await self._recorder.start(recording)

    async def look(self, unfinished: Sequence[Recording]) -> None:
        """Raises `RecorderUnavailable`."""
        await self._recorder.look(unfinished)

    async def give_up(self, egress_id: EgressId, *, uploads_too: bool) -> None:
        """What nobody tells about any more is lost: what was being written, and with `uploads_too` what was on its way
        to the store."""
        now_ms = self._clock.now_ms()
        settled = await self._store.write(
            lambda tx: give_up(tx, egress_id, now_ms, lambda part: uploads_too or not part.has_ended)
        )
        if settled is not None:
            log.error("recording given up", call_id=settled.call_id, egress_id=egress_id, state=settled.state.value)

    async def _until_stopped(self, call_id: CallId) -> None:
        """At most so long as a recorder takes that was told to stop."""
        until_s = self._clock.monotonic_s() + STOPPED_WITHIN_S
        while self._clock.monotonic_s() < until_s and await self._is_stopping(call_id):
            await self._clock.sleep(_LOOK_S)

    async def _is_stopping(self, call_id: CallId) -> bool:
        recordings = await self._store.read(lambda tx: tx.recordings(call_id))
        return any(one.state is RecordingState.STOPPING for one in recordings)

    def _configured(self) -> RecordingBackend:
        if self._backend is None:
            raise VoiceError(Errors.RECORDING_NOT_CONFIGURED, "This service has no place to keep recordings.")
        return self._backend

    async def _insert(
        self,
        backend: RecordingBackend,
        call: Call,
        output_path: str | None,
        file_type: str,
        egress_id: EgressId,
        asked_by: Identity,
    ) -> Recording:
        path = recording_paths.path_of(call.id, egress_id, output_path, file_type)
        new = Recording(egress_id, call.id, call.room_name, file_type, path, self._clock.now_ms(), asked_by)
        try:
            if output_path is not None and await _is_there(backend.storage, path):
                raise PathTaken(path)
            return await self._store.write(lambda tx: _insert(tx, new))
        except PathTaken:
            raise VoiceError(
                Errors.OUTPUT_PATH_TAKEN, "There is a recording at this path; choose another.", field="outputPath"
            ) from None
        except RecordingInProgress:
            raise VoiceError(Errors.RECORDING_IN_PROGRESS, "This call is being recorded already.") from None
        except RecorderUnavailable as error:
            raise _unavailable(call.id, error) from None

    async def _asked(self, recording: Recording) -> Recording:
        """Idempotent, as the recorder is."""
        if recording.state is not RecordingState.STARTING:
            return recording
        try:
            await self._recorder.start(recording)
        except RecorderUnavailable as error:
            await self.give_up(recording.egress_id, uploads_too=True)
            raise _unavailable(recording.call_id, error) from None
        log.info("recording asked for", call_id=recording.call_id, egress_id=recording.egress_id)
        return recording


def placed(tx: CallTx, recording: Recording) -> PlacedRecording:
    return PlacedRecording(recording, begins_ms(recording, tx.parts(recording.egress_id)))


def _unavailable(call_id: CallId, error: RecorderUnavailable) -> VoiceError:
    log.error("recorder not reached", call_id=call_id, why=str(error))
    return VoiceError(Errors.RECORDING_UNAVAILABLE, "The recorder cannot be reached; try again in a moment.")


async def _is_there(storage: RecordingStorage, path: str) -> bool:
    """Where we may not look, only what the record knows of is there. Raises `RecorderUnavailable`."""
    try:
        return await storage.exists(path)
    except MayNotLook:
        return False


def _insert(tx: CallTx, recording: Recording) -> Recording:
    call = tx.call(recording.call_id)
    if call is None or call.is_final:
        raise VoiceError(Errors.CALL_NOT_CONNECTED, "The call is over.")
    insert_recording(tx, recording)
    if call.recording_begun_ms is None:
        tx.save_call(replace(call, recording_begun_ms=recording.created_ms))
    return recording
