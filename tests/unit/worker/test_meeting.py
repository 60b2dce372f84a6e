from __future__ import annotations

import pytest

from shared.ids import Identity
from tests.unit.worker.harness import CALLER, make_claim
from worker.meeting import Meeting

CALLEE, GUEST = Identity("user_2"), Identity("user_3")


@pytest.mark.parametrize(
    ("call_type", "comes", "has_begun"),
    [
        ("user-to-user", [CALLER], False),
        ("user-to-user", [CALLER, GUEST], False),
        ("user-to-user", [CALLER, CALLER], False),
        ("user-to-user", [CALLEE, CALLER], True),
        ("conference", [GUEST], False),
        ("conference", [GUEST, CALLEE], True),
        ("support", [CALLER, GUEST], True),
    ],
)
def test_a_talk_begins_when_its_people_have_met(call_type: str, comes: list[Identity], *, has_begun: bool) -> None:
    meeting = Meeting(make_claim(call_type=call_type, callee_identity=CALLEE, is_early=True))
    assert not meeting.has_begun
    for who in comes:
        meeting.came(who)
    assert meeting.has_begun is has_begun


def test_who_has_left_before_has_met_nobody() -> None:
    meeting = Meeting(make_claim(call_type="conference", is_early=True))
    meeting.came(GUEST)
    meeting.left(GUEST)
    meeting.came(CALLEE)
    assert not meeting.has_begun


def test_a_talk_that_has_begun_goes_on_whoever_leaves() -> None:
    meeting = Meeting(make_claim(call_type="conference", is_early=True))
    for who in (GUEST, CALLEE):
        meeting.came(who)
    meeting.left(GUEST)
    assert meeting.has_begun
    assert Meeting(make_claim()).has_begun, "as that of a recorder which has come into the middle of it"
