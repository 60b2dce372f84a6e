"""Opening a call: a row, a room, an agent on its way, a token for the caller. All of it, or nothing.

A worker that is connected and has room is asked for the agent directly; LiveKit's own dispatch, which takes 0.2 s
longer, is for when there is none, and for calls that nobody has claimed (docs/adr/0042-asking-workers.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from control_api.call_facts import end
from control_api.idempotency import Attempt
from control_api.limits import Limits
from control_api.ports import CallStore, CallTx, LiveKitRefused, LiveKitUnavailable, LiveRoom, RoomTaken, SignedIn
from control_api.records import Call, CallType, Instructions, Room
from control_api.services.agents import check_slots
from control_api.services.begun_call import begun_call
from control_api.services.close_call import CallCloser
from control_api.services.livekit import LiveKit, configured
from control_api.services.make_room import make_room
from control_api.services.record import insert_call, settle_and_save
from control_api.services.room_locks import RoomLocks
from control_api.services.waiting_call import waiting_call
from control_api.services.workers import WorkerRegistry
from shared.agent_state import AgentState
from shared.call_spec import CallSpec
from shared.call_state import EndReason
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import (
    AGENT_NAME,
    CallId,
    Identity,
    RoomName,
    agent_identity,
    is_made_room_name,
    make_room_name,
    media_room,
)
from shared.log import get_logger

log = get_logger(__name__)

OPEN_WITHIN_S = 2.5
"""For everything that LiveKit has to do; clients are promised an answer within 3 s."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A valid request: sizes and enums are checked by the route."""

    call_type: CallType
    room_name: RoomName | None
    callee_id: Identity | None
    ai_enabled: bool
    recording_enabled: bool
    voice: str
    model: str | None
    metadata: Mapping[str, Any] = field(repr=False)
    instructions: Instructions = field(repr=False)
    transcription_enabled: bool = False
    participant_ids: tuple[Identity, ...] | None = None
    participant_name: str | None = field(default=None, repr=False)
    """What the caller wants to be called, should their sign-in not say it."""
    attempt: Attempt | None = field(default=None, repr=False)
    """Of a request with an Idempotency-Key: where the call's id comes from."""


@dataclass(frozen=True, slots=True)
class Opened:
    call: Call
    token: str = field(repr=False)
    """Empty for a call that was over at once: there is no room to go to."""
    token_expires_ms: int


class CallOpener:
    def __init__(
        self,
        store: CallStore,
        livekit: LiveKit | None,
        workers: WorkerRegistry,
        closer: CallCloser,
        locks: RoomLocks,
        limits: Limits,
        clock: Clock,
        *,
        can_record: bool,
    ) -> None:
        self._can_record = can_record
        self._store = store
        self._livekit = livekit
        self._workers = workers
        self._closer = closer
        self._locks = locks
        self._limits = limits
        self._clock = clock

    async def waiting(self, user: SignedIn, request: OpenRequest) -> Call | None:
        """The call that this request has made before, if nobody has come to it yet."""
        asked = _new_call(user, request, CallId(""), self._clock.now_ms(), can_record=self._can_record)
        return await self._store.read(lambda tx: waiting_call(tx, asked, request.instructions))

    async def open(self, user: SignedIn, request: OpenRequest) -> Opened:
        """Raises `VoiceError`; whatever it raises, there is no row and, as soon as LiveKit hears of it, no room."""
        livekit = configured(self._livekit)
        call_id, begun = await begun_call(self._store, request.attempt)
        if begun is not None:
            return await self._go_on(livekit, begun)
        call = _new_call(user, request, call_id, self._clock.now_ms(), can_record=self._can_record)
        # Where no agent is, a recorder takes its place.
        free_slots = self._workers.free_slots() if call.ai_enabled or call.recording_enabled else None
        call = await self._store.write(lambda tx: _reserve(tx, call, request, self._limits, free_slots))
        if call.is_final:
            log.info("call ended", call_id=call.id, status=call.status.value, end_reason=call.end_reason)
            return Opened(call, "", call.created_at_ms)
        return await self._finish(livekit, call)

    async def _go_on(self, livekit: LiveKit, call: Call) -> Opened:
        """From where an earlier try was killed."""
        if call.is_final:
            return Opened(call, "", call.ended_at_ms or call.created_at_ms)
        if call.opened_at_ms is not None:
            return self._answer(livekit, call)
        return await self._finish(livekit, call)

    async def _finish(self, livekit: LiveKit, call: Call) -> Opened:
        asks_directly = call.ai_enabled and self._workers.can_offer
        try:
            room = await self._make_room(livekit, call, dispatches=not asks_directly)
        except BaseException as error:
            await asyncio.shield(self._undo(call))
            raise _as_voice_error(error) from None
        now_ms = self._clock.now_ms()
        opened = await self._store.write(lambda tx: _opened(tx, call, room, now_ms))
        if opened.is_final:  # somebody ended it while its room was made
            self._closer.discard_room(call.media_room)
            raise VoiceError(Errors.STATE_CONFLICT, "The call was ended while it was being opened.")
        if asks_directly:
            self._workers.offer(_spec(call))
        log.info("call opened", call_id=call.id, room=call.room_name, call_type=call.call_type.value)
        return self._answer(livekit, opened)

    def _answer(self, livekit: LiveKit, call: Call) -> Opened:
        ttl_s = self._limits.no_show_s
        token = livekit.tokens.for_person(call.media_room, call.caller_id, call.caller_name, ttl_s=ttl_s)
        return Opened(call, token, self._clock.now_ms() + ttl_s * 1000)

    async def _make_room(self, livekit: LiveKit, call: Call, *, dispatches: bool) -> LiveRoom:
        async with asyncio.timeout(OPEN_WITHIN_S), self._locks.hold(call.media_room):
            room = await make_room(livekit.gateway, call, self._limits)
            if call.ai_enabled and dispatches:
                metadata = _spec(call).to_metadata()
                await livekit.gateway.dispatch(call.media_room, agent_name=AGENT_NAME, metadata=metadata)
            return room

    async def _undo(self, call: Call) -> None:
        await self._store.write(lambda tx: tx.delete_call(call.id))
        self._closer.discard_room(call.media_room)


def _spec(call: Call) -> CallSpec:
    return CallSpec(call.id, call.room_name, call.agent_epoch)


def _as_voice_error(error: BaseException) -> BaseException:
    if isinstance(error, LiveKitUnavailable | LiveKitRefused | TimeoutError):
        log.error("media server did not open a room", why=str(error) or type(error).__name__)
        return VoiceError(Errors.LIVEKIT_UNREACHABLE, "The media server cannot be reached; try again in a moment.")
    return error


def _new_call(user: SignedIn, request: OpenRequest, call_id: CallId, now_ms: int, *, can_record: bool) -> Call:
    room_name = request.room_name or make_room_name(request.call_type.value, user.user_id, now_ms // 1000)
    return Call(
        id=call_id,
        room_name=room_name,
        call_type=request.call_type,
        caller_id=user.user_id,
        caller_name=user.name or request.participant_name or user.user_id,
        callee_id=request.callee_id,
        created_at_ms=now_ms,
        media_room=media_room(room_name, call_id),
        ai_enabled=request.ai_enabled,
        recording_enabled=request.recording_enabled and can_record,
        transcription_enabled=request.transcription_enabled,
        participant_ids=request.participant_ids,
        voice=request.voice,
        model=request.model,
        metadata=request.metadata,
        agent_state=AgentState.PENDING if request.ai_enabled else None,
        agent_identity=agent_identity(call_id) if request.ai_enabled else None,
        agent_epoch=1 if request.ai_enabled else 0,
    )


def _check_name(tx: CallTx, asked: RoomName | None) -> None:
    """A name of our own pattern was made for the call that is in it, or that was: nobody can choose it."""
    if asked is None or not is_made_room_name(asked):
        return
    if tx.open_call_in(asked) is not None:
        raise _room_taken()
    problem = "names of this pattern are made by the service only"
    problems = [{"field": "roomName", "problem": problem}]
    raise VoiceError(Errors.INVALID_REQUEST, f"roomName: {problem}", field="roomName", problems=problems)


def _room_taken() -> VoiceError:
    return VoiceError(
        Errors.ROOM_TAKEN, "This room has an active call; end it or choose another room name.", field="roomName"
    )


def _reserve(tx: CallTx, call: Call, request: OpenRequest, limits: Limits, free_slots: int | None) -> Call:
    """Stores the pending row, or one that is over at once because the callee is in another call."""
    _check_name(tx, request.room_name)
    if tx.count_open(call.caller_id) >= limits.max_open_calls_per_user:
        raise VoiceError(
            Errors.TOO_MANY_CALLS,
            f"You have {limits.max_open_calls_per_user} open calls already; end one first.",
            limit=limits.max_open_calls_per_user,
        )
    if call.callee_id is not None and tx.is_busy(call.callee_id):
        call = replace(end(call, EndReason.BUSY, call.created_at_ms), room_closed=True)
    else:
        check_slots(tx, free_slots)
    try:
        if call.is_final and tx.open_call_in(call.room_name) is not None:
            raise RoomTaken
        insert_call(tx, call, request.instructions)
    except RoomTaken:
        raise _room_taken() from None
    return call


def _opened(tx: CallTx, call: Call, room: LiveRoom, now_ms: int) -> Call:
    before = tx.call(call.id)
    if before is None:
        raise VoiceError(Errors.INTERNAL, "The call vanished while it was opened.")
    tx.put_room(Room(room.sid, call.id, room.created_ms))
    changed = replace(before, opened_at_ms=now_ms)
    if call.ai_enabled and before.agent_epoch == call.agent_epoch:
        changed = replace(changed, agent_requested_ms=now_ms, agent_dispatched_ms=now_ms, agent_dispatches=1)
    return settle_and_save(tx, before, changed)
