"""``Idempotency-Key`` by HTTP: an answer that is given once is given again, with its tokens signed afresh.

Kept is what the work came to: a success without anything signed, or a refusal (403, 404, 409 and the like). Not kept:
what was refused before the work began (a bad body, no sign-in, a limit), 429, and 5xx, after which a retry works.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from control_api.http_errors import STATUS
from control_api.idempotency import HEADER, MAX_KEY_CHARS, Attempt, KeyedRequest, Reservation, is_key, keyed_request
from control_api.middleware.rate_limit import rate_ticket
from control_api.middleware.scope import signed_in
from control_api.rate_classes import RateFacts
from control_api.routes.signed import stored_form
from control_api.services.container import services
from shared.errors import Errors, VoiceError, every_kind
from shared.ids import CallId

Answer = BaseModel | Response
Resign = Callable[[Request, CallId | None, Any], Awaitable[BaseModel]]
"""(request, the call that the answer is about, the answer as it was kept) -> the answer with its `Signed` fields."""
_ATTEMPT = "voice.attempt"
_NEVER_KEPT = frozenset({401, 408, 429})
_KINDS = {kind.code: kind for kind in every_kind()}


@dataclass(frozen=True, slots=True)
class Keyed:
    """What of an operation matters here."""

    route: str
    response: Any
    resign: Resign | None
    facts_decide: bool
    """The handler charges the request itself."""


@dataclass(frozen=True, slots=True)
class Given:
    answer: Answer
    is_replay: bool


def attempt_of(scope: Scope) -> Attempt | None:
    """For a use case that makes something: the ids to make it with. None: no key was given."""
    return cast("Attempt | None", scope.get(_ATTEMPT))


def concerns(request: Request, call_id: CallId) -> None:
    """The answer is about this call, should it be given once more."""
    attempt = attempt_of(request.scope)
    if attempt is not None:
        attempt.call_id = call_id


def concerned(call_id: CallId | None) -> CallId:
    if call_id is None:
        raise VoiceError(Errors.INTERNAL, "The stored answer does not say which call it is about.")
    return call_id


def read_key(request: Request) -> str | None:
    """Raises `VoiceError`."""
    keys = request.headers.getlist(HEADER)
    if not keys:
        return None
    if len(keys) > 1 or not is_key(keys[0]):
        raise VoiceError(
            Errors.INVALID_REQUEST,
            f"{HEADER}: must be one key of 1 to {MAX_KEY_CHARS} visible ASCII characters",
            field=HEADER,
        )
    return keys[0]


async def given_once(request: Request, key: str, keyed: Keyed, handler: Callable[[], Awaitable[Answer]]) -> Given:
    """The handler's answer, or the one that was kept. Raises `VoiceError`."""
    did: list[Answer | VoiceError] = []

    async def admit() -> None:
        if not keyed.facts_decide:
            await rate_ticket(request.scope).charge()

    async def work(attempt: Attempt) -> str | None:
        request.scope[_ATTEMPT] = attempt
        try:
            did.append(await handler())
        except VoiceError as error:
            if not _is_kept(error):
                raise
            did.append(error)
        return _kept_form(did[0])

    kept = await services(request).once.run(await _keyed_request(request, keyed.route, key), admit, work)
    if kept is not None:
        await rate_ticket(request.scope).charge(RateFacts(is_replay=True))
        return Given(await _replayed(request, keyed, kept), is_replay=True)
    if isinstance(did[0], VoiceError):
        raise did[0]
    return Given(did[0], is_replay=False)


async def _keyed_request(request: Request, route: str, key: str) -> KeyedRequest:
    return keyed_request(signed_in(request.scope).user_id, route, key, await request.body())


def _is_kept(error: VoiceError) -> bool:
    status = STATUS[error.kind]
    return status < 500 and status not in _NEVER_KEPT


def _kept_form(answer: Answer | VoiceError) -> str | None:
    if isinstance(answer, Response):
        return None  # it cannot be told what in it is signed
    if isinstance(answer, VoiceError):
        error = {"code": answer.kind.code, "message": answer.message, "details": answer.details}
        return json.dumps({"error": error}, ensure_ascii=False)
    return json.dumps({"body": stored_form(answer)}, ensure_ascii=False)


async def _replayed(request: Request, keyed: Keyed, kept: Reservation) -> BaseModel:
    value = json.loads(kept.answer or "{}")
    error = value.get("error")
    if error is not None:
        raise VoiceError(_KINDS[error["code"]], error["message"], **error["details"])
    answer: BaseModel = TypeAdapter(keyed.response).validate_python(value["body"])
    return answer if keyed.resign is None else await keyed.resign(request, kept.call_id, answer)
