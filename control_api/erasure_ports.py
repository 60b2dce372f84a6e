"""The part of a transaction that forgets."""

from __future__ import annotations

from typing import Protocol

from control_api.erasure import DoomedFile, Erasure
from control_api.recording_records import Recording
from control_api.records import Call
from shared.ids import CallId, EgressId, Identity


class ErasureTx(Protocol):
    def calls_of_person(self, user_id: Identity, limit: int) -> list[Call]:
        """Where they are caller, callee, named as a participant, had a token, were in the room or spoke."""

    def rewrite_call(self, call: Call) -> Call:
        """As `CallTx.save_call`, with what else never changes."""

    def delete_member(self, call_id: CallId, user_id: Identity) -> None: ...

    def delete_segments(self, call_id: CallId, speaker: str | None = None) -> int:
        """Of this speaker, or of everybody; how many."""

    def anonymise_events(self, call_id: CallId, user_id: Identity, alias: Identity) -> None:
        """In what the log holds of the call."""

    def delete_reservations_of(self, call_id: CallId) -> None: ...

    def delete_recording(self, egress_id: EgressId) -> None: ...

    def recordings_ended_before(self, before_ms: int, limit: int) -> list[Recording]:
        """Those that are finished."""

    def calls_with_old_words(self, before_ms: int, limit: int) -> list[Call]:
        """That ended before and still have a transcript."""

    def doom_file(self, file: DoomedFile) -> None:
        """Nothing happens when it is doomed already."""

    def doomed_files(self, limit: int) -> list[DoomedFile]:
        """Oldest first."""

    def files_left(self, erasure_id: str) -> int: ...

    def spare_file(self, path: str) -> None:
        """It is gone from the store."""

    def put_erasure(self, erasure: Erasure) -> None:
        """Takes the place of one with the same id."""

    def erasure(self, erasure_id: str) -> Erasure | None: ...
