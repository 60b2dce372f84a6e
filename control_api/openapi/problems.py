"""Which errors an operation can answer, and in which words.

Most follow from its declaration; `raises` and `phrases` add those of its use case. The words are the contract's for
this endpoint where the use case answers, and the general ones where a middleware does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from control_api.http_errors import PHRASES, STATUS
from control_api.openapi.facts import is_limited, is_write, takes_idempotency_key
from control_api.routes.registry import Operation
from shared.errors import ErrorKind, Errors

_BY_STATUS = {400: Errors.INVALID_REQUEST, 403: Errors.FORBIDDEN, 404: Errors.NOT_FOUND, 500: Errors.INTERNAL}
"""What a phrase for a whole status speaks of at least."""

BEFORE_ROUTING = (
    Errors.REQUEST_TOO_SLOW,
    Errors.URL_TOO_LONG,
    Errors.HEADERS_TOO_LARGE,
    Errors.TOO_MANY_CONNECTIONS,
)
"""What any request can be answered before it is known what it is."""


@dataclass
class Problem:
    """All errors of one status."""

    status: int
    kinds: list[ErrorKind] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)

    def add(self, kind: ErrorKind, phrase: str) -> None:
        if kind not in self.kinds:
            self.kinds.append(kind)
        if phrase not in self.phrases:
            self.phrases.append(phrase)


def problems(operation: Operation) -> list[Problem]:
    """By status, ascending."""
    found: dict[int, Problem] = {}
    for kind, phrase in (*_of_use_case(operation), *_of_middleware(operation)):
        found.setdefault(STATUS[kind], Problem(STATUS[kind])).add(kind, phrase)
    for status, phrase in operation.phrases.items():
        if isinstance(status, int) and status not in found:
            found[status] = Problem(status, phrases=[phrase])
    return [found[status] for status in sorted(found)]


def _of_use_case(operation: Operation) -> Iterator[tuple[ErrorKind, str]]:
    for kind in _kinds(operation):
        yield kind, phrase_of(operation, kind)
    if operation.body is not None or operation.query is not None:
        for phrase in operation.invalid_phrases.values():
            yield Errors.INVALID_REQUEST, phrase


def _kinds(operation: Operation) -> Iterator[ErrorKind]:
    for key in operation.phrases:
        if isinstance(key, ErrorKind):
            yield key
        elif key in _BY_STATUS:
            yield _BY_STATUS[key]
    if operation.body is not None:
        yield from (Errors.INVALID_REQUEST, Errors.INVALID_JSON, Errors.UNSUPPORTED_MEDIA_TYPE)
    if operation.query is not None or takes_idempotency_key(operation):
        yield Errors.INVALID_REQUEST
    yield from operation.raises
    yield Errors.INTERNAL


def _of_middleware(operation: Operation) -> Iterator[tuple[ErrorKind, str]]:
    kinds: list[ErrorKind] = [*BEFORE_ROUTING]
    if not operation.is_public:
        kinds += [Errors.UNAUTHORIZED, Errors.SIGN_IN_UNAVAILABLE]
        kinds += [Errors.FORBIDDEN] if is_write(operation) else []
    if is_limited(operation):
        kinds.append(Errors.RATE_LIMITED)
    if operation.body is not None or operation.raw_body is not None:
        kinds.append(Errors.BODY_TOO_LARGE)
    if takes_idempotency_key(operation):
        kinds.append(Errors.IDEMPOTENCY_KEY_REUSED)
    return ((kind, PHRASES[STATUS[kind]]) for kind in kinds)


def phrase_of(operation: Operation, kind: ErrorKind) -> str:
    status = STATUS[kind]
    return operation.phrases.get(kind) or operation.phrases.get(status) or PHRASES[status]
