"""The contract's own examples, word for word: ``contract_examples.json``.

Requests and answers by operation, each with a title. An example of an answer lacks our additions, and says so.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from control_api.routes.registry import Operation

_FILE = Path(__file__).parent / "contract_examples.json"
_NOTE = "From the contract; fields that are additions are left out."


def requests(operation: Operation) -> dict[str, Any]:
    return {_key(title): {"summary": _sentence(title), "value": value} for title, value in _of(operation, "requests")}


def answers(operation: Operation) -> dict[str, Any]:
    return {
        _key(title): {"summary": _sentence(title), "description": _NOTE, "value": value}
        for title, value in _of(operation, "answers")
    }


def _of(operation: Operation, side: Literal["requests", "answers"]) -> list[tuple[str, Any]]:
    found: dict[str, Any] = contract().get(f"{operation.method} {operation.path}", {}).get(side, {})
    return list(found.items())


@cache
def contract() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_FILE.read_text())
    return read


def _key(title: str) -> str:
    return title.replace(" ", "-")


def _sentence(title: str) -> str:
    return title[0].upper() + title[1:]
