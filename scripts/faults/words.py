"""What is said in the calls of this suite. Odd words on purpose: none of them may ever stand in a log (I8)."""

from __future__ import annotations

PROMPT = "You are the clerk of the quetzal aviary and nobody else."
CALLER_NAME = "Xanthippe Quill"
GREETING = "Welcome to the marmalade ferry."
LINES = ("Which ferry carries my trombone?", "And when does the kumquat parcel leave?")
HEARD = "Which ferry carries my trombone to the lighthouse?"
ANSWERS = (
    "The trombone sails at noon, with the second ferry, from the old pier.",
    "The kumquat parcel leaves tomorrow.",
)
"""The first one is long enough to be interrupted in, the second is short."""
SECRET_WORDS = ("quetzal", "xanthippe", "marmalade", "trombone", "kumquat")
"""One of them is in each sentence above."""
