"""Why the stack cannot run."""

from __future__ import annotations


class StackProblem(Exception):
    """The text is what a person must know: what is wrong, and what to do about it."""
