"""What somebody looks for in transcripts, as terms, and the form in which words are found. Pure.

A term is what stands between spaces, or between double quotes; punctuation in it counts as a space. A call is found
when each term was said in it, be it by different people; of a term's last word the beginning is enough. In scripts
without spaces each sign is a word (`shared.writing`), so that a term is found wherever it stands.

The words of a transcript and those of a term are compared in the form that `searchable` gives them: without capitals,
wide and narrow forms, and the vowel points of Hebrew and Arabic. Accents are taken off by the index.
"""

from __future__ import annotations

import re
import unicodedata

from shared.writing import spaced

MAX_TERMS = 10
MAX_SIGNS = 100
"""Words of all terms: each is a look-up in the index."""

_PIECE = re.compile(r'"([^"]*)"?|([^\s"]+)')
_VOWEL_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_WORD_CATEGORIES = ("L", "N", "M", "Co")
"""The index's tokenizer has the same (`control_api.migrations.spoken_words`)."""


def terms_of(query: str) -> tuple[tuple[str, ...], ...]:
    """Each term's words, in their order. Raises ValueError when there is nothing to look for, or too much."""
    pieces = (match[1] or match[2] or "" for match in _PIECE.finditer(query))
    terms = tuple(dict.fromkeys(words for piece in pieces if (words := words_of(piece))))
    if not terms:
        raise ValueError("must hold a letter or a digit")
    if len(terms) > MAX_TERMS or sum(map(len, terms)) > MAX_SIGNS:
        raise ValueError(f"must have at most {MAX_TERMS} words or quoted phrases")
    return terms


def words_of(text: str) -> tuple[str, ...]:
    """The words by which `text` is found."""
    return tuple("".join(char if _is_of_word(char) else " " for char in searchable(text)).split())


def searchable(text: str) -> str:
    """`text` as it is looked for."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return spaced(_VOWEL_POINTS.sub("", folded))


def _is_of_word(char: str) -> bool:
    if char.isascii():
        return char.isalnum()
    return unicodedata.category(char).startswith(_WORD_CATEGORIES)
