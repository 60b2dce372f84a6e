"""What cannot be mended here and must be told."""

from __future__ import annotations


class Problem(Exception):
    """The text is one sentence for a person: what is wrong and what to do about it."""
