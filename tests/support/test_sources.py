"""What a test says: its own text, with that of what it uses in its own file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
_HOMES = ("unit/control_api", "unit/shared", "contracts/control_api", "unit", "unit/control_api/openapi")


@cache
def path_of(name: str) -> Path:
    """``sessions_http`` is a file of the API's unit tests; others are named with their folder, below ``tests/``."""
    folder, _, file = name.rpartition("/")
    found = [path for home in ([folder] if folder else _HOMES) if (path := TESTS / home / f"test_{file}.py").is_file()]
    if not found:
        raise LookupError(f"there is no test_{file}.py in {folder or _HOMES}")
    return found[0]


def test_exists(proof: str) -> bool:
    """`proof`: ``file::test_name`` or ``file::Class.test_name``."""
    file, _, name = proof.partition("::")
    return name in _parts(path_of(file))


test_exists.__test__ = False  # type: ignore[attr-defined]


@cache
def source(proof: str) -> str:
    file, _, name = proof.partition("::")
    parts = _parts(path_of(file))
    wanted, seen = [name], set[str]()
    while wanted:
        part = wanted.pop()
        if part not in seen:
            seen.add(part)
            wanted += [other for other in parts if re.search(rf"\b{other}\b", parts[part])]
    return "\n".join(parts[part] for part in sorted(seen))


@cache
def _parts(path: Path) -> dict[str, str]:
    """Functions, classes and constants of a file, by name."""
    text = path.read_text()
    lines = text.splitlines()
    parts: dict[str, str] = {}
    for node, name in _with_methods(ast.parse(text).body):
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        parts[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return parts


def _with_methods(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """A method is called ``Class.method``."""
    for node in body:
        yield from ((node, name) for name in _names(node))
        if isinstance(node, ast.ClassDef):
            yield from ((inner, f"{node.name}.{name}") for inner in node.body for name in _names(inner))


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
