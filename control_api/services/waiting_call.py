"""A call that its caller has asked for and to which nobody has come yet: who asks for the same again means that one.

Front ends ask for a token with each page that is loaded, and twice at once while they are developed. Made anew each
time, every page would leave a call with an agent behind in which nobody ever is, until the user may have no more.
"""

from __future__ import annotations

from control_api.history_ports import CallFilter
from control_api.limits import LONGEST_WAIT_S
from control_api.ports import CallTx
from control_api.records import Call, Instructions
from shared.call_state import CallState
from shared.ids import is_made_room_name

LOOKS_AT = 10
"""More than anybody has open."""


def waiting_call(tx: CallTx, asked: Call, instructions: Instructions) -> Call | None:
    """`asked`: the call that would be made now, in a room of a name that nobody chose."""
    ringing = CallFilter(user_id=asked.caller_id, status=CallState.RINGING)
    for call in tx.page(ringing, limit=LOOKS_AT, offset=0).calls:
        is_young = asked.created_at_ms - call.created_at_ms < LONGEST_WAIT_S * 1000
        if is_young and _waits(call) and _asked(call) == _asked(asked) and tx.instructions(call.id) == instructions:
            return call
    return None


def _waits(call: Call) -> bool:
    return call.people_joined_ms is None and call.caller_seen_ms is None and is_made_room_name(call.room_name)


def _asked(call: Call) -> tuple[object, ...]:
    """What was asked for, as far as it is still so."""
    return (
        call.caller_id,
        call.callee_id,
        call.call_type,
        call.ai_enabled,
        call.has_agent,
        call.recording_enabled,
        call.transcription_enabled,
        call.participant_ids,
        call.voice,
        call.model,
        dict(call.metadata),
    )
