"""docs/API.md as data: what the contract's text says of each endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "API.md"
_MADE = re.compile(r"<!-- additions: .*?<!-- end -->\n?", re.DOTALL)


@dataclass(frozen=True)
class Field:
    name: str
    is_required: bool
    options: tuple[str, ...] = ()
    """Of a closed list."""
    default: str | None = None


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    request: tuple[Field, ...]
    query: tuple[Field, ...]
    answers: tuple[Any, ...]
    """Examples of success."""
    errors: dict[int, str]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"


@cache
def endpoints() -> tuple[Endpoint, ...]:
    text = _MADE.sub("", PAGE.read_text())
    sections = re.split(r"^#### ", text.partition("\n## Usage Examples")[0], flags=re.MULTILINE)[1:]
    return tuple(_endpoint(section) for section in sections)


def webhook_payload() -> Any:
    """What the contract shows of a webhook's body."""
    found = re.search(r"\*\*Webhook Payload\*\*:\n```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def field_paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Of a JSON value: ``session.callId``, ``sessions[].callId``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield prefix + name
            yield from field_paths(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from field_paths(inner, f"{prefix.removesuffix('.')}[].")


def _endpoint(section: str) -> Endpoint:
    head, _, rest = section.partition("\n")
    method, path = head.split()
    return Endpoint(
        method,
        path,
        _fields(_block(rest, "Request Body")),
        _fields(_block(rest, "Query Parameters")),
        tuple(
            json.loads(found)
            for found in re.findall(r"Success Response\*\* \(200\):\n```json\n(.*?)```", rest, re.DOTALL)
        ),
        {int(status): phrase for status, phrase in re.findall(r"^- `(\d{3})` - (.+)$", rest, re.MULTILINE)},
    )


def _block(section: str, title: str) -> str:
    found = re.search(rf"\*\*{title}\*\*:\n```\w*\n(.*?)```", section, re.DOTALL)
    return found[1] if found else ""


def _fields(block: str) -> tuple[Field, ...]:
    lines = re.findall(r"^\s*(\w+)(\??):\s*([^#/;]+);?\s*(?:[/#]+ *(.*))?$", block, re.MULTILINE)
    return tuple(_field(*line) for line in lines)


def _field(name: str, optional: str, kind: str, comment: str) -> Field:
    default = re.search(r"default: '?([\w.-]+)", comment)
    options = tuple(re.findall(r"'([^']+)'", kind))
    return Field(name, not optional, options, default[1] if default else None)
