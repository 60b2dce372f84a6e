from __future__ import annotations

import os

import pytest

from scripts.bootstrap import node_toolchain
from scripts.bootstrap.node_toolchain import Node
from scripts.bootstrap.web_pages import DIST, WEB, fingerprint
from tests.support.typescript import ROOT


@pytest.fixture(scope="session")
def node() -> Node:
    """Node, and pages that are built from the sources as they are; without, skipped, and in CI failed."""
    found = node_toolchain.find(ROOT)
    stamp = ROOT / DIST / "sources.stamp"
    is_built = stamp.is_file() and stamp.read_text() == fingerprint(ROOT)
    if found is not None and (ROOT / WEB / "node_modules").is_dir() and is_built:
        return found
    sentence = "the web pages are not built from these sources: `make web` builds them"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
