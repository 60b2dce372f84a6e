from __future__ import annotations

import pytest

from worker.comeback import comeback

_NOTHING = {"line": None, "is_owed": False, "broke_off": False, "unheard": False, "was_filled": False}


@pytest.mark.parametrize(
    ("what", "says", "words"),
    [
        ({}, False, None),
        ({"is_owed": True}, True, None),
        ({"line": "Greet.", "is_owed": True, "unheard": True}, True, "Greet."),
        ({"unheard": True, "broke_off": True}, True, "did not hear"),
        ({"broke_off": True, "is_owed": True}, True, "Go on from where"),
        ({"was_filled": True}, True, "I am back"),
        ({"was_filled": True, "is_owed": True}, True, None),
    ],
)
def test_what_is_said_when_the_model_is_back(what: dict[str, object], says: bool, words: str | None) -> None:
    does, line = comeback(**{**_NOTHING, **what})  # type: ignore[arg-type]
    assert does is says
    if says:
        assert (line is None) if words is None else (line is not None and words in line)
