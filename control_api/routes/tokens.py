"""``/api/voice/token``: a token for a call's room; the call is made when there is none. And the same in the shape that
LiveKit's own client library asks for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool
from starlette.requests import Request

from control_api.http_errors import Phrases
from control_api.middleware.rate_limit import rate_ticket
from control_api.middleware.scope import signed_in
from control_api.rate_classes import TOKEN, RateFacts
from control_api.records import CallType
from control_api.routes.fields import CallIdText, NameField, RoomNameField, Timestamp
from control_api.routes.idempotent import attempt_of, concerned, concerns
from control_api.routes.registry import Model, Operation
from control_api.routes.session_views import iso
from control_api.routes.signed import Signed
from control_api.services.container import services
from control_api.services.livekit import configured
from control_api.services.tokens import Issued, TokenRequest
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName

PATH = "/api/voice/token"
LIVEKIT_PATH = "/api/voice/token/livekit"


class CreateToken(Model):
    """What is not given changes nothing in a call that is there."""

    room_name: RoomNameField | None = None
    participant_name: NameField | None = None
    room_type: CallType | None = None
    """Of a call that is made: `support` if not given. For one that is there, another type is refused."""
    spawn_ai_agent: StrictBool | None = None
    """Of a call that is made: true if not given. To one that is there, an agent is added when this is true."""


class TokenCreated(Model):
    token: Signed
    room_name: str
    participant_name: str
    livekit_host: str
    agent_spawned: bool
    call_id: CallIdText
    token_expires_at: Timestamp
    """Addition. After this the token lets nobody in."""
    answered_elsewhere: bool
    """Addition. For a callee: the call had been answered before, by this device or another."""


_EMPTY_TEXT = Field(json_schema_extra={"maxLength": 0})
_EMPTY_OBJECT = Field(json_schema_extra={"maxProperties": 0})


class LiveKitTokenRequest(Model):
    """What `TokenSource` of LiveKit's clients sends. Who somebody is and what they may do is not theirs to say:
    metadata, attributes and a room configuration are refused unless they are empty."""

    model_config = ConfigDict(alias_generator=None)

    room_name: RoomNameField | None = None
    participant_name: NameField | None = None
    participant_identity: str | None = None
    """One's own user id, or nothing."""
    participant_metadata: Annotated[str, _EMPTY_TEXT] | None = None
    participant_attributes: Annotated[dict[str, Any], _EMPTY_OBJECT] | None = None
    room_config: Annotated[dict[str, Any], _EMPTY_OBJECT] | None = None


class LiveKitTokenCreated(Model):
    model_config = ConfigDict(alias_generator=None)

    server_url: str
    participant_token: Signed


async def create_token(request: Request, body: CreateToken) -> TokenCreated:
    asked = TokenRequest(
        _room(body.room_name), body.participant_name, body.room_type, body.spawn_ai_agent, attempt_of(request.scope)
    )
    issued = await _issue(request, asked)
    return TokenCreated(
        token=issued.token,
        room_name=issued.call.room_name,
        participant_name=issued.participant_name,
        livekit_host=configured(services(request).livekit).public_url,
        agent_spawned=issued.call.has_agent,
        call_id=issued.call.id,
        token_expires_at=iso(issued.expires_ms),
        answered_elsewhere=issued.answered_elsewhere,
    )


async def create_livekit_token(request: Request, body: LiveKitTokenRequest) -> LiveKitTokenCreated:
    own_id = signed_in(request.scope).user_id
    if body.participant_identity not in (None, "", own_id):
        raise _not_yours("participant_identity", "must be your own user id")
    for name in ("participant_metadata", "participant_attributes", "room_config"):
        if getattr(body, name):
            raise _not_yours(name, "cannot be chosen")
    attempt = attempt_of(request.scope)
    issued = await _issue(request, TokenRequest(_room(body.room_name), body.participant_name, attempt=attempt))
    return LiveKitTokenCreated(
        server_url=configured(services(request).livekit).public_url, participant_token=issued.token
    )


async def _issue(request: Request, asked: TokenRequest) -> Issued:
    async def charge(*, makes_call: bool, starts_agent: bool) -> None:
        await rate_ticket(request.scope).charge(RateFacts(makes_call=makes_call, starts_agent=starts_agent))

    issued = await services(request).tokens.issue(signed_in(request.scope), asked, charge)
    concerns(request, issued.call.id)
    return issued


async def resign_token(request: Request, call_id: CallId | None, answer: TokenCreated) -> TokenCreated:
    issued = await _again(request, call_id, answer.participant_name)
    return answer.model_copy(update={"token": issued.token, "token_expires_at": iso(issued.expires_ms)})


async def resign_livekit_token(
    request: Request, call_id: CallId | None, answer: LiveKitTokenCreated
) -> LiveKitTokenCreated:
    issued = await _again(request, call_id, None)
    return answer.model_copy(update={"participant_token": issued.token})


async def _again(request: Request, call_id: CallId | None, name: str | None) -> Issued:
    return await services(request).tokens.again(signed_in(request.scope), concerned(call_id), name)


def _room(name: str | None) -> RoomName | None:
    return None if name is None else RoomName(name)


def _not_yours(field: str, problem: str) -> VoiceError:
    return VoiceError(Errors.INVALID_REQUEST, f"{field}: {problem}", field=field)


_PHRASES: Phrases = {Errors.LIVEKIT_NOT_CONFIGURED: "Voice service not configured"}
_RAISES = (
    Errors.NOT_FOUND,
    Errors.ROOM_TAKEN,
    Errors.TOO_MANY_CALLS,
    Errors.STATE_CONFLICT,
    Errors.LIVEKIT_UNREACHABLE,
    Errors.NO_FREE_SLOT,
)
_DESCRIPTION = (
    "For the active call in that room; where there is none, one is made. Without a room: for the user's own call that "
    "was made so and to which nobody has come yet, or for a new one. The first token of a callee answers."
)

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Generate a LiveKit token",
        create_token,
        TokenCreated,
        body=CreateToken,
        phrases=_PHRASES,
        rate=TOKEN,
        resign=resign_token,
        description=_DESCRIPTION,
        raises=(*_RAISES, Errors.ANOTHER_ROOM_TYPE),
    ),
    Operation(
        "POST",
        LIVEKIT_PATH,
        "Generate a LiveKit token, for LiveKit's TokenSource",
        create_livekit_token,
        LiveKitTokenCreated,
        body=LiveKitTokenRequest,
        phrases=_PHRASES,
        status=201,
        rate=TOKEN,
        resign=resign_livekit_token,
        description=_DESCRIPTION,
        raises=_RAISES,
    ),
)
