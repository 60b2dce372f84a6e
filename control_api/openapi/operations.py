"""One declaration as an operation object of the description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel

from control_api.openapi import examples, headers
from control_api.openapi.error_answers import error_answers
from control_api.openapi.names import operation_id, tag
from control_api.openapi.schemas import Mode, Schema, Schemas
from control_api.routes.registry import Operation

EVENT_STREAM = "text/event-stream"


def models_of(operation: Operation) -> Iterator[tuple[type[BaseModel], Mode]]:
    for taken in (operation.body, operation.raw_body, operation.query):
        if taken is not None:
            yield taken, "validation"
    for given in (*answer_models(operation), *operation.other_answers.values()):
        yield given, "serialization"


def answer_models(operation: Operation) -> Sequence[type[BaseModel]]:
    response = operation.response
    return get_args(response) if isinstance(response, UnionType) else (response,)


def operation_object(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation_id(operation),
        "tags": [tag(operation)],
        "summary": operation.summary,
        "parameters": [*_query_parameters(operation, schemas), *headers.parameters(operation)],
        "requestBody": _request_body(operation, schemas),
        "responses": {**_answers(operation, schemas), **error_answers(operation)},
        "description": operation.description,
        "security": _security(operation),
    }
    return {key: value for key, value in described.items() if value or (key == "security" and value is not None)}


def _security(operation: Operation) -> list[dict[str, Any]] | None:
    """None: as the document says for all."""
    if not operation.is_public:
        return None
    return [] if operation.signed_by is None else [{operation.signed_by: []}]


def _query_parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    model = schemas.schema(operation.query, "validation")
    required = model.get("required", [])
    return [_parameter(name, schema, name in required) for name, schema in model.get("properties", {}).items()]


def _parameter(name: str, field: Schema, is_required: bool) -> dict[str, Any]:
    schema = _without_null(field)
    parameter = {"name": name, "in": "query", "required": is_required}
    for key in ("description", "x-addition"):
        if key in schema:
            parameter[key] = schema.pop(key)
    return {**parameter, "schema": schema}


def _without_null(field: Schema) -> Schema:
    """There is no null in a query: a parameter is left out instead."""
    kept = [option for option in field.get("anyOf", []) if option != {"type": "null"}]
    if len(kept) != 1:
        return dict(field)
    return {**{key: value for key, value in field.items() if key != "anyOf"}, **kept[0]}


def _request_body(operation: Operation, schemas: Schemas) -> dict[str, Any] | None:
    model = operation.body or operation.raw_body
    if model is None:
        return None
    content_type = "application/json" if operation.body is not None else operation.raw_body_type
    content: dict[str, Any] = {"schema": schemas.ref(model, "validation")}
    if found := examples.requests(operation):
        content["examples"] = found
    is_required = bool(schemas.schema(model, "validation").get("required"))
    return {"required": is_required, "content": {content_type: content}}


def _answers(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    usual = _answer(operation, answer_models(operation), schemas, operation.answer_type)
    if found := examples.answers(operation):
        usual["content"][operation.answer_type]["examples"] = found
    for content_type in operation.other_types:
        usual["content"][content_type.partition(";")[0]] = {"schema": {"type": "string"}}
    others = {str(status): _answer(operation, [model], schemas) for status, model in operation.other_answers.items()}
    return {str(operation.status): usual, **others}


def _answer(
    operation: Operation, models: Sequence[type[BaseModel]], schemas: Schemas, media_type: str = "application/json"
) -> dict[str, Any]:
    refs = [schemas.ref(model, "serialization") for model in models]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {
        "description": operation.summary,
        "headers": headers.of_answer(operation),
        "content": {media_type: {"schema": _of_event(schema) if media_type == EVENT_STREAM else schema}},
    }


def _of_event(data: dict[str, Any]) -> dict[str, Any]:
    """A stream is described by one of its events, whose `data` is JSON in a text."""
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    names = {name: {"type": "string"} for name in ("id", "event")}
    return {"type": "object", "required": ["data"], "properties": {**names, "data": text}}
