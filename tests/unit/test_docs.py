"""Documents that are made from code say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import lifecycle
from scripts.dev.settings import PORTS
from scripts.reference import configuration_page, types_file
from scripts.reference.__main__ import RENDERED
from shared.call_state import EndReason
from shared.errors import every_kind


def test_the_lifecycle_diagram_is_what_the_tables_say() -> None:
    assert lifecycle.TARGET.read_text() == lifecycle.render(), "run `python -m scripts.lifecycle`"


@pytest.mark.parametrize("path", RENDERED, ids=lambda path: path.name)
def test_the_reference_is_what_the_code_says(path: Path) -> None:
    assert path.read_text() == RENDERED[path](), "run `make reference`"


def test_every_setting_is_in_the_configuration_page_and_nothing_else() -> None:
    known = set(configuration_page.fields()) | {port.variable for port in PORTS.values()}
    assert configuration_page.documented() == known


def test_the_types_were_made_from_this_document() -> None:
    assert types_file.is_of_this_document(), "run `make reference`"


def test_the_lock_of_the_client_holds_no_address_of_a_registry() -> None:
    lock = (types_file.ROOT / "clients/typescript/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


PAGES = sorted((types_file.ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_troubleshooting_names_settings_codes_and_reasons_that_there_are() -> None:
    text = (types_file.ROOT / "docs" / "TROUBLESHOOTING.md").read_text()
    named = set(re.findall(r"\b(?:VOICE|CLERK|LIVEKIT|OPENAI)_[A-Z_]+\b", text))
    assert named - set(configuration_page.fields()) == set()
    codes = {kind.code for kind in every_kind()} | {reason.value for reason in EndReason}
    told = set(re.findall(r"(?:\d{3}|/) `([a-z]+_[a-z_]+)`", text))
    assert told - codes == set()
    assert len(told) > 10
