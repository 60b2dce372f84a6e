"""How people write: what stands together, which scripts put no spaces between words, what can be seen. Pure.

Words of people are cut, found and shown in many places, in any language. What is asked of a text there is asked here,
so that no place knows only its own alphabet. The rules are those of Unicode (UAX 29 and 14, PRECIS), as far as they
matter for cutting and finding; a sentence of Chinese, Japanese or Thai may be cut after each of its signs, since only
a dictionary knows where its words end.
"""

from __future__ import annotations

import re
import unicodedata

MAX_SIGN_CHARS = 32
"""A longer pile of marks is no sign."""

_SPACELESS = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u0f00-\u0fff"  # Tibetan
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u1aaf\u1b00-\u1b7f\ua980-\ua9df"  # Tai Le to Tai Tham, Balinese, Javanese
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Hiragana, Katakana
    "\ua000-\ua4cf"  # Yi
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"  # Kana and Han of the further planes
    "]"
)
_JOINER = "\u200d"
_NOT_LAST = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
"""Vowels that are written before the consonant after which they are spoken."""
_CONTINUES = re.compile(
    "[\u200c\u200d"
    "\u0e33\u0eb3"  # a vowel and a final sound in one sign
    "\uff9e\uff9f"  # the marks of half-wide Katakana
    "\u1160-\u11ff\ud7b0-\ud7ff"  # vowels and finals of Hangul that is written in parts
    "\U0001f3fb-\U0001f3ff"  # tones of skin
    "\U000e0020-\U000e007f]"  # of flags
)
_FLAG_HALF = re.compile("[\U0001f1e6-\U0001f1ff]")
_VIRAMA = 9
"""The combining class of what makes one sign of two consonants."""

_FORBIDDEN = {"Cc", "Cs", "Co", "Zl", "Zp"}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
"""Turns the direction of what follows, also of what is not part of the text; or marks what stands between lines."""
_EMPTY = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
"""Letters and symbols that show nothing."""
_INVISIBLE = {"Zs", "Zl", "Zp", "Cf", "Cc", "Mn"}

_LINE_BREAK = re.compile(r"[^\S\u00a0\u202f\u3000]*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_SPACES = re.compile(r"[ \t]{2,}|\t")


def is_spaceless(char: str) -> bool:
    """Whether `char` is of a script that writes words without spaces between them."""
    return _SPACELESS.match(char) is not None


def stands_together(text: str, at: int) -> bool:
    """Whether the characters before and after position `at` are one sign to a reader. 0 < at < len(text)."""
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    if before == _JOINER or _CONTINUES.match(after) or unicodedata.category(after) in ("Mn", "Mc", "Me"):
        return True
    if _FLAG_HALF.match(before) and _FLAG_HALF.match(after):
        return _flag_halves_before(text, at) % 2 == 1
    return unicodedata.combining(before) == _VIRAMA


def cut(text: str, max_chars: int) -> str:
    """The beginning of `text` of at most `max_chars` characters that ends where a sign ends."""
    if len(text) <= max_chars:
        return text
    for end in range(max_chars, max(max_chars - MAX_SIGN_CHARS, 0), -1):
        if not stands_together(text, end):
            return text[:end]
    return text[:max_chars] if max_chars > MAX_SIGN_CHARS else ""


def ends_word(text: str, at: int) -> bool:
    """Whether a reader who sees only what stands before position `at` sees whole words. 0 < at < len(text)."""
    before, after = text[at - 1], text[at]
    if after.isspace():
        return True
    if not is_spaceless(before) and not is_spaceless(after):
        return False
    return not stands_together(text, at) and _NOT_LAST.match(before) is None and not before.isspace()


def spaced(text: str) -> str:
    """`text` with a space around each sign of a script that writes none, so that it can be found by its signs. In
    Unicode's composed form (NFC)."""
    composed = unicodedata.normalize("NFC", text)
    return composed if composed.isascii() else _SPACELESS.sub(r" \g<0> ", composed)


def is_presentable(text: str) -> bool:
    """Whether `text` can stand in a line that others see: something of it can be seen, and it holds no control
    character, no line break, and nothing that turns the direction of its neighbours."""
    return not is_blank(text) and all(map(_is_presentable, text))


def presentable(text: str) -> str:
    """`text` without what `is_presentable` refuses, and without spaces at its ends; empty when nothing can be seen."""
    kept = "".join(filter(_is_presentable, text)).strip()
    return "" if is_blank(kept) else kept


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing of `text`."""
    return all(_EMPTY.match(char) or unicodedata.category(char) in _INVISIBLE for char in text)


def one_line(text: str) -> str:
    """`text` on one line. Spaces that are meant to be as they are (no-break, ideographic) stay."""
    return _SPACES.sub(" ", _LINE_BREAK.sub(" ", text.strip()))


def _is_presentable(char: str) -> bool:
    if char.isascii():
        return char.isprintable()
    # What this version of Unicode has no name for may be a letter of the next one; a non-character never will.
    is_no_character = "\ufdd0" <= char <= "\ufdef" or ord(char) & 0xFFFE == 0xFFFE
    return not is_no_character and unicodedata.category(char) not in _FORBIDDEN and _TURNS.match(char) is None


def _flag_halves_before(text: str, at: int) -> int:
    first = at
    while first > 0 and _FLAG_HALF.match(text[first - 1]):
        first -= 1
    return at - first
