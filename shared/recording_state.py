"""The life of one recording. A table like `shared.call_state`, with the same rules.

``starting``: asked for, the recorder has not said that it writes. ``active``: it writes. ``stopping``: it was told to
stop. ``uploading``: the file is whole and on its way to the store. The last three are final: ``ready`` is whole and
stored, ``partial`` has a gap or an end that is missing, ``failed`` has nothing that can be played.

What a recorder says may come late, twice and in any order; a final state absorbs everything, but for one thing: a
file that turns up after it was given up for lost.
"""

from __future__ import annotations

from enum import StrEnum


class RecordingState(StrEnum):
    STARTING = "starting"
    ACTIVE = "active"
    STOPPING = "stopping"
    UPLOADING = "uploading"
    READY = "ready"
    PARTIAL = "partial"
    FAILED = "failed"


class RecordingEvent(StrEnum):
    STARTED = "started"
    STOP_ASKED = "stop_asked"
    WRITTEN = "written"
    """The file is closed; it is being uploaded."""
    STORED = "stored"
    STORED_IN_PART = "stored_in_part"
    BROKEN = "broken"


FINAL_STATES = frozenset({RecordingState.READY, RecordingState.PARTIAL, RecordingState.FAILED})
IN_PROGRESS = frozenset({RecordingState.STARTING, RecordingState.ACTIVE, RecordingState.STOPPING})
"""The call is being recorded: a second recording must wait."""

_S, _E = RecordingState, RecordingEvent


def _build_transitions() -> dict[tuple[RecordingState, RecordingEvent], RecordingState]:
    table: dict[tuple[RecordingState, RecordingEvent], RecordingState] = {
        (_S.STARTING, _E.STARTED): _S.ACTIVE,
        (_S.ACTIVE, _E.STARTED): _S.ACTIVE,
        # It began to write just before it heard that it should stop.
        (_S.STOPPING, _E.STARTED): _S.STOPPING,
        (_S.UPLOADING, _E.STARTED): _S.UPLOADING,
        (_S.STARTING, _E.STOP_ASKED): _S.STOPPING,
        (_S.ACTIVE, _E.STOP_ASKED): _S.STOPPING,
        (_S.STOPPING, _E.STOP_ASKED): _S.STOPPING,
        # It stopped by itself, with the call.
        (_S.UPLOADING, _E.STOP_ASKED): _S.UPLOADING,
    }
    for state in RecordingState:
        if state in FINAL_STATES:
            table |= {(state, event): state for event in RecordingEvent}
            if state is _S.FAILED:
                table |= {(state, _E.STORED): _S.READY, (state, _E.STORED_IN_PART): _S.PARTIAL}
        else:
            table |= {
                (state, _E.WRITTEN): _S.UPLOADING,
                (state, _E.STORED): _S.READY,
                (state, _E.STORED_IN_PART): _S.PARTIAL,
                (state, _E.BROKEN): _S.FAILED,
            }
    return table


TRANSITIONS: dict[tuple[RecordingState, RecordingEvent], RecordingState] = _build_transitions()


def next_recording_state(state: RecordingState, event: RecordingEvent) -> RecordingState:
    """The state after `event`; total over (state, event)."""
    return TRANSITIONS[state, event]


def public_status(state: RecordingState) -> str:
    """What clients see: a recording that is just starting is ``active``, since that is what they asked for."""
    return RecordingState.ACTIVE.value if state is RecordingState.STARTING else state.value
