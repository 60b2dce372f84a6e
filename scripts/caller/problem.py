"""Why a call could not be placed or went wrong."""

from __future__ import annotations


class CallerProblem(Exception):
    """The text is one sentence for a person."""
