from __future__ import annotations

import pytest

from shared.call_state import EndReason
from shared.ids import Identity
from worker.people import People

ANN, BOB, CYD = (Identity(name) for name in ("ann", "bob", "cyd"))
GRACE_S = 30.0


def people(call_type: str, callee: Identity | None = None) -> People:
    return People(call_type=call_type, caller=ANN, callee=callee, grace_s=GRACE_S)


class TestSupport:
    @pytest.mark.parametrize("call_type", ["support", "something newer"])
    def test_the_caller_and_nobody_else(self, call_type: str) -> None:
        call = people(call_type)
        assert (call.belongs(ANN), call.belongs(BOB)) == (True, False)
        assert call.left(ANN, 10, on_purpose=True) is EndReason.CALLER_HUNG_UP

    def test_a_lost_caller_has_the_grace(self) -> None:
        call = people("support")
        call.came(ANN)
        assert call.left(ANN, 10, on_purpose=False) is None
        assert call.waiting
        assert call.due(39.9) is None
        assert call.due(40) is EndReason.CALLER_LOST

    def test_a_caller_who_comes_back(self) -> None:
        call = people("support")
        call.came(ANN)
        call.left(ANN, 10, on_purpose=False)
        call.came(ANN)
        assert not call.waiting
        assert call.due(100) is None


class TestUserToUser:
    @pytest.mark.parametrize(
        ("who", "hung_up", "lost"),
        [
            (ANN, EndReason.CALLER_HUNG_UP, EndReason.CALLER_LOST),
            (BOB, EndReason.CALLEE_HUNG_UP, EndReason.CALLEE_LOST),
        ],
    )
    def test_either_ends_it(self, who: Identity, hung_up: EndReason, lost: EndReason) -> None:
        for on_purpose in (True, False):
            call = people("user-to-user", BOB)
            call.came(ANN)
            call.came(BOB)
            assert call.left(who, 10, on_purpose=on_purpose) is (hung_up if on_purpose else None)
            if not on_purpose:
                assert call.waiting
                assert (call.due(39), call.due(41)) == (None, lost)

    def test_of_two_who_are_lost_the_first_to_be_overdue_ends_it(self) -> None:
        call = people("user-to-user", BOB)
        call.left(BOB, 10, on_purpose=False)
        call.left(ANN, 20, on_purpose=False)
        assert call.due(41) is EndReason.CALLEE_LOST

    def test_everybody_is_heard_and_a_third_one_may_go(self) -> None:
        call = people("user-to-user", BOB)
        assert call.belongs(CYD)
        assert call.left(CYD, 10, on_purpose=True) is None
        call.left(CYD, 10, on_purpose=False)
        assert not call.waiting
        assert call.due(100) is None

    def test_without_a_callee_only_the_caller_ends_it(self) -> None:
        call = people("user-to-user")
        assert call.left(BOB, 10, on_purpose=True) is None
        assert call.left(ANN, 10, on_purpose=True) is EndReason.CALLER_HUNG_UP


class TestConference:
    def test_the_last_one_out_ends_it(self) -> None:
        call = people("conference")
        for who in (ANN, BOB, CYD):
            call.came(who)
        assert call.left(ANN, 10, on_purpose=True) is None
        assert call.left(CYD, 11, on_purpose=True) is None
        assert call.left(BOB, 12, on_purpose=True) is EndReason.EVERYONE_LEFT

    def test_the_last_one_who_is_lost_has_the_grace(self) -> None:
        call = people("conference")
        call.came(ANN)
        assert call.left(ANN, 10, on_purpose=False) is None
        assert call.waiting
        assert (call.due(39), call.due(40)) == (None, EndReason.EVERYONE_LEFT)

    def test_it_waits_for_the_last_who_may_come_back(self) -> None:
        call = people("conference")
        call.came(ANN)
        call.came(BOB)
        call.left(ANN, 10, on_purpose=False)
        assert not call.waiting  # Bob is there
        assert call.due(30) is None
        assert call.left(BOB, 35, on_purpose=True) is None  # Ann may still come
        assert (call.due(39), call.due(40)) == (None, EndReason.EVERYONE_LEFT)

    def test_who_was_lost_long_ago_is_not_waited_for(self) -> None:
        call = people("conference")
        call.came(ANN)
        call.came(BOB)
        call.left(ANN, 10, on_purpose=False)
        assert call.left(BOB, 1000, on_purpose=True) is None
        assert call.due(1000) is EndReason.EVERYONE_LEFT

    def test_two_who_are_lost_one_after_the_other(self) -> None:
        call = people("conference")
        call.came(ANN)
        call.came(BOB)
        call.left(ANN, 10, on_purpose=False)
        call.left(BOB, 20, on_purpose=False)
        assert (call.due(41), call.due(49), call.due(50)) == (None, None, EndReason.EVERYONE_LEFT)


@pytest.mark.parametrize(
    ("call_type", "greeted"), [("support", [ANN]), ("user-to-user", [ANN]), ("conference", [ANN, BOB, CYD])]
)
def test_whom_the_greeting_is_for(call_type: str, greeted: list[Identity]) -> None:
    call = people(call_type, BOB)
    assert [who for who in (ANN, BOB, CYD) if call.is_greeted(who)] == greeted
