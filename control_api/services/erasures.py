"""Forgetting: one user at the wish of an admin, old recordings and transcripts by themselves.

The database forgets at once. Files are noted as doomed in the same transaction and deleted behind it, again and again
while the store is down: what is noted nowhere any more would stay for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from control_api.erasure import (
    DoomedFile,
    Erasure,
    files_of,
    is_maker,
    make_alias,
    new_erasure,
    stay_without_person,
    without_person,
)
from control_api.ports import CallStore, CallTx, SignedIn
from control_api.recording_ports import RecordingStorage
from control_api.recording_records import Recording
from control_api.records import Call, Instructions
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import Identity
from shared.log import get_logger

log = get_logger(__name__)

CHUNK = 100
"""Calls, recordings or files in one go: other writers wait for no more than that."""
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after the end; None: for ever."""

    recording_days: int | None = None
    transcript_days: int | None = None


class Erasures:
    """`storage` None: nothing is recorded (any more), and what was stays where it is."""

    def __init__(self, store: CallStore, storage: RecordingStorage | None, retention: Retention, clock: Clock) -> None:
        self._store = store
        self._storage = storage
        self._retention = retention
        self._clock = clock

    async def erase(self, admin: SignedIn, user_id: Identity) -> tuple[Erasure, int]:
        """The receipt, and how many files are still to be deleted. Raises `VoiceError` while the user has an open
        call; then nothing was done. What an interrupted one has left, the next finishes."""
        _check_admin(admin)
        erasure = new_erasure(user_id, admin.user_id, self._clock.now_ms())
        await self._store.write(lambda tx: _begin(tx, erasure, user_id))
        while True:
            former = erasure
            erasure = await self._store.write(lambda tx, former=former: _erase_some(tx, former, user_id))  # type: ignore[misc]
            if erasure.calls == former.calls:
                break
        log.info("user erased", erasure_id=erasure.id, calls=erasure.calls, recordings=erasure.recordings)
        await self._store.write(lambda tx: _complete(tx, erasure.id, self._clock.now_ms()))
        return await self.receipt(admin, erasure.id)

    async def receipt(self, admin: SignedIn, erasure_id: str) -> tuple[Erasure, int]:
        """Raises `VoiceError`."""
        _check_admin(admin)
        found, left = await self._store.read(lambda tx: (tx.erasure(erasure_id), tx.files_left(erasure_id)))
        if found is None:
            raise VoiceError(Errors.NOT_FOUND, "There is no such receipt.")
        return found, left

    async def expire(self) -> None:
        """What is older than it may be."""
        now_ms = self._clock.now_ms()
        if self._retention.recording_days is not None:
            before_ms = now_ms - self._retention.recording_days * DAY_MS
            while await self._store.write(lambda tx: _expire_recordings(tx, before_ms, now_ms)):
                pass
        if self._retention.transcript_days is not None:
            before_ms = now_ms - self._retention.transcript_days * DAY_MS
            while await self._store.write(lambda tx: _expire_words(tx, before_ms)):
                pass

    async def delete_files(self) -> None:
        """What is doomed. Raises `RecorderUnavailable` with the rest still noted."""
        if self._storage is None:
            return
        for file in await self._store.read(lambda tx: tx.doomed_files(CHUNK)):
            await self._storage.delete(file.path)
            now_ms = self._clock.now_ms()
            await self._store.write(lambda tx, file=file, now_ms=now_ms: _deleted(tx, file, now_ms))  # type: ignore[misc]


def doom(tx: CallTx, paths: Iterable[str], now_ms: int, erasure_id: str | None = None) -> None:
    for path in paths:
        tx.doom_file(DoomedFile(path, now_ms, erasure_id))


def _check_admin(user: SignedIn) -> None:
    if not user.is_admin:
        raise VoiceError(Errors.FORBIDDEN, "Only admins may erase what is kept of a user.")


def _begin(tx: CallTx, erasure: Erasure, user_id: Identity) -> None:
    if tx.count_open(user_id) or tx.is_busy(user_id):
        raise VoiceError(Errors.STATE_CONFLICT, "This user has an open call; end it first.")
    tx.put_erasure(erasure)


def _erase_some(tx: CallTx, erasure: Erasure, user_id: Identity) -> Erasure:
    """The receipt with what was done so far; the same when nothing was left."""
    for call in tx.calls_of_person(user_id, CHUNK):
        recordings = tx.recordings(call.id)
        for recording in recordings:
            _forget_recording(tx, recording, erasure.asked_ms, erasure.id)
        segments = _forget_person(tx, call, user_id)
        erasure = replace(
            erasure,
            calls=erasure.calls + 1,
            recordings=erasure.recordings + len(recordings),
            segments=erasure.segments + segments,
        )
    tx.put_erasure(erasure)
    return erasure


def _forget_person(tx: CallTx, call: Call, user_id: Identity) -> int:
    alias = make_alias()
    segments = tx.delete_segments(call.id, None if is_maker(call, user_id) else user_id)
    for stay in tx.presence(call.id):
        tx.put_presence(stay_without_person(stay, user_id, alias))
    tx.delete_member(call.id, user_id)
    tx.anonymise_events(call.id, user_id, alias)
    tx.delete_reservations_of(call.id)
    if is_maker(call, user_id):
        tx.save_instructions(call.id, Instructions())
    tx.rewrite_call(without_person(call, user_id, alias))
    return segments


def _forget_recording(tx: CallTx, recording: Recording, now_ms: int, erasure_id: str | None = None) -> None:
    doom(tx, files_of(recording, tx.parts(recording.egress_id)), now_ms, erasure_id)
    tx.delete_recording(recording.egress_id)


def _complete(tx: CallTx, erasure_id: str, now_ms: int) -> None:
    erasure = tx.erasure(erasure_id)
    if erasure is not None and erasure.completed_ms is None and tx.files_left(erasure_id) == 0:
        tx.put_erasure(replace(erasure, completed_ms=now_ms))


def _deleted(tx: CallTx, file: DoomedFile, now_ms: int) -> None:
    tx.spare_file(file.path)
    if file.erasure_id is not None:
        _complete(tx, file.erasure_id, now_ms)


def _expire_recordings(tx: CallTx, before_ms: int, now_ms: int) -> int:
    old = tx.recordings_ended_before(before_ms, CHUNK)
    for recording in old:
        _forget_recording(tx, recording, now_ms)
    return len(old)


def _expire_words(tx: CallTx, before_ms: int) -> int:
    old = tx.calls_with_old_words(before_ms, CHUNK)
    for call in old:
        tx.delete_segments(call.id)
        if call.transcript_override is not None:
            tx.save_call(replace(call, transcript_override=None))
    return len(old)
