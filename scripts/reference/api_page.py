"""docs/API.md: the contract's text, with what we add to each endpoint between ``<!-- additions: ... -->`` and
``<!-- end -->``, from the published description. The rest of the page is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from control_api.app import OPERATIONS
from control_api.openapi.document import build_document
from control_api.openapi.shared_answers import with_answers

PAGE = Path(__file__).parents[2] / "docs" / "API.md"
FURTHER = "further endpoints"
GENERAL = frozenset({"401", "408", "413", "414", "415", "429", "431", "500", "503"})
"""What any endpoint may answer is said once on the page."""
_BLOCK = re.compile(r"<!-- additions: (.+?) -->\n.*?<!-- end -->\n", re.DOTALL)
_HEAD = re.compile(r"^#### (.+)$", re.MULTILINE)
_ERROR = re.compile(r"^- `(\d{3})` - ", re.MULTILINE)


def render() -> str:
    text = PAGE.read_text()
    described = dict(_operations())
    sections = _by_endpoint(text)
    further = [_further(label, operation) for label, operation in described.items() if label not in sections]

    def block(found: re.Match[str]) -> str:
        lines = further if found[1] == FURTHER else _additions(described[found[1]], sections[found[1]])
        return "\n".join([f"<!-- additions: {found[1]} -->", *lines, "<!-- end -->", ""])

    return _BLOCK.sub(block, text)


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    document = build_document(OPERATIONS)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (
                f"{method.upper()} {path}",
                {**with_answers(operation, document), "components": document["components"]},
            )


def _by_endpoint(text: str) -> dict[str, str]:
    pieces = _HEAD.split(_BLOCK.sub("", text))[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def _further(label: str, operation: dict[str, Any]) -> str:
    text = f"{operation['summary']}. {operation.get('description', '')}".strip()
    return f"- `{label}`: {text}"


def _additions(operation: dict[str, Any], section: str) -> list[str]:
    lines = [
        *(f"- request: {line}" for line in _request_fields(operation)),
        *(f"- answer: {line}" for line in _answer_fields(operation)),
        *(f"- error: {line}" for line in _errors(operation, set(_ERROR.findall(section)))),
    ]
    return ["**Additions**:", *lines] if lines else []


def _request_fields(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        if parameter.get("x-addition"):
            yield _line(parameter["name"], parameter)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _added(content["schema"], operation["components"]["schemas"], "")


def _answer_fields(operation: dict[str, Any]) -> list[str]:
    usual = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    (content,) = usual["content"].values()
    schema = content["schema"]
    return list(dict.fromkeys(_added(schema, operation["components"]["schemas"], "")))


def _errors(operation: dict[str, Any], known: set[str]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if int(status) >= 400 and status not in GENERAL | known:
            yield f"`{status}` - {answer['description'].splitlines()[0]}"


def _added(schema: dict[str, Any], schemas: dict[str, Any], prefix: str) -> Iterator[str]:
    """The marked fields below a schema, each with its path."""
    if "$ref" in schema:
        yield from _added(schemas[schema["$ref"].rpartition("/")[2]], schemas, prefix)
    for option in schema.get("anyOf", []):
        yield from _added(option, schemas, prefix)
    if "items" in schema:
        yield from _added(schema["items"], schemas, f"{prefix.removesuffix('.')}[].")
    for name, field in schema.get("properties", {}).items():
        if field.get("x-addition"):
            yield _line(prefix + name, field)
        else:
            yield from _added(field, schemas, f"{prefix}{name}.")


def _line(name: str, described: dict[str, Any]) -> str:
    text = " ".join(described.get("description", "").split())
    return f"`{name}`: {text}" if text else f"`{name}`"
