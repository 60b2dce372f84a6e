"""Links of the description: what can be asked next about a call that an answer names.

They follow from the declarations: whatever takes a `roomName` can be asked about the room that a call was opened in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from control_api.openapi.names import operation_id
from control_api.routes.registry import Model, Operation

_NAMES_A_ROOM = {"createSession": "/session/roomName", "createToken": "/roomName"}
"""Where in the answer the name of the call's room is."""


def links(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    pointer = _NAMES_A_ROOM.get(operation_id(operation))
    if pointer is None:
        return {}
    expression = f"$response.body#{pointer}"
    return {operation_id(other): _link(other, expression) for other in operations if _takes_room(other)}


def _takes_room(operation: Operation) -> bool:
    is_opening = operation_id(operation) == "createSession"  # in a room that has a call it would only be refused
    return not is_opening and (_room_key(operation.query) or _room_key(operation.body)) is not None


def _room_key(model: type[Model] | None) -> str | None:
    """What the field is called outside."""
    field = None if model is None else model.model_fields.get("room_name")
    return None if field is None else field.alias or "room_name"


def _link(operation: Operation, expression: str) -> dict[str, Any]:
    where, model = ("parameters", operation.query) if operation.query is not None else ("requestBody", operation.body)
    return {
        "operationId": operation_id(operation),
        "description": f"{operation.summary}.",
        where: {_room_key(model): expression},
    }
