"""The types of fields that several bodies share: what is taken, and how the published description puts it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from control_api.sign_in import MAX_NAME_CHARS, MAX_USER_ID_CHARS, is_agents
from control_api.voices import VOICES
from shared.agent_state import AgentState
from shared.ids import MADE_ROOM_NAME, ROOM_NAME, is_room_name
from shared.writing import is_presentable

MAX_METADATA_BYTES = 4 * 1024
MAX_PROMPT_BYTES = 32 * 1024


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


@dataclass(frozen=True, slots=True)
class AtMostBytes:
    """Of UTF-8. JSON Schema counts characters, so the bound that it publishes is the looser one."""

    max_bytes: int

    def check(self, value: str) -> str:
        if len(value.encode()) > self.max_bytes:
            raise ValueError(f"must be at most {self.max_bytes} bytes of UTF-8")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "maxLength": self.max_bytes}


def _room_name(value: str) -> str:
    if not is_room_name(value):
        raise ValueError("must be 1 to 128 of the characters A-Z a-z 0-9 _ -")
    return value


def _voice(value: str) -> str:
    if value not in VOICES:
        raise ValueError(f"must be one of {', '.join(VOICES)}")
    return value


def _user_id(value: str) -> str:
    # Stricter than a name: what cannot be seen would make two ids look alike.
    if not value.isprintable() or not value.strip():
        raise ValueError("must not be blank, nor hold control or invisible characters")
    if is_agents(value):
        raise ValueError("must be the id of a user")
    return value


def _presentable(value: str) -> str:
    if not is_presentable(value):
        raise ValueError("must not be blank, nor hold control characters or line breaks")
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("must be JSON of valid Unicode") from None
    if size > MAX_METADATA_BYTES:
        raise ValueError(f"must be at most {MAX_METADATA_BYTES} bytes of JSON")
    return value


_ROOM_NAME_SCHEMA: dict[str, Any] = {"pattern": _whole(ROOM_NAME.pattern)}
_AGENT_STATUSES = [state.value for state in AgentState if state is not AgentState.CLAIMED]

RoomNameField = Annotated[str, AfterValidator(_room_name), Field(json_schema_extra=_ROOM_NAME_SCHEMA)]
NewRoomNameField = Annotated[
    str,
    AfterValidator(_room_name),
    Field(json_schema_extra={**_ROOM_NAME_SCHEMA, "not": {"pattern": _whole(MADE_ROOM_NAME.pattern)}}),
]
"""A name of the service's own pattern is refused by the use case: how, depends on whether a call is there."""
VoiceField = Annotated[str, AfterValidator(_voice), Field(json_schema_extra={"enum": list(VOICES)})]
MetadataField = Annotated[dict[str, Any], AfterValidator(_metadata)]
AgentStatusField = Annotated[
    str, Field(pattern=f"^({'|'.join(_AGENT_STATUSES)})$", json_schema_extra={"enum": [*_AGENT_STATUSES]})
]
Prompt = Annotated[str, AtMostBytes(MAX_PROMPT_BYTES)]
ModelField = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
UserIdField = Annotated[str, Field(min_length=1, max_length=MAX_USER_ID_CHARS), AfterValidator(_user_id)]
NameField = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS), AfterValidator(_presentable)]
LimitField = Annotated[int, Field(ge=1, le=100)]
OffsetField = Annotated[int, Field(ge=0, le=1_000_000_000)]

# What answers hold: the service made it, so nothing is checked.
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""ISO 8601, UTC, ``Z``."""
CallIdText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
AgentStatusText = Annotated[str, Field(json_schema_extra={"enum": [*_AGENT_STATUSES]})]
VoiceText = Annotated[str, Field(json_schema_extra={"enum": list(VOICES)})]
