"""Checks frames that the server sends against the openai SDK's models of server events.

Too dear for every audio delta in earnest, so it runs in tests and with ``--strict``.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

_SENT_BEYOND_THE_SDK: Final = frozenset(
    {"session.object", "session.id", "session.expires_at", "item.phase", "response.output.phase"}
)
"""The real service sends these; the SDK's models have no fields for them."""


class WireFormatError(ValueError):
    """A frame is not what the protocol has."""


@lru_cache(maxsize=1)
def server_event_adapters() -> dict[str, TypeAdapter[Any]]:
    """One pydantic adapter for each server event type that the SDK knows."""
    from openai.types.realtime import realtime_server_event as known

    models = cast("Any", known.RealtimeServerEvent).__origin__.__args__
    return {model.model_fields["type"].annotation.__args__[0]: TypeAdapter(model) for model in models}


def check_frame(text: str) -> None:
    """Raises WireFormatError when a text frame is no valid server event, or has a field that none has."""
    kind = json.loads(text).get("type")
    adapter = server_event_adapters().get(kind)
    if adapter is None:
        raise WireFormatError(f"{kind} is no server event")
    try:
        event = adapter.validate_json(text, strict=True)
    except ValidationError as error:
        raise WireFormatError(f"{kind}: {error}") from None
    unknown = sorted(set(_unknown_fields(event, "")) - _SENT_BEYOND_THE_SDK)
    if unknown:
        raise WireFormatError(f"{kind} has unknown fields: {', '.join(unknown)}")


def _unknown_fields(value: object, path: str) -> list[str]:
    if isinstance(value, list):
        return [name for entry in value for name in _unknown_fields(entry, path)]
    if not isinstance(value, BaseModel):
        return []
    prefix = f"{path}." if path else ""
    found = [prefix + name for name in value.model_extra or {}]
    for name in value.model_fields_set:
        found += _unknown_fields(getattr(value, name, None), prefix + name)
    return found
