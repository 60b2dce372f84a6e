from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lanes import LONG, MEASURING, is_measuring

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", MEASURING)
def test_what_measures_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert f"def {function}" in (ROOT / path).read_text()
    assert is_measuring(f"{name}[some-parameter]" if function else f"{name}::test_one[a::b]")


def test_other_tests_of_a_file_that_is_measured_in_part_run_beside_others() -> None:
    name = next(each for each in MEASURING if "::" in each)
    assert not is_measuring(name.partition("::")[0] + "::test_another")


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
