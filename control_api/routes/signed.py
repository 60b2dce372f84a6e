"""Fields that open something: tokens and signed links. They leave in answers and are never stored."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, PlainSerializer, SerializationInfo

STORED: dict[str, Any] = {"stored": True}
"""The context of a dump that is kept."""
_M = TypeVar("_M", bound=BaseModel)


def _unless_stored(value: str | None, info: SerializationInfo) -> str | None:
    return "" if value is not None and info.context is STORED else value


Signed = Annotated[str, PlainSerializer(_unless_stored, return_type=str)]
"""Kept as an empty string; whoever shows the kept answer again signs anew (`Operation.resign`)."""
SignedOrNone = Annotated[str | None, PlainSerializer(_unless_stored, return_type=str | None)]


def stored_form(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, context=STORED)
