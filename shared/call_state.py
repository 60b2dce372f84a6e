"""The life of a call: the only place where a call changes state.

A call is in one of six states; the last three are final and absorb everything::

    pending ──▶ ringing ──▶ connected ──▶ completed
       │           │            └───────▶ failed
       └───────────┴──▶ missed | failed

``pending``: the row exists, the room does not yet. ``ringing``: the room is open, somebody is still missing.
``connected``: both sides are there (for a support call: the caller and a live agent).

What happens to a call is a `CallEvent`: the two events that move it forward, and one event per `EndReason`. There is
no handler with an ``if`` for a late, repeated or reordered event: each of them is a row of `TRANSITIONS`, which is
total over (state, event). A row that maps a state to itself means "known, and changes nothing".

The three final states say what the call was for its people: ``completed`` was connected and ended as calls end,
``missed`` was never answered, ``failed`` means that something of ours broke.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallState(StrEnum):
    PENDING = "pending"
    RINGING = "ringing"
    CONNECTED = "connected"
    COMPLETED = "completed"
    MISSED = "missed"
    FAILED = "failed"


FINAL_STATES = frozenset({CallState.COMPLETED, CallState.MISSED, CallState.FAILED})
OPEN_STATES = frozenset(CallState) - FINAL_STATES


class EndReason(StrEnum):
    """Why a call ended. Every ended call has exactly one; the first that is applied stands."""

    CALLER_HUNG_UP = "caller_hung_up"
    CALLEE_HUNG_UP = "callee_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    ENDED_BY_API = "ended_by_api"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    NO_SHOW = "no_show"
    NO_AGENT = "no_agent"
    CALLER_LOST = "caller_lost"
    IDLE_TIMEOUT = "idle_timeout"
    MAX_DURATION = "max_duration"
    AGENT_LOST = "agent_lost"
    CALLEE_LOST = "callee_lost"
    EVERYONE_LEFT = "everyone_left"
    BUSY = "busy"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_QUOTA = "provider_quota"
    PROVIDER_AUTH = "provider_auth"
    MEDIA_SERVER_LOST = "media_server_lost"
    INTERNAL_ERROR = "internal_error"


# Something broke on our side or at a provider of ours. A person whose network went away is no fault of the system:
# for the call, a lost caller is how many people hang up (they close the tab).
FAULTS = frozenset(
    {
        EndReason.NO_AGENT,
        EndReason.AGENT_LOST,
        EndReason.PROVIDER_DOWN,
        EndReason.PROVIDER_QUOTA,
        EndReason.PROVIDER_AUTH,
        EndReason.MEDIA_SERVER_LOST,
        EndReason.INTERNAL_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class RoomOpened:
    """The LiveKit room exists and the agent, if any, is dispatched."""


@dataclass(frozen=True, slots=True)
class PartiesPresent:
    """Everyone whom this kind of call needs is in the room."""


@dataclass(frozen=True, slots=True)
class Ended:
    reason: EndReason


CallEvent = RoomOpened | PartiesPresent | Ended

ALL_EVENTS: tuple[CallEvent, ...] = (RoomOpened(), PartiesPresent(), *(Ended(reason) for reason in EndReason))


def _end_state(state: CallState, reason: EndReason) -> CallState:
    if reason in FAULTS:
        return CallState.FAILED
    return CallState.COMPLETED if state is CallState.CONNECTED else CallState.MISSED


def _build_transitions() -> dict[tuple[CallState, CallEvent], CallState]:
    table: dict[tuple[CallState, CallEvent], CallState] = {
        (CallState.PENDING, RoomOpened()): CallState.RINGING,
        (CallState.RINGING, RoomOpened()): CallState.RINGING,
        (CallState.CONNECTED, RoomOpened()): CallState.CONNECTED,
        # A webhook can be applied before the request that opened the room has stored that it is open.
        (CallState.PENDING, PartiesPresent()): CallState.CONNECTED,
        (CallState.RINGING, PartiesPresent()): CallState.CONNECTED,
        (CallState.CONNECTED, PartiesPresent()): CallState.CONNECTED,
    }
    for state in CallState:
        if state in OPEN_STATES:
            table |= {(state, Ended(reason)): _end_state(state, reason) for reason in EndReason}
        else:
            table |= {(state, event): state for event in ALL_EVENTS}
    return table


TRANSITIONS: dict[tuple[CallState, CallEvent], CallState] = _build_transitions()


def next_state(state: CallState, event: CallEvent) -> CallState:
    """The state after `event`. Total: there is no illegal event, only events that change nothing."""
    return TRANSITIONS[state, event]
