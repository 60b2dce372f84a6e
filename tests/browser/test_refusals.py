"""A browser that refuses things, or does not have them, costs the person those things: never the page or the call."""

from __future__ import annotations

from tests.browser.conftest import Arrive
from tests.browser.person import ANYTHING

TAKEN_AWAY = """
for (const name of ["AudioContext", "webkitAudioContext", "BroadcastChannel", "TextDecoderStream", "Notification"])
  delete globalThis[name];
for (const name of ["mediaDevices", "locks", "wakeLock", "clipboard", "permissions"])
  delete Navigator.prototype[name];
delete Crypto.prototype.randomUUID;
Object.defineProperty(globalThis, "localStorage", {get() { throw new DOMException("refused", "SecurityError"); }});
"""


def test_a_call_in_a_browser_that_refuses_everything(arrive: Arrive) -> None:
    zoe = arrive("Zoe")
    zoe.page.add_init_script(TAKEN_AWAY)
    zoe.page.reload()
    zoe.press("Check your microphone")
    zoe.sees("This browser gives no microphone")
    zoe.call()
    zoe.reads(ANYTHING, of_agent=True)  # the greeting
    zoe.sees("This browser gives no microphone")
    zoe.press("Hang up")
    zoe.sees("You hung up.")
    assert zoe.complaints == []
