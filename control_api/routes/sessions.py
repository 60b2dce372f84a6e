"""``/api/voice/session``: open, read, change, end a call."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request

from control_api.access import find_by_id, find_newest
from control_api.http_errors import Phrases
from control_api.middleware.rate_limit import rate_ticket
from control_api.middleware.scope import signed_in
from control_api.ports import CallTx, SignedIn
from control_api.rate_classes import CHANGE, SESSION, RateFacts
from control_api.recording_records import Recording
from control_api.records import Call, CallType, Instructions
from control_api.routes import event_views
from control_api.routes import session_views as views
from control_api.routes.idempotent import attempt_of, concerned
from control_api.routes.registry import Operation, refused
from control_api.routes.session_list import list_sessions
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
from control_api.services.recordings import placed
from shared.agent_state import AgentState
from shared.call_state import FINAL_STATES
from shared.errors import Errors
from shared.ids import CallId, Identity, RoomName

PATH = "/api/voice/session"
MAX_TIMELINE = 2_000


async def create_session(request: Request, body: CreateSession) -> SessionCreated:
    livekit = configured(services(request).livekit)
    user = signed_in(request.scope)
    _check_people(user, body)
    opened = await services(request).opener.open(user, _open_request(request, body))
    return SessionCreated(session=views.created(opened, livekit.public_url))


def _check_people(user: SignedIn, body: CreateSession) -> None:
    is_pair = body.call_type is CallType.USER_TO_USER
    if is_pair and body.callee_id is None:
        raise refused("calleeId", "is required for a call between two users")
    if not is_pair and body.callee_id is not None:
        raise refused("calleeId", "is for calls between two users only")
    if body.callee_id == user.user_id:
        raise refused("calleeId", "must be somebody else")
    if body.participant_ids is not None and body.call_type is not CallType.CONFERENCE:
        raise refused("participantIds", "is for conferences only")


def _open_request(request: Request, body: CreateSession) -> OpenRequest:
    transcribed = body.enable_recording if body.enable_transcription is None else body.enable_transcription
    invited = body.participant_ids
    return OpenRequest(
        call_type=body.call_type,
        room_name=None if body.room_name is None else RoomName(body.room_name),
        callee_id=None if body.callee_id is None else Identity(body.callee_id),
        ai_enabled=body.wants_agent,
        recording_enabled=body.enable_recording,
        voice=body.voice,
        model=body.model,
        metadata=body.metadata,
        instructions=Instructions(body.system_prompt or "", body.greeting),
        transcription_enabled=transcribed,
        participant_ids=None if invited is None else tuple(Identity(user_id) for user_id in invited),
        attempt=attempt_of(request.scope),
    )


async def resign_session(request: Request, call_id: CallId | None, answer: SessionCreated) -> SessionCreated:
    """The same answer, with a token that is good from now."""
    session = answer.session
    issued = await services(request).tokens.again(
        signed_in(request.scope), concerned(call_id), session.participant_name
    )
    fresh = {"token": issued.token, "token_expires_at": views.iso(issued.expires_ms)}
    return answer.model_copy(update={"session": session.model_copy(update=fresh)})


async def get_session(request: Request, query: SessionQuery) -> SessionFound | SessionList:
    if query.room_name is None and query.call_id is None:
        return await list_sessions(request, query)
    user = signed_in(request.scope)

    def use_case(tx: CallTx) -> tuple[Call, views.Extras, list[Recording]]:
        if query.call_id is not None:
            call = find_by_id(tx, user, CallId(query.call_id))
        else:
            call = find_newest(tx, user, RoomName(query.room_name or ""))
        timeline = None if query.include is None else event_views.timeline(tx.events(call.id, MAX_TIMELINE), user)
        tokens = tx.tokens(call.id) if user.is_admin else None
        recordings = tx.recordings(call.id)
        begins_ms = placed(tx, recordings[0]).begins_ms if recordings else None
        extras = views.Extras(
            tx.segments(call.id),
            tx.members(call.id),
            recording_begins_ms=begins_ms,
            timeline=timeline,
            tokens=tokens,
        )
        return call, extras, recordings

    found = services(request)
    call, extras, recordings = await found.store.read(use_case)
    extras = replace(
        extras,
        recording_url=await found.recordings.url(recordings),
        agent_available=found.agents.is_available(call),
        costs=found.costs,
    )
    return SessionFound(session=views.detail(call, extras, found.clock.now_ms()))


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
        resign=resign_session,
        invalid_phrases={"callType": "Invalid call type"},
        raises=(
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
        description="With `roomName` or `callId`: that one call. Without: the calls of the user, newest first; with "
        "`listAll`, for admins, everybody's.",
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
        raises=(
            Errors.STATE_CONFLICT,
            Errors.LIVEKIT_NOT_CONFIGURED,
            Errors.LIVEKIT_UNREACHABLE,
            Errors.NO_FREE_SLOT,
        ),
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
