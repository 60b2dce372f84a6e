"""Somebody at the call page: what they do, and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.support.stack import wait_for


@dataclass
class Person:
    name: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser said about the page: errors, and what its policy has refused."""

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    @property
    def user_id(self) -> str:
        return self.name.lower()

    def sign_in(self, *, admin: bool = False, at: str = "/") -> None:
        self.page.goto(at)
        self.page.get_by_label("Your name").fill(self.name)
        if admin:
            self.page.get_by_role("switch", name="Operator").click()
        self.page.get_by_role("button", name="Sign in").click()

    def choose(self, kind: str) -> None:
        self.page.get_by_text(kind, exact=True).click()

    def call(self) -> None:
        self.page.get_by_role("button", name="Call", exact=True).click()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sees(self, text: str | re.Pattern[str], within_s: float = 15.0) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=within_s * 1000)

    def captions(self) -> list[tuple[str, str, bool]]:
        """(speaker's identity, text, whether it is final) of all that stand on the screen."""
        found: list[dict[str, Any]] = self.page.eval_on_selector_all(
            "[data-speaker]",
            "lines => lines.map(line => ({who: line.dataset.speaker, text: line.lastChild.textContent, "
            "final: line.dataset.final}))",
        )
        return [(each["who"], each["text"], each["final"] == "true") for each in found]

    def reads(self, pattern: str, *, of_agent: bool, within_s: float = 20.0) -> str:
        """A final caption of that side which matches, as soon as it stands there."""

        def look() -> str | None:
            for who, text, final in self.captions():
                if final and who.startswith("ai-agent-") == of_agent and re.search(pattern, text, re.IGNORECASE):
                    return text
            return None

        return wait_for(look, f"{self.name} reads {pattern!r}; there is {self.captions()}", within_s)
