"""The documented scripts are valid, and every kind of fault has an example."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from scripts.local_realtime.script import FAULT_KINDS, parse_script

PAGE = (Path(__file__).parents[3] / "docs" / "local-realtime.md").read_text(encoding="utf-8")


def test_every_fault_has_an_example_that_is_accepted() -> None:
    examples = [yaml.safe_load(found) for found in re.findall(r"`(\{kind: .*?\})`", PAGE)]
    kinds = {parse_script({"faults": [example]}).faults[0].kind for example in examples}
    assert kinds == FAULT_KINDS


def test_the_scripts_of_the_page_are_accepted() -> None:
    scripts = [parse_script(yaml.safe_load(block)) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    assert [script.deterministic for script in scripts] == [True, False]
