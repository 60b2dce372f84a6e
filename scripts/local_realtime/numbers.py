"""Spoken numbers to digits, as people say order numbers. Pure.

"four two seven", "4-2-7", "four twenty seven", "four hundred and twenty seven": all 427.
A lone small word ("one of them") stays a word.
"""

from __future__ import annotations

import re
from typing import Final

_TO_NINETEEN: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_UNITS: Final = {word: value for value, word in enumerate(_TO_NINETEEN)} | {"oh": 0}
_TENS_FROM_TWENTY: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS: Final = {word: value * 10 for value, word in enumerate(_TENS_FROM_TWENTY, 2)}
_SCALES: Final = {"hundred": 100, "thousand": 1000}
_MISHEARD: Final = {"for": "4", "far": "4", "or": "4", "to": "2", "too": "2", "won": "1", "ate": "8", "free": "3"}
"""What recognisers write for a digit. Believed only between two digits: "3 for 3" is 343."""

_WORD: Final = "|".join([*_UNITS, *_TENS, *_SCALES])
_GAP: Final = r"[\s,.?!-]+"
_SPOKEN: Final = re.compile(rf"\b(?:{_WORD}|\d+)(?:{_GAP}(?:and\s+)?(?:{_WORD}|\d+))+\b", re.IGNORECASE)
_BETWEEN_DIGITS: Final = re.compile(rf"(?<=\d)({_GAP})({'|'.join(_MISHEARD)})(?={_GAP}\d)", re.IGNORECASE)


def normalise_numbers(text: str) -> str:
    """``text`` with every spoken run of two or more number words as digits."""
    text = _BETWEEN_DIGITS.sub(lambda found: f" {_MISHEARD[found.group(2).lower()]}", text)
    return _SPOKEN.sub(lambda run: _digits(run.group()), text)


def _digits(run: str) -> str:
    if "," in run and not re.search("[a-z]", run, re.IGNORECASE) and re.fullmatch(r"\d{1,3}(,\d{3})+", run):
        return run.replace(",", "")
    words = [word for word in re.split(_GAP, run.lower()) if word != "and"]
    if any(word in _SCALES for word in words):
        return str(_scaled(words))
    groups: list[str] = []
    tens_open = False
    for word in words:
        value = _value(word)
        if tens_open and 0 < value < 10 and not word.isdigit():
            groups[-1] = str(int(groups[-1]) + value)
            tens_open = False
        else:
            groups.append(word if word.isdigit() else str(value))
            tens_open = word in _TENS
    return "".join(groups)


def _value(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _UNITS.get(word, _TENS.get(word, 0))


def _scaled(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word == "hundred":
            current = max(1, current) * 100
        elif word == "thousand":
            total, current = total + max(1, current) * 1000, 0
        else:
            current += _value(word)
    return total + current
