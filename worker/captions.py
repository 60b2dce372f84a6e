"""Which of the agent's words were heard. Pure.

The model sends text and audio apart from each other and much faster than they are spoken, and does not say which
sample belongs to which word. Speech is even enough for a rule of three: of an item that is complete, the share of its
audio that was heard is the share of its characters; of one that still comes, the text is taken to be spoken at
`CHARS_PER_S` at most, because its text runs ahead of its audio. Only whole words are shown.
"""

from __future__ import annotations

CHARS_PER_S = 15.0
"""English at a normal pace is 12-16 characters a second, spaces included."""
MAX_CHARS = 16 * 1024


class AgentWords:
    """The text of one item of the agent."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._chars = 0
        self._received_ms = 0.0
        self._complete = False

    def add_text(self, delta: str) -> None:
        if self._chars < MAX_CHARS:
            self._pieces.append(delta[: MAX_CHARS - self._chars])
            self._chars += len(self._pieces[-1])

    def add_audio(self, ms: float) -> None:
        self._received_ms += ms

    def complete(self) -> None:
        """No more text and no more audio."""
        self._complete = True

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def sounded(self) -> str:
        """The words of which there is sound."""
        return self.heard(self._received_ms)

    def heard(self, heard_ms: float) -> str:
        """The words of which the caller heard at least the beginning within `heard_ms`."""
        text = self.text
        total_ms = self._received_ms if self._complete else max(self._received_ms, len(text) * 1000 / CHARS_PER_S)
        if heard_ms <= 0 or not text:
            return ""
        if self._complete and heard_ms >= total_ms:
            return text
        return _whole_words(text, int(len(text) * heard_ms / max(total_ms, 1.0)))


def _whole_words(text: str, chars: int) -> str:
    """`text` up to the last end of a word within the first `chars` characters."""
    if chars >= len(text):
        chars = len(text) - 1
    cut = text[: chars + 1]
    end = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:end] if end > 0 else ""
