from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control_api.idempotency import LIFE_MS, MAX_KEY_CHARS, Reservation, fingerprint, is_key, keyed_request
from shared.ids import Identity
from tests.support.calls import T0

ANN, BOB = Identity("ann"), Identity("bob")


@pytest.mark.parametrize("key", ["k", "0190-uuid", '"quoted"', "x" * MAX_KEY_CHARS, "!~"])
def test_a_key(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a\n", "\x7f", "x" * (MAX_KEY_CHARS + 1)])
def test_no_key(key: str) -> None:
    assert not is_key(key)


def test_a_key_is_of_one_user_at_one_route() -> None:
    ids = {
        keyed_request(user, route, key, b"").id
        for user in (ANN, BOB)
        for route in ("POST /a", "POST /b")
        for key in ("k", "l")
    }
    assert len(ids) == 8


@settings(max_examples=25)  # an example is dear to make, and one more says little
@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_the_same_json_is_the_same_request_however_it_is_written(value: dict[str, object]) -> None:
    backwards = dict(reversed(value.items()))
    spaced = json.dumps(backwards, indent=3, ensure_ascii=True)
    assert fingerprint(spaced.encode()) == fingerprint(json.dumps(value, ensure_ascii=True).encode())
    assert fingerprint(json.dumps(value | {"one more": 1}).encode()) != fingerprint(spaced.encode())


def test_no_body_is_an_empty_object() -> None:
    assert fingerprint(b"") == fingerprint(b" { } ")


def test_derived_ids_are_uuids_of_version_7_with_the_rows_time() -> None:
    reservation = Reservation("a" * 64, "f" * 64, T0)
    ids = [uuid.UUID(reservation.derived_call_id(number)) for number in range(100)]
    assert ids == [uuid.UUID(reservation.derived_call_id(number)) for number in range(100)], "they are derived"
    assert len(set(ids)) == 100
    assert {(one.version, one.variant, one.int >> 80) for one in ids} == {(7, uuid.RFC_4122, T0)}
    assert Reservation("a" * 64, "f" * 64, T0 + 1).derived_call_id() not in map(str, ids)


def test_a_key_lives_for_a_day() -> None:
    reservation = Reservation("a" * 64, "f" * 64, T0)
    assert reservation.is_alive(T0 + LIFE_MS - 1)
    assert not reservation.is_alive(T0 + LIFE_MS)
