"""A person talks with the assistant on the call page: real Chromium, real audio, a model that hears by itself."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Arrive
from tests.support.chromium import Say
from tests.support.stack import Stack

pytestmark = pytest.mark.timeout(180)


def test_a_whole_call(arrive: Arrive, stack: Stack) -> None:
    ann = arrive("Ann", Say("Where is my order four two seven?", after_s=7))
    ann.call()
    ann.reads(".", of_agent=True)  # the greeting
    ann.reads("order.*(427|four two seven)", of_agent=False)
    ann.reads("order", of_agent=True)
    ann.press("Hang up")
    ann.sees("The call has ended")
    ann.sees("What was said")
    assert ann.complaints == []

    calls = stack.api("GET", "/api/voice/session?limit=1", user=ann.user_id, admin=False)["sessions"]
    assert (calls[0]["status"], calls[0]["endReason"]) == ("completed", "caller_hung_up")
