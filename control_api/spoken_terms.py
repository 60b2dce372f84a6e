"""What somebody looks for in transcripts, as terms. Pure.

A term is what stands between spaces, or between double quotes; punctuation in it counts as a space. A call is found
when each term was said in it, be it by different people; of a term's last word the beginning is enough.
"""

from __future__ import annotations

import re

MAX_TERMS = 10

_PIECE = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


def terms_of(query: str) -> tuple[tuple[str, ...], ...]:
    """Each term's words, in their order. Raises ValueError when there is nothing to look for, or too much."""
    pieces = (match[1] or match[2] or "" for match in _PIECE.finditer(query))
    terms = tuple(dict.fromkeys(words for piece in pieces if (words := tuple(_WORD.findall(piece)))))
    if not terms:
        raise ValueError("must hold a letter or a digit")
    if len(terms) > MAX_TERMS:
        raise ValueError(f"must have at most {MAX_TERMS} words or quoted phrases")
    return terms
