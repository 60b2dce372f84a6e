"""The fields that several bodies share, with what is checked of them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from control_api.sign_in import MAX_NAME_CHARS, MAX_USER_ID_CHARS
from control_api.voices import VOICES
from shared.ids import is_agent_identity, is_made_room_name, is_room_name

MAX_PROMPT_BYTES = 32 * 1024
MAX_GREETING_BYTES = 2 * 1024
MAX_METADATA_BYTES = 4 * 1024


def at_most(max_bytes: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > max_bytes:
            raise ValueError(f"must be at most {max_bytes} bytes of UTF-8")
        return value

    return AfterValidator(check)


def room_name(value: str) -> str:
    if not is_room_name(value):
        raise ValueError("must be 1 to 128 of the characters A-Z a-z 0-9 _ -")
    return value


def new_room_name(value: str) -> str:
    if is_made_room_name(room_name(value)):
        raise ValueError("names of this pattern are made by the service only")
    return value


def _voice(value: str) -> str:
    if value not in VOICES:
        raise ValueError(f"must be one of {', '.join(VOICES)}")
    return value


def _user_id(value: str) -> str:
    if is_agent_identity(_printable(value)):
        raise ValueError("must be the id of a user")
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must not hold control characters")
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("must be JSON of valid Unicode") from None
    if size > MAX_METADATA_BYTES:
        raise ValueError(f"must be at most {MAX_METADATA_BYTES} bytes of JSON")
    return value


RoomNameField = Annotated[str, AfterValidator(room_name)]
MetadataField = Annotated[dict[str, Any], AfterValidator(_metadata)]
AgentStatusField = Annotated[str, Field(pattern="^(pending|active|disconnected)$")]
NewRoomNameField = Annotated[str, AfterValidator(new_room_name)]
PromptField = Annotated[str, at_most(MAX_PROMPT_BYTES)]
VoiceField = Annotated[str, AfterValidator(_voice)]
ModelField = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
UserIdField = Annotated[str, Field(min_length=1, max_length=MAX_USER_ID_CHARS), AfterValidator(_user_id)]
NameField = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS), AfterValidator(_printable)]
LimitField = Annotated[int, Field(ge=1, le=100)]
OffsetField = Annotated[int, Field(ge=0, le=1_000_000_000)]
