"""Holds answers to the published document: its statuses, its schemas, its error codes, its headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from control_api.app import OPERATIONS
from control_api.openapi.document import build_document
from control_api.openapi.shared_answers import with_answers

_URI = "urn:document"


class Documented:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry: Registry[Any] = Registry().with_resource(_URI, DRAFT202012.create_resource(document))

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raises AssertionError. Paths that the document does not have are not held to it."""
        operation = self.document["paths"].get(path, {}).get(method.lower().replace("head", "get"))
        if operation is None or method == "HEAD":
            return
        told = f"{method} {path} answered {status}"
        answer = with_answers(operation, self.document)["responses"].get(str(status))
        assert answer is not None, f"{told}, which its Operation does not declare (`raises`): {body[:300]!r}"
        for name, value in answer["headers"].items():
            header = self.document["components"]["headers"][value["$ref"].rpartition("/")[2]]
            assert not header.get("required") or name in headers, f"{told} without the header {name}"
        content_type = headers.get("content-type", "application/json").partition(";")[0]
        content = answer["content"].get(content_type)
        assert content is not None, f"{told} as {content_type}, which is not documented"
        if content_type == "text/event-stream":
            return  # its events are held to the document by tests of their own
        value = json.loads(body) if content_type == "application/json" else body.decode()
        problems = self.problems(content["schema"], value)
        assert not problems, f"{told} with another body than documented: {problems} in {body[:300]!r}"

    def problems(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with `value`; `schema` may refer to the document's components."""
        validator = Draft202012Validator(_absolute(schema), registry=self._registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: f"{_URI}{value}"
            if key == "$ref" and isinstance(value, str) and value.startswith("#")
            else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(each) for each in schema] if isinstance(schema, list) else schema


@cache
def published() -> Documented:
    return Documented(build_document(OPERATIONS))
