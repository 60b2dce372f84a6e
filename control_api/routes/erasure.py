"""``/api/voice/erasure``: what is kept of one user, erased; for admins."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request

from control_api.erasure import Erasure
from control_api.http_errors import Phrases
from control_api.middleware.scope import signed_in
from control_api.routes.fields import Timestamp, UserIdField
from control_api.routes.registry import Model, Operation
from control_api.routes.session_views import iso, iso_or_none
from control_api.services.container import services
from shared.errors import Errors
from shared.ids import Identity

PATH = "/api/voice/erasure"


class EraseUser(Model):
    user_id: UserIdField


class ErasureQuery(Model):
    erasure_id: Annotated[str, Field(min_length=1, max_length=64)]


class ErasureReceipt(Model):
    erasure_id: str
    user_hash: str
    """SHA-256 of the user's id, in hexadecimal. The id itself is not kept."""
    requested_by: str
    requested_at: Timestamp
    completed_at: Timestamp | None
    """When the last file was gone from the store; null until then."""
    calls: int
    """That they were in."""
    recordings: int
    segments: int
    """Stretches of speech in transcripts."""
    files_left: int
    """That are still to be deleted from the store."""


class UserErased(Model):
    success: bool = True
    receipt: ErasureReceipt


async def erase_user(request: Request, body: EraseUser) -> UserErased:
    erasure, left = await services(request).erasures.erase(signed_in(request.scope), Identity(body.user_id))
    return UserErased(receipt=_receipt(erasure, left))


async def get_receipt(request: Request, query: ErasureQuery) -> UserErased:
    erasure, left = await services(request).erasures.receipt(signed_in(request.scope), query.erasure_id)
    return UserErased(receipt=_receipt(erasure, left))


def _receipt(erasure: Erasure, files_left: int) -> ErasureReceipt:
    return ErasureReceipt(
        erasure_id=erasure.id,
        user_hash=erasure.user_hash,
        requested_by=erasure.asked_by,
        requested_at=iso(erasure.asked_ms),
        completed_at=iso_or_none(erasure.completed_ms),
        calls=erasure.calls,
        recordings=erasure.recordings,
        segments=erasure.segments,
        files_left=files_left,
    )


_PHRASES: Phrases = {403: "Access denied"}

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Erase what is kept of a user",
        erase_user,
        UserErased,
        body=EraseUser,
        phrases=_PHRASES,
        raises=(Errors.STATE_CONFLICT,),
        description="Addition, for admins. Recordings of their calls, their words and their name are deleted; the rows "
        "of the calls stay, without them. Refused while they have an open call. Files go from the store behind the "
        "answer; `GET` with the receipt's id says when the last is gone.",
    ),
    Operation(
        "GET",
        PATH,
        "Get the receipt of an erasure",
        get_receipt,
        UserErased,
        query=ErasureQuery,
        phrases={403: "Access denied", 404: "Receipt not found"},
        description="Addition, for admins.",
    ),
)
