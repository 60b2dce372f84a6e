"""Around each limit of what a client may send: the last byte within it is taken, the first one over it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from control_api.recording_paths import MAX_CHARS
from control_api.routes.agents import SpawnAgent
from control_api.routes.fields import MAX_METADATA_BYTES, MAX_PROMPT_BYTES
from control_api.routes.recordings import MAX_TRANSCRIPT_CHARS, MAX_URL_CHARS, StartRecording, UpdateRecording
from control_api.routes.registry import Model
from control_api.routes.session_models import (
    MAX_GREETING_BYTES,
    MAX_PARTICIPANTS,
    CreateSession,
    SessionQuery,
    UpdateSession,
)
from control_api.routes.tokens import CreateToken
from control_api.sign_in import MAX_NAME_CHARS, MAX_USER_ID_CHARS, signed_in

characters = st.sampled_from("aé€😀")
near = st.integers(-6, 6)


def is_taken(model: type[Model], /, **values: Any) -> bool:
    try:
        model.model_validate(values)
    except ValidationError:
        return False
    return True


def of_bytes(size: int, character: str) -> str:
    """As near to `size` bytes of UTF-8 as such characters come, filled up with one byte each."""
    text = character * (size // len(character.encode()))
    return text + "x" * (size - len(text.encode()))


@pytest.mark.parametrize(
    ("model", "field", "limit"),
    [
        (CreateSession, "systemPrompt", MAX_PROMPT_BYTES),
        (SpawnAgent, "systemPrompt", MAX_PROMPT_BYTES),
        (CreateSession, "greeting", MAX_GREETING_BYTES),
    ],
)
@given(by=near, character=characters)
def test_texts_that_are_counted_in_bytes(model: type[Model], field: str, limit: int, by: int, character: str) -> None:
    more = {"roomName": "r"} if model is SpawnAgent else {}
    assert is_taken(model, **{field: of_bytes(limit + by, character)}, **more) is (by <= 0)


@pytest.mark.parametrize("model", [CreateSession, UpdateSession])
@given(by=near, character=characters)
def test_metadata_is_counted_as_json(model: type[Model], by: int, character: str) -> None:
    frame = len(json.dumps({"k": ""}, separators=(",", ":")))
    metadata = {"k": of_bytes(MAX_METADATA_BYTES - frame + by, character)}
    assert is_taken(model, roomName="r", metadata=metadata) is (by <= 0)


@pytest.mark.parametrize(
    ("model", "field", "limit", "more"),
    [
        (CreateSession, "roomName", 128, {}),
        (CreateSession, "calleeId", MAX_USER_ID_CHARS, {"callType": "user-to-user"}),
        (CreateSession, "model", 128, {}),
        (CreateToken, "participantName", MAX_NAME_CHARS, {}),
        (SessionQuery, "callId", 64, {}),
        (UpdateRecording, "transcript", MAX_TRANSCRIPT_CHARS, {"roomName": "r"}),
    ],
)
@given(by=near)
def test_texts_that_are_counted_in_characters(
    model: type[Model], field: str, limit: int, more: dict[str, Any], by: int
) -> None:
    assert is_taken(model, **{field: "x" * (limit + by)}, **more) is (by <= 0)


@given(by=near)
def test_an_address_and_how_many_may_be_invited(by: int) -> None:
    url = "https://example.org/" + "x" * (MAX_URL_CHARS - 20 + by)
    assert is_taken(UpdateRecording, roomName="r", recordingUrl=url) is (by <= 0)
    invited = ["user-2"] * (MAX_PARTICIPANTS + by)
    assert is_taken(CreateSession, callType="conference", participantIds=invited) is (by <= 0)
    path = "/".join(["x" * 100] * 2) + "/" + "x" * (MAX_CHARS - 206 + by) + ".mp4"
    assert is_taken(StartRecording, roomName="r", outputPath=path) is (by <= 0)


UNSTORABLE = st.characters(categories=["Cs", "Cc", "Zl", "Zp"])


@given(
    st.text(UNSTORABLE | st.sampled_from("\u202a\u202e\u2066\u2069\ufffb"), min_size=1, max_size=5), st.integers(0, 3)
)
def test_no_name_holds_what_breaks_its_line_or_turns_its_neighbours(hidden: str, at: int) -> None:
    assert not is_taken(CreateToken, participantName="name"[:at] + hidden + "name"[at:])


@pytest.mark.parametrize("name", ["علی\u200cرضا", "ශ්\u200dරී", "山田\u3000太郎", "Jean\u00a0Dupont", "किरण", "👩‍👩‍👧"])
def test_names_are_written_in_every_script(name: str) -> None:
    assert is_taken(CreateToken, participantName=name)
    assert signed_in("user_1", f" {name}\n", is_admin=False).name == name
    assert not is_taken(CreateToken, participantName="\u3000\u200c")
    assert signed_in("user_1", "\u3000\u200c", is_admin=False).name is None


def test_a_long_name_is_cut_between_its_signs() -> None:
    assert signed_in("user_1", "x" * 127 + "कि", is_admin=False).name == "x" * 127


@given(st.text(UNSTORABLE | st.characters(categories=["Cf"]), min_size=1, max_size=5), st.integers(0, 3))
def test_no_id_holds_what_cannot_be_seen_or_stored(hidden: str, at: int) -> None:
    text = "name"[:at] + hidden + "name"[at:]
    assert not is_taken(CreateSession, callType="user-to-user", calleeId=text)
    assert not is_taken(CreateSession, roomName=text)


@given(st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3))
def test_half_a_surrogate_pair_is_no_text(broken: str) -> None:
    for field in ("systemPrompt", "greeting", "model"):
        assert not is_taken(CreateSession, **{field: broken})
    assert not is_taken(CreateSession, metadata={"a": [broken]})
    assert not is_taken(CreateSession, metadata={broken: 1})
    assert not is_taken(UpdateRecording, roomName="r", transcript=broken)
