"""``/api/voice/agent``: the AI agent of a running call."""

from __future__ import annotations

from starlette.requests import Request

from control_api.http_errors import Phrases
from control_api.middleware.rate_limit import rate_ticket
from control_api.middleware.scope import signed_in
from control_api.rate_classes import CHANGE, SESSION, RateFacts
from control_api.records import Call
from control_api.routes.fields import (
    AgentStatusField,
    AgentStatusText,
    CallIdText,
    LimitField,
    OffsetField,
    Prompt,
    RoomNameField,
    Timestamp,
    VoiceField,
)
from control_api.routes.idempotent import concerned, concerns
from control_api.routes.registry import Model, Operation, Page
from control_api.routes.session_views import iso
from control_api.routes.signed import Signed
from control_api.services.agents import AgentRequest
from control_api.services.container import services
from control_api.services.livekit import configured
from shared.agent_state import AgentState, public_status
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName

PATH = "/api/voice/agent"


class SpawnAgent(Model):
    room_name: RoomNameField
    system_prompt: Prompt | None = None
    """As the call has it if not given; at most 32 KiB of UTF-8."""
    voice: VoiceField | None = None
    """As the call has it if not given, at first `alloy`."""


class AgentSession(Model):
    room_name: str
    agent_identity: str
    status: AgentStatusText
    created_at: Timestamp
    call_id: CallIdText
    """Addition."""


class SpawnedAgent(AgentSession):
    token: Signed
    """For whoever asked, not for the agent."""
    token_expires_at: Timestamp
    """Addition. After this the token lets nobody in."""
    server_url: str


class AgentSpawned(Model):
    success: bool = True
    message: str = "Agent spawned successfully"
    session: SpawnedAgent


class AgentQuery(Model):
    room_name: RoomNameField | None = None
    list_all: bool = False
    limit: LimitField = 10
    """Addition. Of `listAll`: results per page."""
    offset: OffsetField = 0
    """Addition."""


class AgentFound(Model):
    success: bool = True
    available: bool
    session: AgentSession | None
    """Null for a call without an agent."""


class AgentList(Page):
    sessions: list[AgentSession]


class UpdateAgent(Model):
    room_name: RoomNameField
    status: AgentStatusField


class AgentDone(Model):
    success: bool = True
    message: str


class AgentRoomQuery(Model):
    room_name: RoomNameField


async def spawn_agent(request: Request, body: SpawnAgent) -> AgentSpawned:
    livekit, user = configured(services(request).livekit), signed_in(request.scope)
    call = await services(request).agents.spawn(
        user, RoomName(body.room_name), AgentRequest(body.system_prompt, body.voice)
    )
    concerns(request, call.id)
    issued = await services(request).tokens.for_call(user, call.id)
    spawned = SpawnedAgent(
        **_session(issued.call).model_dump(),
        token=issued.token,
        token_expires_at=iso(issued.expires_ms),
        server_url=livekit.public_url,
    )
    return AgentSpawned(session=spawned)


async def resign_agent(request: Request, call_id: CallId | None, answer: AgentSpawned) -> AgentSpawned:
    issued = await services(request).tokens.again(signed_in(request.scope), concerned(call_id), None)
    fresh = {"token": issued.token, "token_expires_at": iso(issued.expires_ms)}
    return answer.model_copy(update={"session": answer.session.model_copy(update=fresh)})


async def get_agent(request: Request, query: AgentQuery) -> AgentFound | AgentList:
    user, agents = signed_in(request.scope), services(request).agents
    if query.list_all:
        page = await agents.active(user, limit=query.limit, offset=query.offset)
        sessions = [_session(call) for call in page.calls]
        return AgentList(
            count=len(sessions), total=page.total, limit=query.limit, offset=query.offset, sessions=sessions
        )
    if query.room_name is None:
        raise VoiceError(Errors.INVALID_REQUEST, "roomName or listAll is required", field="roomName")
    call = await agents.find(user, RoomName(query.room_name))
    session = None if call.agent_state is None else _session(call)
    return AgentFound(available=agents.is_available(call), session=session)


async def update_agent(request: Request, body: UpdateAgent) -> AgentDone:
    facts = RateFacts(ends=body.status == AgentState.DISCONNECTED, starts_agent=body.status == AgentState.PENDING)
    await rate_ticket(request.scope).charge(facts)
    await services(request).changer.change_agent(signed_in(request.scope), RoomName(body.room_name), body.status)
    return AgentDone(message=f"Agent status updated to {body.status}")


async def remove_agent(request: Request, query: AgentRoomQuery) -> AgentDone:
    await services(request).agents.remove(signed_in(request.scope), RoomName(query.room_name))
    return AgentDone(message="Agent removed successfully")


def _session(call: Call) -> AgentSession:
    return AgentSession(
        room_name=call.room_name,
        agent_identity=call.agent_identity or "",
        status=public_status(call.agent_state) or "",
        created_at=iso(call.agent_requested_ms or call.created_at_ms),
        call_id=call.id,
    )


_PHRASES: Phrases = {
    400: "Missing roomName",
    403: "Access denied",
    404: "Call session or agent not found",
    500: "Failed to spawn agent",
    Errors.LIVEKIT_NOT_CONFIGURED: "Voice service not configured",
}
_OTHERWISE_INVALID = {"systemPrompt": "Bad Request", "voice": "Bad Request", "status": "Bad Request"}

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Spawn an AI agent in a running call",
        spawn_agent,
        AgentSpawned,
        body=SpawnAgent,
        phrases=_PHRASES,
        rate=SESSION,
        resign=resign_agent,
        description="The agent that is there already is answered as it is.",
        raises=(Errors.LIVEKIT_UNREACHABLE, Errors.NO_FREE_SLOT),
        invalid_phrases=_OTHERWISE_INVALID,
    ),
    Operation(
        "GET",
        PATH,
        "Get the status of a call's agent or list active agents",
        get_agent,
        AgentFound | AgentList,
        description="With `roomName`: the agent of that call. With `listAll`: active agents, for admins everybody's.",
        query=AgentQuery,
        phrases=_PHRASES,
        invalid_phrases={"limit": "Bad Request", "offset": "Bad Request", "listAll": "Bad Request"},
    ),
    Operation(
        "PATCH",
        PATH,
        "Update the status of a call's agent",
        update_agent,
        AgentDone,
        body=UpdateAgent,
        phrases=_PHRASES,
        rate=CHANGE,
        description="`disconnected` removes the agent, `pending` brings one, `active` succeeds only if it is true.",
        raises=(Errors.STATE_CONFLICT, Errors.LIVEKIT_UNREACHABLE, Errors.NO_FREE_SLOT),
        invalid_phrases=_OTHERWISE_INVALID,
    ),
    Operation(
        "DELETE",
        PATH,
        "Remove the agent from a call",
        remove_agent,
        AgentDone,
        query=AgentRoomQuery,
        phrases=_PHRASES,
    ),
)
