"""The wire: client events in, server events out. Pure.

Client events are parsed by the models of the openai SDK. What they do not accept, and what the
real service refuses although its models accept it (unknown parameters), becomes a
``ClientEventError``, which the session answers with an ``error`` event; the connection stays up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from openai.types.realtime import RealtimeClientEvent

Event = dict[str, Any]
"""A server event as it goes onto the wire, before json."""


@dataclass
class ClientEventError(Exception):
    """A client event that is refused. The fields are those of the ``error`` event."""

    message: str
    code: str | None = None
    param: str | None = None
    event_id: str | None = None
    type: str = "invalid_request_error"

    def __str__(self) -> str:
        return self.message


@lru_cache(maxsize=1)
def client_event_adapters() -> dict[str, TypeAdapter[Any]]:
    """One pydantic adapter for each client event type that the SDK knows.

    The SDK is imported here and not above: it takes most of a second, and a server that follows a
    script is to answer its first handshake sooner than that.
    """
    from openai.types.realtime import realtime_client_event as known

    models = cast("Any", known.RealtimeClientEvent).__origin__.__args__
    return {model.model_fields["type"].annotation.__args__[0]: TypeAdapter(model) for model in models}


def parse_client_event(text: str) -> RealtimeClientEvent:
    """Parse one text frame.

    Raises ClientEventError for anything the real service would answer with an error event.
    """
    try:
        data = json.loads(text)
    except ValueError:
        raise ClientEventError("Could not parse the JSON of the event.", code="invalid_json") from None
    if not isinstance(data, dict):
        raise ClientEventError("An event must be a JSON object.", code="invalid_json")
    event_id = data.get("event_id") if isinstance(data.get("event_id"), str) else None
    adapter = _adapter_for(data.get("type"), event_id)
    try:
        event = adapter.validate_python(data)
    except ValidationError as error:
        raise _refusal(error, event_id) from None
    if data["type"] in _CHECKED_FOR_UNKNOWN:
        _refuse_unknown(event, "", event_id)
    return cast("RealtimeClientEvent", event)


_CHECKED_FOR_UNKNOWN = frozenset({"session.update", "response.create"})
"""Where an old or misspelt setting would otherwise be ignored in silence."""


def _adapter_for(event_type: object, event_id: str | None) -> TypeAdapter[Any]:
    adapters = client_event_adapters()
    if event_type is None:
        raise ClientEventError("Missing required parameter: 'type'.", "missing_required_parameter", "type", event_id)
    adapter = adapters.get(event_type) if isinstance(event_type, str) else None
    if adapter is None:
        supported = ", ".join(f"'{name}'" for name in adapters)
        message = f"Invalid value: '{event_type}'. Supported values are: {supported}."
        raise ClientEventError(message, "invalid_value", "type", event_id)
    return adapter


def _refusal(error: ValidationError, event_id: str | None) -> ClientEventError:
    """The deepest complaint of pydantic, in the words of the real service."""
    problems = error.errors(include_url=False, include_context=False)
    problem = max(problems, key=lambda p: (p["type"] == "missing", -len(p["loc"])))
    # pydantic puts the names of union members into the path; they are no parameters
    path = ".".join(str(part) for part in problem["loc"] if not str(part)[:1].isupper())
    if problem["type"] == "missing":
        message = f"Missing required parameter: '{path}'."
        return ClientEventError(message, "missing_required_parameter", path, event_id)
    if problem["type"] == "literal_error":
        message = f"Invalid value: '{problem['input']}' for '{path}': {problem['msg']}."
        return ClientEventError(message, "invalid_value", path, event_id)
    message = f"Invalid type for '{path}': {problem['msg']}."
    return ClientEventError(message, "invalid_type", path, event_id)


def _refuse_unknown(value: object, path: str, event_id: str | None) -> None:
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            full = f"{path}.{name}" if path else name
            raise ClientEventError(f"Unknown parameter: '{full}'.", "unknown_parameter", full, event_id)
        for name in value.model_fields_set:
            # a tool's parameters and an item's content are free-form or checked elsewhere
            if name not in {"tools", "tool_choice", "input", "metadata", "prompt"}:
                _refuse_unknown(getattr(value, name), f"{path}.{name}" if path else name, event_id)


def error_event(error: ClientEventError) -> Event:
    """The ``error`` event for a refused client event, still without its ``event_id``."""
    return {
        "type": "error",
        "error": {
            "type": error.type,
            "code": error.code,
            "message": error.message,
            "param": error.param,
            "event_id": error.event_id,
        },
    }


def encode(event: Event) -> str:
    """A server event as a text frame."""
    return json.dumps(event, separators=(",", ":"))


class AudioDeltaFrames:
    """Builds ``response.output_audio.delta`` frames for one content part without a JSON encoder.

    These are nine tenths of all bytes sent; base64 needs no escaping, so the frame is three strings.
    """

    def __init__(self, response_id: str, item_id: str, output_index: int, content_index: int = 0) -> None:
        head: Event = {
            "type": "response.output_audio.delta",
            "response_id": response_id,
            "item_id": item_id,
            "output_index": output_index,
            "content_index": content_index,
        }
        self._head = encode(head)[:-1] + ',"event_id":"'

    def frame(self, event_id: str, delta_base64: str) -> str:
        """One text frame."""
        return f'{self._head}{event_id}","delta":"{delta_base64}"}}'
