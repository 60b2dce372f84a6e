"""The schemas of bodies and answers, from the models that validate and serialise them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]

REF = "#/components/schemas/"
ADDITION = "Addition."


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title made from the field's own name says nothing."""
        return False


class Schemas:
    """The schemas of some models, by name."""

    def __init__(self, models: Iterable[tuple[type[BaseModel], Mode]]) -> None:
        wanted = list(dict.fromkeys(models))
        refs, generated = models_json_schema(wanted, ref_template=REF + "{model}", schema_generator=_Generator)
        self._refs = {key: value["$ref"] for key, value in refs.items()}
        self.by_name: dict[str, Schema] = {
            name: _tidy_model(schema) for name, schema in sorted(generated.get("$defs", {}).items())
        }

    def ref(self, model: type[BaseModel], mode: Mode) -> Schema:
        return {"$ref": self._refs[model, mode]}

    def schema(self, model: type[BaseModel], mode: Mode) -> Schema:
        return self.by_name[self._refs[model, mode].removeprefix(REF)]

    def add(self, schemas: dict[str, Schema]) -> None:
        """Raises ValueError for a name that is there."""
        taken = sorted(schemas.keys() & self.by_name.keys())
        if taken:
            raise ValueError(f"two schemas have the same name: {', '.join(taken)}")
        self.by_name |= schemas

    def forget(self, models: Iterable[tuple[type[BaseModel], Mode]]) -> None:
        """What is described elsewhere in the document, as the parameters of a query are."""
        for pair in models:
            self.by_name.pop(self._refs[pair].removeprefix(REF), None)


def _tidy_model(schema: Schema) -> Schema:
    tidy = {key: value for key, value in schema.items() if key != "title"}
    if "properties" in schema:
        tidy["properties"] = {name: _tidy_field(field) for name, field in schema["properties"].items()}
    return _in_markdown(tidy)


def _tidy_field(schema: Schema) -> Schema:
    tidy = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    description = str(tidy.get("description", ""))
    if description.startswith(ADDITION):
        tidy["x-addition"] = True
        tidy["description"] = description.removeprefix(ADDITION).strip()
        if not tidy["description"]:
            del tidy["description"]
    return _in_markdown(tidy)


def _in_markdown(schema: Schema) -> Schema:
    """Docstrings quote with two backticks, CommonMark with one."""
    if "description" in schema:
        schema["description"] = schema["description"].replace("``", "`")
    return schema
