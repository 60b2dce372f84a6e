"""The full-text index of what was said, as SQLite knows it.

The index has its own copy of the words, under the row numbers of `spoken`: `segments` has none that last (its key is of
texts, and VACUUM may renumber what has no number of its own). `unicode61` knows letters of all alphabets and takes
accents off; words are not cut down to a stem, since calls are in any language.

A row of `spoken` without a segment's id stands for the text that took the place of a call's whole transcript.
"""

from __future__ import annotations

INDEX = "CREATE VIRTUAL TABLE spoken_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 2')"

_KEY = "call_id = {call} AND segment_id IS {segment}"
_FORGET = (  # only names of ours are put into these statements
    f"DELETE FROM spoken_words WHERE rowid IN (SELECT id FROM spoken WHERE {_KEY}); DELETE FROM spoken WHERE {_KEY};"  # noqa: S608
)
_ADD = (
    "INSERT INTO spoken (call_id, segment_id) SELECT {call}, {segment} WHERE {words} IS NOT NULL; "  # noqa: S608
    f"INSERT INTO spoken_words (rowid, words) SELECT id, {{words}} FROM spoken WHERE {_KEY};"
)
_SEGMENT = {"call": "new.call_id", "segment": "new.segment_id", "words": "new.text"}
_OVERRIDE = {"call": "new.id", "segment": "NULL", "words": "new.transcript_override"}


def _trigger(name: str, when: str, steps: str, **names: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN {steps.format(**names)} END"


TRIGGERS = (
    _trigger("segment_spoken", "AFTER INSERT ON segments", _ADD, **_SEGMENT),
    _trigger(
        "segment_respoken",
        "AFTER UPDATE OF text ON segments WHEN new.text IS NOT old.text",
        f"{_FORGET} {_ADD}",
        **_SEGMENT,
    ),
    _trigger("segment_unspoken", "AFTER DELETE ON segments", _FORGET, call="old.call_id", segment="old.segment_id"),
    _trigger(
        "transcript_spoken",
        "AFTER INSERT ON calls WHEN new.transcript_override IS NOT NULL",
        _ADD,
        **_OVERRIDE,
    ),
    _trigger(
        "transcript_respoken",
        "AFTER UPDATE OF transcript_override ON calls WHEN new.transcript_override IS NOT old.transcript_override",
        f"{_FORGET} {_ADD}",
        **_OVERRIDE,
    ),
    # Before: the cascade takes the rows of `spoken` with the call, and then nobody knows which words were its.
    _trigger(
        "call_unspoken",
        "BEFORE DELETE ON calls",
        "DELETE FROM spoken_words WHERE rowid IN (SELECT id FROM spoken WHERE call_id = old.id);"
        " DELETE FROM spoken WHERE call_id = old.id;",
    ),
)

FILL = (
    "INSERT INTO spoken (call_id, segment_id) SELECT call_id, segment_id FROM segments",
    "INSERT INTO spoken (call_id) SELECT id FROM calls WHERE transcript_override IS NOT NULL",
    "INSERT INTO spoken_words (rowid, words) SELECT spoken.id, segments.text FROM spoken"
    " JOIN segments ON segments.call_id = spoken.call_id AND segments.segment_id = spoken.segment_id",
    "INSERT INTO spoken_words (rowid, words) SELECT spoken.id, calls.transcript_override FROM spoken"
    " JOIN calls ON calls.id = spoken.call_id WHERE spoken.segment_id IS NULL",
)
"""With what there was before the index."""
