"""Somebody at the call page: what they do, and what they see."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Route, expect

from scripts.caller.clips import spoken
from scripts.local_realtime.hearing import load_whisper
from scripts.local_realtime.wav import read_audio, write_wav
from tests.support.stack import wait_for

EARS_AND_MOUTH = Path(__file__).with_name("ears_and_mouth.js")

# Sentences that the small recogniser understands well in this voice, and what shows that it did. Only tests that run
# alone ask for words (`tests.support.lanes`): on a busy machine Chromium drops sound.
MONDAY, OF_MONDAY = "It was delivered on Monday morning, and I was not at home.", "monday|morning|home"
GARDEN, OF_GARDEN = "Thank you very much, we had a good time in the garden.", "thank|much|garden"

# For the others a caption may have any words, but they are the same wherever they stand.
ANYTHING = r"\w"
AN_ANSWER = "^(?!Hello)"
"""Anything that the assistant says but its greeting."""

# LiveKit's client notes it as an error when the server's end of a line that is being closed is heard of before the
# server's word that it closes: nothing is wrong then.
_CLOSED_BY_SERVER = re.compile(
    r"DataChannel error on \w+: User-Initiated Abort|publisher data channel '\w+' closed unexpectedly"
)


@dataclass
class Person:
    name: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser said about the page: errors, and what its policy has refused."""

    def __post_init__(self) -> None:
        self.page.add_init_script(path=EARS_AND_MOUTH)
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _CLOSED_BY_SERVER.match(message.text):
            self.complaints.append(message.text)

    @property
    def user_id(self) -> str:
        return self.name.lower().replace(" ", "-")

    def sign_in(self, *, admin: bool = False, at: str = "/") -> None:
        self.page.goto(at)
        self.page.get_by_label("Your name").fill(self.name)
        if admin:
            self.page.get_by_role("switch", name="Operator").click()
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Your name")).to_have_count(0)

    def choose(self, kind: str) -> None:
        self.page.get_by_text(kind, exact=True).click()

    def call(self) -> None:
        self.page.get_by_role("button", name="Call", exact=True).click()

    def calls_person(self, other: Person) -> None:
        self.choose("A person")
        self.page.get_by_label("Whom").fill(other.user_id)
        self.call()

    def holds(self, address: str) -> Callable[[], None]:
        """Requests to there wait until what is given back is called."""
        waiting: list[Route] = []
        self.page.route(address, lambda route: waiting.append(route))

        def go_on() -> None:
            for route in waiting:
                route.continue_()
            self.page.unroute(address)

        return go_on

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sees(self, text: str | re.Pattern[str], within_s: float = 15.0) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=within_s * 1000)

    def status(self, words: str, within_s: float = 15.0) -> None:
        """Waits until the page says this of the call, such as ``Listening``."""
        expect(self.page.get_by_role("status").filter(has_text=words).first).to_be_visible(timeout=within_s * 1000)

    # ------------------------------------------------------------------------------------------- what is in the air

    def says(self, text: str) -> dict[str, float]:
        """When it began and ended, on the page's clock; returns when it has been said."""
        wait_for(lambda: self.page.evaluate("test.hasMouth()"), f"{self.name} has a microphone", 15)
        wav = base64.b64encode(write_wav(spoken(text).audio)).decode()
        said: dict[str, float] = self.page.evaluate("wav => test.say(wav)", wav)
        return said

    def now_ms(self) -> float:
        return float(self.page.evaluate("test.nowMs()"))

    def hears_something(self, since_ms: float, within_s: float = 15.0) -> float:
        """When the first sound since then came."""
        first = wait_for(
            lambda: self.page.evaluate("ms => test.firstSoundMs(ms)", since_ms), f"{self.name} hears a sound", within_s
        )
        return float(first)

    def hears_silence(self, for_ms: float = 500, within_s: float = 15.0) -> float:
        """When the last sound was, once nothing was heard for so long."""
        wait_for(
            lambda: self.now_ms() - self.page.evaluate("test.lastSoundMs()") > for_ms,
            f"{self.name} hears nothing any more",
            within_s,
        )
        return float(self.page.evaluate("test.lastSoundMs()"))

    def heard_from(self, said: dict[str, float]) -> str:
        """The track that brought what somebody else `said`; there is just one. Waits for its end."""
        self.hears_something(said["beganMs"])
        self.hears_silence()
        [track] = self.page.evaluate("ms => test.heardFrom(ms)", said["beganMs"])
        return str(track)

    def hears(self, pattern: str, within_s: float = 15.0) -> None:
        """Words like these, in the sound that came from others."""
        wait_for(
            lambda: re.search(pattern, self.words_heard(), re.IGNORECASE),
            lambda: f"{self.name} hears {pattern!r}; they heard {self.words_heard()!r}",
            within_s,
        )

    def words_heard(self) -> str:
        """What the recogniser understands of all that came from others so far, a line for each of them."""
        tracks: list[str] = self.page.evaluate("test.heard()")
        audios = [read_audio(base64.b64decode(each)) for each in tracks if each]
        return "\n".join(load_whisper().transcribe(audio) for audio in audios)

    # ---------------------------------------------------------------------------------------------------- captions

    def captions(self) -> list[tuple[str, str, bool]]:
        """(speaker's identity, text, whether it is final) of all that stand on the screen."""
        found: list[dict[str, Any]] = self.page.eval_on_selector_all(
            "[data-speaker]",
            "lines => lines.map(line => ({who: line.dataset.speaker, text: line.lastChild.textContent, "
            "final: line.dataset.final}))",
        )
        return [(each["who"], each["text"], each["final"] == "true") for each in found]

    def reads(self, pattern: str, *, of_agent: bool = False, by: str | None = None, within_s: float = 20.0) -> str:
        """A final caption of that side, or of that person, which matches; as soon as it stands there."""

        def look() -> str | None:
            for who, text, final in self.captions():
                is_agent = who == "agent" or who.startswith("ai-agent-")
                if final and is_agent == of_agent and by in (None, who) and re.search(pattern, text, re.IGNORECASE):
                    return text
            return None

        return wait_for(look, lambda: f"{self.name} reads {pattern!r}; there is {self.captions()}", within_s)
