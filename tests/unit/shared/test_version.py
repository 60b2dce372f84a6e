from __future__ import annotations

import tomllib
from pathlib import Path

from shared.version import VERSION


def test_it_is_that_of_the_project() -> None:
    project = Path(__file__).resolve().parents[3] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == VERSION
