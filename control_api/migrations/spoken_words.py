"""The full-text index of what was said, as SQLite knows it.

The index has its own copy of the words, under the row numbers of `spoken`: `segments` has none that last (its key is of
texts, and VACUUM may renumber what has no number of its own). `unicode61` knows letters of all alphabets and takes
accents off; words are not cut down to a stem, since calls are in any language. What is indexed is the text as
`control_api.spoken_terms.searchable` gives it: a function that each connection to the database is given.

A row of `spoken` without a segment's id stands for the text that took the place of a call's whole transcript.
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = 'CREATE VIRTUAL TABLE spoken_words USING fts5(words, tokenize = "unicode61 remove_diacritics 2{more}")'
FIRST_INDEX = _TABLE.format(more="")
"""As 0009 made it: deaf to scripts without spaces, and to vowels that are marks."""
INDEX = _TABLE.format(more=" categories 'L* N* Co M*'")
AS_IT_IS, SEARCHABLE = "{}", "searchable({})"
"""The form of the words in the first index, and in the one that is used."""

_KEY = "call_id = {call} AND segment_id IS {segment}"
_FORGET = (  # only names of ours are put into these statements
    f"DELETE FROM spoken_words WHERE rowid IN (SELECT id FROM spoken WHERE {_KEY}); DELETE FROM spoken WHERE {_KEY};"  # noqa: S608
)
_ADD = (
    "INSERT INTO spoken (call_id, segment_id) SELECT {call}, {segment} WHERE {words} IS NOT NULL; "  # noqa: S608
    f"INSERT INTO spoken_words (rowid, words) SELECT id, {{form}} FROM spoken WHERE {_KEY};"
)
_SEGMENT = {"call": "new.call_id", "segment": "new.segment_id", "words": "new.text"}
_OVERRIDE = {"call": "new.id", "segment": "NULL", "words": "new.transcript_override"}


def triggers(form: str) -> tuple[str, ...]:
    """The statements that make them, by which the index has the words in `form`."""
    return tuple(
        f"CREATE TRIGGER {name} {when} BEGIN {_steps(form, steps, names)} END" for name, when, steps, names in _TRIGGERS
    )


def without_triggers() -> tuple[str, ...]:
    return tuple(f"DROP TRIGGER {name}" for name, *_ in _TRIGGERS)


def fill(form: str) -> tuple[str, ...]:
    """The statements that put into an empty index what was said before, in `form`."""
    return (
        "INSERT INTO spoken_words (rowid, words) SELECT spoken.id, "  # noqa: S608
        f"{form.format('segments.text')} FROM spoken"
        " JOIN segments ON segments.call_id = spoken.call_id AND segments.segment_id = spoken.segment_id",
        "INSERT INTO spoken_words (rowid, words) SELECT spoken.id, "  # noqa: S608
        f"{form.format('calls.transcript_override')} FROM spoken"
        " JOIN calls ON calls.id = spoken.call_id WHERE spoken.segment_id IS NULL",
    )


def _steps(form: str, steps: str, names: Mapping[str, str]) -> str:
    return steps.format(**names, form=form.format(names.get("words")))


_TRIGGERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("segment_spoken", "AFTER INSERT ON segments", _ADD, _SEGMENT),
    (
        "segment_respoken",
        "AFTER UPDATE OF text ON segments WHEN new.text IS NOT old.text",
        f"{_FORGET} {_ADD}",
        _SEGMENT,
    ),
    ("segment_unspoken", "AFTER DELETE ON segments", _FORGET, {"call": "old.call_id", "segment": "old.segment_id"}),
    (
        "transcript_spoken",
        "AFTER INSERT ON calls WHEN new.transcript_override IS NOT NULL",
        _ADD,
        _OVERRIDE,
    ),
    (
        "transcript_respoken",
        "AFTER UPDATE OF transcript_override ON calls WHEN new.transcript_override IS NOT old.transcript_override",
        f"{_FORGET} {_ADD}",
        _OVERRIDE,
    ),
    # Before: the cascade takes the rows of `spoken` with the call, and then nobody knows which words were its.
    (
        "call_unspoken",
        "BEFORE DELETE ON calls",
        "DELETE FROM spoken_words WHERE rowid IN (SELECT id FROM spoken WHERE call_id = old.id);"
        " DELETE FROM spoken WHERE call_id = old.id;",
        {},
    ),
)

FILL_KEYS = (
    "INSERT INTO spoken (call_id, segment_id) SELECT call_id, segment_id FROM segments",
    "INSERT INTO spoken (call_id) SELECT id FROM calls WHERE transcript_override IS NOT NULL",
)
"""The rows of `spoken` of what there was before it."""
