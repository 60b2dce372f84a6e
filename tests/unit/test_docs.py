"""Documents that are made from code say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import lifecycle
from scripts.reference import types_file
from scripts.reference.__main__ import RENDERED


def test_the_lifecycle_diagram_is_what_the_tables_say() -> None:
    assert lifecycle.TARGET.read_text() == lifecycle.render(), "run `python -m scripts.lifecycle`"


@pytest.mark.parametrize("path", RENDERED, ids=lambda path: path.name)
def test_the_reference_is_what_the_code_says(path: Path) -> None:
    assert path.read_text() == RENDERED[path](), "run `make reference`"


def test_the_types_were_made_from_this_document() -> None:
    assert types_file.is_of_this_document(), "run `make reference`"


def test_the_lock_of_the_client_holds_no_address_of_a_registry() -> None:
    lock = (types_file.ROOT / "clients/typescript/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
