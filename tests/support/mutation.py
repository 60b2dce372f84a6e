"""Inputs that are nearly right: seeds of a corpus, with a few things changed. A parser is broken by these long before
it is by noise."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"

_HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 10**30, -0.0, 0.5, 1e308, float("inf"), float("nan")),
    *("", " ", "a", "\x00", "\ud800", "\u202e", "é", "😀", "null", "-1", "1e9", "٣", "../..", "%00", "{}", "x" * 300),
    *([], {}, [[]], {"": {}}, [None], {"a": [{"a": []}]}),
)
_TOKENS = (
    b"",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b'"',
    b"\\",
    b"\\ud800",
    b"[",
    b"{",
    b"}",
    b",",
    b":",
    b"NaN",
    b"1e999",
)
hostile: st.SearchStrategy[Any] = st.sampled_from(_HOSTILE).map(copy.deepcopy)


def seeds(kind: str) -> dict[str, bytes]:
    """The files of a corpus, by name. Whoever finds an input that breaks a parser adds it there."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / kind).iterdir())}


def inputs(kind: str) -> st.SearchStrategy[bytes]:
    """Changed seeds, as values and as bytes, and noise."""
    known = list(seeds(kind).values())
    values = [value for value in map(_as_json, known) if isinstance(value, dict | list)]
    changed = _changed_bytes(known) | st.binary(max_size=300)
    return _changed_values(values).map(_as_bytes) | changed if values else changed


def _as_json(seed: bytes) -> Any:
    try:
        return json.loads(seed)
    except (ValueError, RecursionError):
        return None


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


@st.composite
def _changed_values(draw: st.DrawFn, values: Sequence[Any]) -> Any:
    value = copy.deepcopy(draw(st.sampled_from(values)))
    for _ in range(draw(st.integers(1, 3))):
        value = _change(draw, value)
    return value


def _change(draw: st.DrawFn, value: Any) -> Any:
    """At a random place: something else, nothing, or something more."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not keys or draw(st.integers(0, 9)) == 0:
        return draw(hostile)
    key = draw(st.sampled_from(keys))
    how = draw(st.sampled_from(["deeper", "deeper", "replace", "remove", "add"]))
    if how == "deeper":
        value[key] = _change(draw, value[key])
    elif how == "replace":
        value[key] = draw(hostile)
    elif how == "remove":
        del value[key]
    elif isinstance(value, dict):
        value[draw(st.sampled_from(["", "v", "type", "\ud800", "a"]))] = draw(hostile)
    else:
        value.append(draw(hostile))
    return value


@st.composite
def _changed_bytes(draw: st.DrawFn, known: Sequence[bytes]) -> bytes:
    data = draw(st.sampled_from(known))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        data = data[:start] + draw(st.sampled_from(_TOKENS)) + data[end:]
    return data
