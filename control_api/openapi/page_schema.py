"""Schemas as a page shows them: a table of fields, nested objects indented under their field."""

from __future__ import annotations

from typing import Any

from control_api.openapi.markup import Html, code, element, inline, table, text

MAX_DEPTH = 5
MANY = 8
"""So many allowed values are folded away."""


class SchemaPage:
    """`is_answer`: what is left out of a request has a default; what an answer holds does not need one."""

    def __init__(self, document: dict[str, Any], *, is_answer: bool = False) -> None:
        self._is_answer = is_answer
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._parameters: dict[str, Any] = document["components"]["parameters"]

    def fields(self, schema: dict[str, Any]) -> Html:
        """The table of an object's fields; one for each, when it may be one of several."""
        options = schema.get("anyOf")
        if options:
            return "".join(
                element("p", "One answer is ", code(self._name(option)), ":") + self.fields(option)
                for option in options
            )
        rows = self._rows(schema, depth=0, seen=())
        return table(["Field", "Type", "Meaning"], rows) if rows else ""

    def _rows(self, schema: dict[str, Any], depth: int, seen: tuple[str, ...]) -> list[list[Html]]:
        name = self._name(schema)
        if depth > MAX_DEPTH or name in seen:
            return []
        found = self.resolve(schema)
        rows: list[list[Html]] = []
        for key, value in found.get("properties", {}).items():
            name_cell = element("div", name_of(key, value, key in found.get("required", [])), class_=f"depth-{depth}")
            rows.append([name_cell, self.type_of(value), self.meaning(value)])
            rows += self._rows(self._inside(value), depth + 1, (*seen, name) if name else seen)
        return rows

    def parameter(self, parameter: dict[str, Any]) -> dict[str, Any]:
        name = self._name(parameter)
        found: dict[str, Any] = self._parameters[name] if name else parameter
        return found

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = self._name(schema)
        return {**self._schemas[name], **schema} if name else schema

    def _name(self, schema: dict[str, Any]) -> str:
        return str(schema.get("$ref", "")).rpartition("/")[2]

    def _inside(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The object that a field holds, alone or in an array, or as one option beside null."""
        options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
        one = options[0] if len(options) == 1 else schema
        inside: dict[str, Any] = one.get("items", one)
        return inside

    def type_of(self, schema: dict[str, Any]) -> Html:
        options = schema.get("anyOf")
        if options:
            return " or ".join(self.type_of(option) for option in options)
        found = self.resolve(schema)
        if "const" in found:
            return code(str(found["const"]))
        if "enum" in found:
            return _values(found["enum"])
        if found.get("type") == "array":
            return "list of " + self.type_of(found.get("items", {}))
        kind = str(found.get("type", "any"))
        return text(f"{kind}, {found['format']}" if "format" in found else kind)

    def meaning(self, schema: dict[str, Any]) -> Html:
        found = self.resolve(schema)
        said = [inline(str(found["description"]))] if "description" in found else []
        if "default" in found and not self._is_answer:
            said.append("Default: " + code(_literal(found["default"])))
        limits = "" if "at most" in str(found.get("description")).lower() else _limits(self._inside(found))
        return " ".join([*said, *([text(limits)] if limits else [])])


def name_of(name: str, schema: dict[str, Any], is_required: bool) -> Html:
    marks = [] if is_required else [element("span", "optional", class_="mark")]
    marks += [element("span", "addition", class_="mark addition")] if schema.get("x-addition") else []
    return code(name) + "".join(marks)


def _values(values: list[Any]) -> Html:
    listed = " ".join(code(_literal(value)) for value in values)
    if len(values) <= MANY:
        return listed
    return element("details", element("summary", f"one of {len(values)}"), listed)


def _literal(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _limits(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high:,}."
    if "maxLength" in schema:
        return f"At most {schema['maxLength']:,} characters."
    return ""
