from __future__ import annotations

import os

import pytest

from scripts.bootstrap import node_toolchain
from scripts.bootstrap.node_toolchain import Node
from tests.support.typescript import ROOT


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of the client; without, the test is skipped, and in CI it fails."""
    found = node_toolchain.find(ROOT)
    if found is not None and (ROOT / node_toolchain.CLIENT / "node_modules").is_dir():
        return found
    sentence = "there is no Node 20 or newer with the packages of clients/typescript: `make node` gets both"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
