"""Routes as data. A handler declares beside itself what it takes, what it answers and how its errors are phrased;
the router, the ignored-field header and the published description are made from the same declaration."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from control_api.http_errors import JsonResponse, Phrases, error_response, http_exception
from control_api.idempotency import REPLAYED_HEADER
from control_api.middleware.scope import request_id
from control_api.rate_classes import FREE, RateRule, default_rule
from control_api.routes.idempotent import Keyed, Resign, given_once, read_key
from control_api.routes.paging import page_links
from shared.errors import ErrorKind, Errors, VoiceError
from shared.log import get_logger

log = get_logger(__name__)

Handler = Callable[[Request, Any], Awaitable["BaseModel | Response"]]


class Model(BaseModel):
    """A body of the API: camelCase outside, snake_case inside. Unknown keys are ignored (and named in a header).

    A string under a field is its published description; one that begins with ``Addition.`` marks a field that the
    contract does not have.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Page(Model):
    """A part of a list; its answer has a ``Link`` header."""

    success: bool = True
    count: int
    """On this page."""
    total: int
    """On all pages."""
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    handler: Handler
    response: type[BaseModel] | UnionType
    """One model, or several as ``A | B``."""
    body: type[Model] | None = None
    query: type[Model] | None = None
    phrases: Phrases = field(default_factory=dict)
    """What the contract calls an error here, by status or by kind."""
    invalid_phrases: Mapping[str, str] = field(default_factory=dict)
    """The same for a request that is invalid in this field."""
    is_public: bool = False
    resign: Resign | None = None
    """For a POST whose answer has `Signed` fields: how they are signed when the answer is given again."""
    rate: RateRule | None = None
    """What it counts as; None: by its method (a public one is not counted)."""

    status: int = 200
    """Of the usual answer."""
    answer_type: str = "application/json"
    """Of the usual answer. Of a stream of server-sent events, `response` is the data of its events."""

    # What only the published description needs:
    description: str = ""
    raises: Sequence[ErrorKind] = ()
    """The errors of the use case. Those that follow from the declaration (no sign-in, a bad body, a limit) and those
    that `phrases` names are known without it."""
    other_types: Sequence[str] = ()
    """Content types that the usual answer has when it is asked for in another form than JSON."""
    other_answers: Mapping[int, type[BaseModel]] = field(default_factory=dict)
    """By status: answers that are neither the usual one nor an error."""
    raw_body: type[BaseModel] | None = None
    """What is in a body that the handler reads by itself."""
    raw_body_type: str = "application/json"
    signed_by: str | None = None
    """The security scheme of a public operation that is guarded by a signature."""

    @property
    def rate_rule(self) -> RateRule:
        if self.rate is not None:
            return self.rate
        return FREE if self.is_public else default_rule(self.method)


def build_routes(operations: Sequence[Operation]) -> list[BaseRoute]:
    """One Starlette route for each path, so that a wrong method is 405 and not 404."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [_route(path, of_path) for path, of_path in by_path.items()]


def _route(path: str, operations: dict[str, Operation]) -> Route:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" and "GET" in operations else request.method
        return await _answer(operations[method], request)

    return Route(path, endpoint, methods=list(operations))


async def _answer(operation: Operation, request: Request) -> Response:
    try:
        parsed, ignored = await _parse(operation, request)
        answer, is_replay = await _given(operation, request, parsed)
    except VoiceError as error:
        return error_response(error, request_id=request_id(request.scope), phrases=_phrases(operation, error))
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception:
        log.exception("request failed", method=operation.method, path=operation.path)
        internal = VoiceError(Errors.INTERNAL, "Something went wrong on our side.")
        return error_response(internal, request_id=request_id(request.scope), phrases=operation.phrases)
    response = answer if isinstance(answer, Response) else _json(answer, operation.status)
    if isinstance(answer, Page) and (links := _page_links(operation, request, answer)) is not None:
        response.headers["Link"] = links
    if ignored:
        response.headers["X-Ignored-Fields"] = ", ".join(ignored)
    if is_replay:
        response.headers[REPLAYED_HEADER] = "true"
    return response


async def _given(operation: Operation, request: Request, parsed: Model | None) -> tuple[BaseModel | Response, bool]:
    """The handler's answer; for a POST with an Idempotency-Key, the one that this key has."""
    key = None if operation.method != "POST" or operation.is_public else read_key(request)
    if key is None:
        return await operation.handler(request, parsed), False
    route = f"{operation.method} {operation.path}"
    keyed = Keyed(route, operation.response, operation.resign, operation.rate_rule.facts_decide)
    given = await given_once(request, key, keyed, lambda: operation.handler(request, parsed))
    return given.answer, given.is_replay


def _phrases(operation: Operation, error: VoiceError) -> Phrases:
    own = operation.invalid_phrases.get(str(error.details.get("field")))
    return {**operation.phrases, error.kind: own} if own is not None else operation.phrases


def _page_links(operation: Operation, request: Request, page: Page) -> str | None:
    asked = {key: value for key, value in _query(request).items() if key in known_keys(operation.query)}
    return page_links(operation.path, asked, total=page.total, limit=page.limit, offset=page.offset)


def _json(model: BaseModel, status: int) -> Response:
    return JsonResponse(model.model_dump_json(by_alias=True).encode(), status)


async def _parse(operation: Operation, request: Request) -> tuple[Model | None, list[str]]:
    if operation.query is not None:
        return _validated(operation.query, _query(request))
    if operation.body is not None:
        return _validated(operation.body, await _json_object(request))
    return None, []


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))


async def _json_object(request: Request) -> dict[str, Any]:
    body = await request.body()
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if body and content_type != "application/json" and not content_type.endswith("+json"):
        raise VoiceError(Errors.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise VoiceError(Errors.INVALID_JSON, "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise VoiceError(Errors.INVALID_JSON, "The body must be a JSON object.")
    return value


def _validated(model: type[Model], values: dict[str, Any]) -> tuple[Model, list[str]]:
    known = known_keys(model)
    ignored = sorted(_header_text(key) for key in values if key not in known)
    try:
        return model.model_validate({key: value for key, value in values.items() if key in known}), ignored
    except ValidationError as error:
        raise invalid(error) from None


def known_keys(model: type[Model] | None) -> set[str]:
    """What its fields are called outside."""
    return set() if model is None else {field.alias or name for name, field in model.model_fields.items()}


def _header_text(key: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() and char != "," else "?" for char in key[:64])


def invalid(error: ValidationError) -> VoiceError:
    """The first problem as a sentence, all of them in ``details.problems``; never the value itself."""
    problems = [
        {"field": ".".join(str(part) for part in problem["loc"]), "problem": _sentence(problem["msg"])}
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = problems[0]
    field_name = first["field"].partition(".")[0]
    return VoiceError(
        Errors.INVALID_REQUEST, f"{first['field']}: {first['problem']}", field=field_name, problems=problems
    )


def refused(field_name: str, problem: str) -> VoiceError:
    """As `invalid`, for what a handler finds wrong."""
    problems = [{"field": field_name, "problem": problem}]
    return VoiceError(Errors.INVALID_REQUEST, f"{field_name}: {problem}", field=field_name, problems=problems)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")


async def on_http_exception(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = (error.headers if isinstance(error, HTTPException) else None) or {}
    response = error_response(http_exception(status), request_id=request_id(request.scope))
    response.headers.update(headers)
    return response
