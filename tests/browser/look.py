"""What a screen looks like, and what axe says of it: fit for those who use a keyboard or a screen reader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from scripts.bootstrap.web_pages import WEB
from tests.support.stack import ROOT

AXE = ROOT / WEB / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = os.environ.get("VOICE_PICTURES")
"""A folder that keeps the pictures of a run, to look at them and for the README."""


def look_at(page: Page, name: str, folder: Path) -> None:
    """Takes a picture of the whole screen, and fails when axe finds a fault in it."""
    page.screenshot(path=Path(PICTURES or folder) / f"{name}.png", animations="disabled")
    faults = axe_faults(page)
    assert faults == [], f"{name}: {faults}"


def axe_faults(page: Page) -> list[str]:
    """Rule, and where it is broken."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
