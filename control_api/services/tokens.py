"""Tokens that let people into a call's room; the first one of a callee answers the call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from control_api.access import find_by_id, forbidden, may_change, may_join
from control_api.idempotency import Attempt
from control_api.limits import Limits
from control_api.ports import CallStore, CallTx, SignedIn
from control_api.records import Call, CallType, Instructions, Member
from control_api.services.agents import AgentRequest, Agents
from control_api.services.begun_call import begun_call
from control_api.services.close_call import CallCloser
from control_api.services.livekit import LiveKit, configured
from control_api.services.open_call import CallOpener, OpenRequest
from control_api.services.record import save_if_changed
from control_api.services.room_locks import Turns
from control_api.voices import DEFAULT_VOICE
from shared.call_state import CallState
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName, is_made_room_name
from shared.log import get_logger
from shared.room_signals import CALL_ANSWERED_TOPIC, call_answered

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What is None was not said."""

    room_name: RoomName | None = None
    participant_name: str | None = field(default=None, repr=False)
    room_type: CallType | None = None
    spawn_agent: bool | None = None
    attempt: Attempt | None = field(default=None, repr=False)
    """Of a request with an Idempotency-Key."""


@dataclass(frozen=True, slots=True)
class Issued:
    call: Call
    participant_name: str = field(repr=False)
    token: str = field(repr=False)
    expires_ms: int
    answered_elsewhere: bool = False
    """The callee had answered before, on this device or another."""


class Charge(Protocol):
    """Counts a request as what it turns out to be, before it does anything."""

    async def __call__(self, *, makes_call: bool, starts_agent: bool) -> None: ...


class Tokens:
    def __init__(
        self,
        store: CallStore,
        livekit: LiveKit | None,
        opener: CallOpener,
        agents: Agents,
        closer: CallCloser,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._store = store
        self._livekit = livekit
        self._opener = opener
        self._agents = agents
        self._closer = closer
        self._limits = limits
        self._clock = clock
        self._turns = Turns[tuple[str, str]]()

    async def issue(self, user: SignedIn, request: TokenRequest, charge: Charge) -> Issued:
        """For the open call in that room, or the user's own one that waits for them; where there is none, one is made.
        Raises `VoiceError`."""
        configured(self._livekit)
        _, begun = await begun_call(self._store, request.attempt)
        place = ("user", user.user_id) if request.room_name is None else ("room", request.room_name)
        async with self._turns.hold(place):  # who asks while it is being made gets a token for a room that is there
            call = None if begun is not None else await self._call_of(user, request)
            starts_agent = call is not None and bool(request.spawn_agent) and not call.has_agent
            await charge(makes_call=call is None, starts_agent=starts_agent)
            if call is None:
                try:
                    return await self._make(user, request)
                except VoiceError as error:
                    # Another way into the room was quicker: this is how two people who go there together meet.
                    call = await self._open_call(request.room_name)
                    if error.kind is not Errors.ROOM_TAKEN or call is None:
                        raise
        return await self._join(user, call, request)

    async def for_call(self, user: SignedIn, call_id: CallId, participant_name: str | None = None) -> Issued:
        """Raises `VoiceError` unless the user may join that call, and it is open."""
        livekit = configured(self._livekit)
        name = user.name or participant_name or user.user_id
        now_ms = self._clock.now_ms()
        call, before = await self._store.write(lambda tx: _joined(tx, user, call_id, name, now_ms))
        is_callee = user.user_id == call.callee_id
        if is_callee and before.answered_at_ms is None:
            log.info("call answered", call_id=call.id)
            self._closer.say_soon(call, CALL_ANSWERED_TOPIC, call_answered(call.id))
        ttl_s = self._limits.later_token_s if call.status is CallState.CONNECTED else self._limits.no_show_s
        token = livekit.tokens.for_person(call.media_room, user.user_id, name, ttl_s=ttl_s)
        return Issued(call, name, token, now_ms + ttl_s * 1000, is_callee and before.answered_at_ms is not None)

    async def again(self, user: SignedIn, call_id: CallId, participant_name: str | None) -> Issued:
        """For an answer that is given once more. The token is empty once the call is over: by then the name of its
        room may be another call's. Raises `VoiceError`."""
        call = await self._store.read(lambda tx: find_by_id(tx, user, call_id))
        if call.is_final:
            return Issued(call, participant_name or call.caller_name, "", call.ended_at_ms or call.created_at_ms)
        return await self.for_call(user, call_id, participant_name)

    async def _call_of(self, user: SignedIn, request: TokenRequest) -> Call | None:
        """The open call that is asked for; None: one is to be made. Raises `VoiceError`."""
        room_name = request.room_name
        if room_name is None:
            is_made_so = request.room_type is not CallType.USER_TO_USER
            return await self._opener.waiting(user, _open_request(request)) if is_made_so else None
        is_any_type = request.room_type is None
        return await self._store.read(lambda tx: _open_or_none(tx, user, room_name, is_any_type=is_any_type))

    async def _open_call(self, room_name: RoomName | None) -> Call | None:
        return None if room_name is None else await self._store.read(lambda tx: tx.open_call_in(room_name))

    async def _make(self, user: SignedIn, request: TokenRequest) -> Issued:
        opened = await self._opener.open(user, _open_request(request))
        return Issued(opened.call, opened.call.caller_name, opened.token, opened.token_expires_ms)

    async def _join(self, user: SignedIn, call: Call, request: TokenRequest) -> Issued:
        if not may_join(user, call):
            raise forbidden()
        if request.room_type is not None and request.room_type is not call.call_type:
            raise VoiceError(
                Errors.ANOTHER_ROOM_TYPE,
                f"The call in this room is of type {call.call_type.value}.",
                current=call.call_type.value,
            )
        if request.spawn_agent and not call.has_agent:
            if not may_change(user, call):
                raise VoiceError(Errors.FORBIDDEN, "Only its caller or callee may add an agent to a call.")
            await self._agents.spawn(user, call.room_name, AgentRequest())
        return await self.for_call(user, call.id, request.participant_name)


def _open_or_none(tx: CallTx, user: SignedIn, room_name: RoomName, *, is_any_type: bool) -> Call | None:
    """Who comes a moment after a call between two, or a conference, has ended meant that one, and no new support call:
    they are told, unless they say which type of call they want."""
    call = tx.open_call_in(room_name)
    before = tx.newest_call_in(room_name, user.user_id) if call is None and is_any_type else None
    if before is not None and before.call_type is not CallType.SUPPORT:
        raise VoiceError(Errors.NOT_FOUND, "The call in this room is over; say which roomType a new one is to have.")
    return call


def _joined(tx: CallTx, user: SignedIn, call_id: CallId, name: str, now_ms: int) -> tuple[Call, Call]:
    """The call after and before."""
    before = tx.call(call_id)
    if before is None or before.is_final:
        raise VoiceError(Errors.NOT_FOUND, "There is no active call in this room.")
    if not may_join(user, before):
        raise forbidden()
    tx.put_member(Member(call_id, user.user_id, name, now_ms))
    after = before
    if user.user_id == before.callee_id and before.answered_at_ms is None:
        after = replace(before, answered_at_ms=now_ms)
    elif user.user_id == before.caller_id and _has_waited(before, now_ms):
        after = replace(before, asked_ms=now_ms)
    return save_if_changed(tx, before, after), before


def _has_waited(call: Call, now_ms: int) -> bool:
    """For anybody to come, since its caller last asked for it."""
    return call.people_joined_ms is None and now_ms > (call.asked_ms or call.opened_at_ms or now_ms)


def _open_request(request: TokenRequest) -> OpenRequest:
    """What the contract has as defaults. Raises `VoiceError` for what cannot be opened by a token."""
    room_type = request.room_type or CallType.SUPPORT
    if room_type is CallType.USER_TO_USER:
        raise VoiceError(
            Errors.INVALID_REQUEST,
            "A call between two users is opened with POST /api/voice/session, which takes the calleeId.",
            field="roomType",
        )
    if request.room_name is not None and is_made_room_name(request.room_name):
        raise VoiceError(
            Errors.INVALID_REQUEST,
            "There is no active call in this room, and names of this pattern are made by the service only.",
            field="roomName",
        )
    return OpenRequest(
        call_type=room_type,
        room_name=request.room_name,
        callee_id=None,
        ai_enabled=request.spawn_agent is not False,
        recording_enabled=True,
        transcription_enabled=True,
        voice=DEFAULT_VOICE,
        model=None,
        metadata={},
        instructions=Instructions(),
        participant_name=request.participant_name,
        attempt=request.attempt,
    )
