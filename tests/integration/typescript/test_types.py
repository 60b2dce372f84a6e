"""The generated types agree with the document, and the client with the types."""

from __future__ import annotations

import subprocess

from scripts.bootstrap.node_toolchain import CLIENT, Node
from tests.support.typescript import ROOT, WITHIN_S, run


def test_the_types_are_those_of_the_document(node: Node) -> None:
    run(node, "generate/main.mjs", "--check", cwd=ROOT / CLIENT)


def test_the_clients_own_tests(node: Node) -> None:
    done = subprocess.run(
        [*node.npm, "test"],
        cwd=ROOT / CLIENT,
        env=node.environ,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout
