"""``/api/voice/session``: open, read, change, end a call."""

from __future__ import annotations

from starlette.requests import Request

from control_api.access import find_by_id, find_newest
from control_api.http_errors import Phrases
from control_api.middleware.rate_limit import rate_ticket
from control_api.middleware.scope import signed_in
from control_api.ports import CallTx
from control_api.rate_classes import CHANGE, SESSION, RateFacts
from control_api.records import Call, CallType, Instructions, StoredSegment
from control_api.routes import session_views as views
from control_api.routes.registry import Operation
from control_api.routes.session_models import (
    CreateSession,
    EndQuery,
    SessionCreated,
    SessionEnded,
    SessionFound,
    SessionList,
    SessionQuery,
    SessionUpdated,
    UpdateSession,
)
from control_api.services.change_call import Change
from control_api.services.container import services
from control_api.services.livekit import configured
from control_api.services.open_call import OpenRequest
from shared.agent_state import AgentState
from shared.call_state import FINAL_STATES
from shared.errors import Errors, VoiceError
from shared.ids import CallId, Identity, RoomName

PATH = "/api/voice/session"
AGENT_HEARD_WITHIN_S = 4.0


async def create_session(request: Request, body: CreateSession) -> SessionCreated:
    livekit = configured(services(request).livekit)
    if body.call_type is not CallType.SUPPORT:
        raise VoiceError(
            Errors.NOT_IMPLEMENTED, f"Calls of type {body.call_type.value} are not supported yet.", field="callType"
        )
    opened = await services(request).opener.open(signed_in(request.scope), _open_request(body))
    return SessionCreated(session=views.created(opened, livekit.public_url))


def _open_request(body: CreateSession) -> OpenRequest:
    return OpenRequest(
        call_type=body.call_type,
        room_name=None if body.room_name is None else RoomName(body.room_name),
        callee_id=None if body.callee_id is None else Identity(body.callee_id),
        ai_enabled=body.enable_ai_agent,
        recording_enabled=body.enable_recording,
        voice=body.voice,
        model=body.model,
        metadata=body.metadata,
        instructions=Instructions(body.system_prompt or "", body.greeting),
    )


async def get_session(request: Request, query: SessionQuery) -> SessionFound | SessionList:
    if query.room_name is None and query.call_id is None:
        return await _list(request, query)
    user = signed_in(request.scope)

    def use_case(tx: CallTx) -> tuple[Call, list[StoredSegment]]:
        if query.call_id is not None:
            call = find_by_id(tx, user, CallId(query.call_id))
        else:
            call = find_newest(tx, user, RoomName(query.room_name or ""))
        return call, tx.segments(call.id)

    call, segments = await services(request).store.read(use_case)
    now_ms = services(request).clock.now_ms()
    available = _agent_available(request, call)
    return SessionFound(session=views.detail(call, segments, agent_available=available, now_ms=now_ms))


def _agent_available(request: Request, call: Call) -> bool:
    if call.agent_state is not AgentState.ACTIVE or call.agent_worker_id is None:
        return False
    worker = services(request).workers.views().get(call.agent_worker_id)
    return worker is not None and worker.connected and worker.silent_s < AGENT_HEARD_WITHIN_S


async def _list(request: Request, query: SessionQuery) -> SessionList:
    user_id = signed_in(request.scope).user_id

    def use_case(tx: CallTx) -> SessionList:
        page = tx.page(user_id=user_id, status=query.status, room_name=None, limit=query.limit, offset=query.offset)
        with_words = tx.calls_with_segments([call.id for call in page.calls])
        now_ms = services(request).clock.now_ms()
        items = [views.item(call, has_segments=call.id in with_words, now_ms=now_ms) for call in page.calls]
        return SessionList(count=len(items), total=page.total, limit=query.limit, offset=query.offset, sessions=items)

    return await services(request).store.read(use_case)


async def update_session(request: Request, body: UpdateSession) -> SessionUpdated:
    change = Change(body.status, body.agent_status, body.metadata)
    await rate_ticket(request.scope).charge(_rate_facts(body))
    await services(request).changer.change(signed_in(request.scope), RoomName(body.room_name), change)
    return SessionUpdated()


def _rate_facts(body: UpdateSession) -> RateFacts:
    """Asking for the state that it is in ends nothing, but costs nothing either."""
    return RateFacts(
        ends=body.status in FINAL_STATES or body.agent_status is AgentState.DISCONNECTED,
        starts_agent=body.agent_status is AgentState.PENDING,
    )


async def end_session(request: Request, query: EndQuery) -> SessionEnded:
    call = await services(request).changer.end(signed_in(request.scope), RoomName(query.room_name))
    return SessionEnded(duration=views.duration_s(call, services(request).clock.now_ms()))


_NOT_YOURS: Phrases = {403: "Access denied to this session", 404: "Session not found"}
_UPDATE_PHRASES: Phrases = {
    400: "Invalid status or missing roomName",
    403: "Access denied",
    404: "Session not found",
}
_END_PHRASES: Phrases = {400: "Missing roomName", 403: "Access denied", 404: "Session not found"}
_CREATE_PHRASES: Phrases = {
    Errors.ROOM_TAKEN: "Active session already exists for this room",
    Errors.LIVEKIT_NOT_CONFIGURED: "Voice service not configured",
    500: "Failed to create session",
}

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Start a new voice call session",
        create_session,
        SessionCreated,
        body=CreateSession,
        phrases=_CREATE_PHRASES,
        rate=SESSION,
        invalid_phrases={"callType": "Invalid call type"},
        raises=(
            Errors.NOT_IMPLEMENTED,
            Errors.ROOM_TAKEN,
            Errors.TOO_MANY_CALLS,
            Errors.STATE_CONFLICT,
            Errors.LIVEKIT_NOT_CONFIGURED,
            Errors.LIVEKIT_UNREACHABLE,
            Errors.NO_FREE_SLOT,
        ),
    ),
    Operation(
        "GET",
        PATH,
        "Get session details or list the user's sessions",
        get_session,
        SessionFound | SessionList,
        description="With `roomName` or `callId`: that one call. Without: the calls of the user, newest first.",
        query=SessionQuery,
        phrases=_NOT_YOURS,
    ),
    Operation(
        "PATCH",
        PATH,
        "Update session status or metadata",
        update_session,
        SessionUpdated,
        body=UpdateSession,
        phrases=_UPDATE_PHRASES,
        rate=CHANGE,
        raises=(Errors.STATE_CONFLICT, Errors.NOT_IMPLEMENTED),
    ),
    Operation(
        "DELETE",
        PATH,
        "End a voice call session",
        end_session,
        SessionEnded,
        query=EndQuery,
        phrases=_END_PHRASES,
    ),
)
