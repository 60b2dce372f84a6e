from __future__ import annotations

from control_api.error_advice import ADVICE
from shared.errors import every_kind


def test_every_error_has_its_advice() -> None:
    missing = {kind.code for kind in every_kind()} - set(ADVICE)
    assert not missing, "say in control_api/error_advice.py what to do about it"


def test_advice_is_made_of_sentences() -> None:
    for advice in ADVICE.values():
        assert all(text.endswith(".") and text[0].isupper() for text in (advice.meaning, advice.remedy)), advice
