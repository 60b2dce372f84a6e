"""Which of the agent's words were heard. Pure.

The model sends text and audio apart from each other and much faster than they are spoken, and does not say which
sample belongs to which word. Speech is even enough for a rule of three: of an item that is complete, the share of its
audio that was heard is the share of its text; of one that still comes, the text is taken to be spoken at
`LETTERS_PER_S` at most, because its text runs ahead of its audio. The measure is what a letter takes; a sign that is a
syllable or two takes as long as several. Only whole words are shown; where a script has no spaces, whole signs
(`shared.writing`).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from shared import writing

LETTERS_PER_S = 15.0
"""English at a normal pace is 12-16 letters a second, spaces included; Thai, with its vowels, about the same."""
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = "\uac00-\ud7a3"
_KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SLOWER = ((3.0, re.compile(f"[{_HAN}]")), (2.5, re.compile(f"[{_HANGUL}]")), (2.0, re.compile(f"[{_KANA}]")))
"""In letters: Chinese is spoken at about 5 signs a second, Korean at 6 syllables, Japanese at 8 kana (Pellegrino,
Coupe and Marsico, "A cross-language perspective on speech information rate", 2011: syllables a second)."""
MAX_CHARS = 16 * 1024
MAX_WORD_CHARS = 64
"""What is longer is no word: it is shown as far as it was heard."""


class AgentWords:
    """The text of one item of the agent."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._ends: list[float] = []
        """Of each character: where it ends, in letters from the beginning."""
        self._received_ms = 0.0
        self._complete = False
        self.is_broken = False
        """It ended before its end: how far the text runs ahead of the sound, nobody knows."""

    def add_text(self, delta: str) -> None:
        piece = writing.cut(delta, MAX_CHARS - len(self._ends)) if len(self._ends) < MAX_CHARS else ""
        self._pieces.append(piece)
        for char in piece:
            self._ends.append(self._letters + _letters(char))

    def add_audio(self, ms: float) -> None:
        self._received_ms += ms

    def complete(self) -> None:
        """No more text and no more audio."""
        self._complete = True

    def break_off(self) -> None:
        """No more audio, before the end. One that is complete stays so."""
        self.is_broken = not self._complete

    @property
    def _letters(self) -> float:
        return self._ends[-1] if self._ends else 0.0

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
        total_ms = self._received_ms
        if not self._complete:
            total_ms = max(total_ms, self._letters * 1000 / LETTERS_PER_S)
        if heard_ms <= 0 or not text:
            return ""
        if self._complete and heard_ms >= total_ms:
            return text
        return _whole_words(text, bisect_right(self._ends, self._letters * heard_ms / max(total_ms, 1.0)))


def _letters(char: str) -> float:
    if char.isascii():
        return 1.0
    return next((letters for letters, script in _SLOWER if script.match(char)), 1.0)


def _whole_words(text: str, chars: int) -> str:
    """`text` up to the last end of a word within the first `chars` characters; never the whole."""
    chars = min(chars, len(text) - 1)
    for at in range(chars, max(chars - MAX_WORD_CHARS, 0), -1):
        if writing.ends_word(text, at):
            return text[:at]
    return writing.cut(text, chars) if chars > MAX_WORD_CHARS else ""
