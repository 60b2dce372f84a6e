"""The OpenAPI 3.1 document, made from the same declarations that route, validate and serialise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from control_api.http_errors import STATUS
from control_api.openapi.error_schemas import error_schemas
from control_api.openapi.headers import HEADERS, IDEMPOTENCY_KEY
from control_api.openapi.links import links
from control_api.openapi.names import operation_id, tag
from control_api.openapi.operations import models_of, operation_object
from control_api.openapi.problems import problems
from control_api.openapi.schemas import Schemas
from control_api.openapi.shared_answers import share_answers
from control_api.openapi.texts import DESCRIPTION, TAG_TEXTS, TITLE, VERSION
from control_api.routes.registry import Operation

SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A session token of Clerk.",
    },
    "sessionCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__session",
        "description": "The same token as Clerk's cookie; a write must then come from one of our own pages (`Origin`).",
    },
    "livekitSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A JWT of the media server over the hash of the body, without a scheme before it.",
    },
}


def build_document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Raises ValueError when two operations or two schemas have the same name."""
    _check_names(operations)
    schemas = Schemas(pair for operation in operations for pair in models_of(operation))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = operation_object(operation, schemas)
        if found := links(operation, operations):
            described["responses"][str(operation.status)]["links"] = found
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    schemas.forget((operation.query, "validation") for operation in operations if operation.query is not None)
    schemas.add(error_schemas(_unused_codes(operations)))
    answers = share_answers(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Where this document came from."}],
        "tags": _tags(operations),
        "security": [{"bearer": []}, {"sessionCookie": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.by_name.items())),
            "responses": answers,
            "headers": HEADERS,
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def to_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _check_names(operations: Sequence[Operation]) -> None:
    seen: dict[str, Operation] = {}
    for operation in operations:
        other = seen.setdefault(operation_id(operation), operation)
        if other is not operation:
            raise ValueError(f"{operation.method} {operation.path} and {other.method} {other.path} have the same name")


def _tags(operations: Sequence[Operation]) -> list[dict[str, str]]:
    names = list(dict.fromkeys(tag(operation) for operation in operations))
    known = [name for name in TAG_TEXTS if name in names]
    others = [name for name in names if name not in TAG_TEXTS]
    return [{"name": name, "description": TAG_TEXTS.get(name, name)} for name in [*known, *others]]


def _unused_codes(operations: Sequence[Operation]) -> frozenset[str]:
    """Codes that nobody is answered, but for those of the router: paths and methods that are not there."""
    used = {kind for operation in operations for problem in problems(operation) for kind in problem.kinds}
    return frozenset(kind.code for kind, status in STATUS.items() if kind not in used and status not in (404, 405))
