from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.records import LeftWhy
from control_api.webhook_events import read, sanitise

ROOM = {"sid": "RM_1", "name": "r", "creationTime": "1700000000", "creationTimeMs": "1700000000123"}
RECEIVED = 1_700_000_005_250


def a_body(event: str, **parts: Any) -> dict[str, Any]:
    return {"event": event, "id": "EV_1", "createdAt": "1700000005", "room": ROOM, **parts}


def a_participant(**changes: Any) -> dict[str, Any]:
    return {"sid": "PA_1", "identity": "ann", "joinedAt": "1700000001", "joinedAtMs": "1700000001456", **changes}


def test_a_joined_participant() -> None:
    fact = read(a_body("participant_joined", participant=a_participant()), RECEIVED)
    assert fact is not None
    assert (fact.room_sid, fact.media_room, fact.room_created_ms) == ("RM_1", "r", 1_700_000_000_123)
    assert (fact.participant_sid, fact.identity, fact.joined_ms, fact.left_ms) == (
        "PA_1",
        "ann",
        1_700_000_001_456,
        None,
    )


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("CLIENT_INITIATED", LeftWhy.ON_PURPOSE),
        ("DUPLICATE_IDENTITY", LeftWhy.LOST),
        ("SIGNAL_CLOSE", LeftWhy.LOST),
        ("A_REASON_OF_TOMORROW", LeftWhy.LOST),
        (None, LeftWhy.LOST),
    ],
)
def test_a_participant_who_left_tells_the_whole_stay(reason: str | None, why: LeftWhy) -> None:
    fact = read(a_body("participant_left", participant=a_participant(disconnectReason=reason)), RECEIVED)
    assert fact is not None
    assert (fact.joined_ms, fact.left_ms, fact.left_why) == (1_700_000_001_456, RECEIVED, why)


def test_an_event_that_comes_late_happened_in_its_own_second() -> None:
    fact = read(a_body("participant_left", participant=a_participant()), RECEIVED + 60_000)
    assert fact is not None
    assert fact.left_ms == 1_700_000_005_999


def test_nobody_leaves_before_they_came() -> None:
    late_joiner = a_participant(joinedAtMs="1700000009000")
    fact = read(a_body("participant_left", participant=late_joiner), RECEIVED)
    assert fact is not None
    assert fact.left_ms == 1_700_000_009_000


def test_a_finished_room() -> None:
    fact = read(a_body("room_finished"), RECEIVED)
    assert fact is not None
    assert (fact.room_finished_ms, fact.participant_sid) == (RECEIVED, None)


@pytest.mark.parametrize(
    "event", ["track_published", "track_unpublished", "egress_started", "egress_ended", "tomorrow"]
)
def test_events_that_say_nothing_about_people_in_rooms(event: str) -> None:
    assert read(a_body(event, participant=a_participant()), RECEIVED) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "room_started"},
        {"event": "room_started", "room": {"sid": 5, "name": "r"}},
        {"event": "participant_joined", "room": ROOM},
        {"event": "participant_joined", "room": ROOM, "participant": {"sid": "PA_1"}},
        {"event": "room_started", "room": {"sid": "x" * 1000, "name": "r"}},
    ],
)
def test_a_body_without_what_matters_says_nothing(body: dict[str, Any]) -> None:
    assert read(body, RECEIVED) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["room_started", "room_finished", "participant_joined", "participant_left"])},
        optional={
            "createdAt": json_values,
            "room": json_values | st.just(ROOM),
            "participant": json_values | st.just(a_participant()),
        },
    )
)
def test_no_body_breaks_the_reader(body: dict[str, Any]) -> None:
    read(sanitise(body), RECEIVED)


def test_what_is_kept_is_named() -> None:
    body = a_body(
        "participant_joined",
        participant=a_participant(name="Ann Example", metadata="secret", attributes={"a": "b"}),
    )
    body["room"] = ROOM | {"turnPassword": "secret", "metadata": "secret"}
    kept = sanitise(body)
    assert kept["room"] == ROOM
    assert kept["participant"] == a_participant()
    assert set(kept) == {"event", "id", "createdAt", "room", "participant"}
