"""One operation as a page shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from control_api.openapi.markup import Html, code, element, inline, prose, table, text
from control_api.openapi.page_json import highlighted
from control_api.openapi.page_schema import SchemaPage, name_of

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Pages:
    requests: SchemaPage
    answers: SchemaPage


def operation_section(method: str, path: str, operation: dict[str, Any], schemas: Pages) -> Html:
    parts = [
        element(
            "h3",
            element("span", method.upper(), class_=f"method {method}"),
            code(path),
            element("a", "#", class_="anchor", href=f"#{operation['operationId']}", title="Link to this"),
        ),
        element("p", text(operation["summary"] + "."), class_="summary"),
        prose(operation["description"]) if "description" in operation else "",
        _sign_in(operation),
        _parameters(operation, schemas),
        _body(operation, schemas),
        *_answers(operation, schemas),
        _errors(operation),
    ]
    return element("section", *parts, id=operation["operationId"], class_="operation")


def _sign_in(operation: dict[str, Any]) -> Html:
    security = operation.get("security")
    if security is None:
        return ""
    if not security:
        return element("p", "Needs no sign-in.", class_="note")
    return element("p", "Signed by the media server, not by a user.", class_="note")


def _parameters(operation: dict[str, Any], schemas: Pages) -> Html:
    by_place: dict[str, list[list[Html]]] = {}
    for each in operation.get("parameters", []):
        parameter = schemas.requests.parameter(each)
        by_place.setdefault(parameter["in"], []).append(_parameter(parameter, schemas))
    return "".join(
        element("h4", f"{place.capitalize()} parameters") + table(["Parameter", "Type", "Meaning"], rows)
        for place, rows in by_place.items()
    )


def _parameter(parameter: dict[str, Any], schemas: Pages) -> list[Html]:
    schema = {key: value for key, value in parameter.items() if key in ("description", "x-addition")}
    schema |= parameter["schema"]
    return [
        name_of(parameter["name"], schema, parameter["required"]),
        schemas.requests.type_of(schema),
        schemas.requests.meaning(schema),
    ]


def _body(operation: dict[str, Any], schemas: Pages) -> Html:
    if "requestBody" not in operation:
        return ""
    (content_type, content), *_ = operation["requestBody"]["content"].items()
    kind = "" if content_type == JSON_TYPE else element("p", code(content_type), class_="note")
    return element("h4", "Request body") + kind + schemas.requests.fields(content["schema"]) + _examples(content)


def _answers(operation: dict[str, Any], schemas: Pages) -> list[Html]:
    return [
        _answer(status, content_type, content, schemas)
        for status, answer in operation["responses"].items()
        for content_type, content in answer["content"].items()
        if not _is_error(content["schema"])
    ]


def _answer(status: str, content_type: str, content: dict[str, Any], schemas: Pages) -> Html:
    kind = "" if content_type == JSON_TYPE else element("p", code(content_type), class_="note")
    return element("h4", f"Answer {status}") + kind + schemas.answers.fields(content["schema"]) + _examples(content)


def _is_error(schema: dict[str, Any]) -> bool:
    return "allOf" in schema or str(schema.get("$ref", "")).endswith(("UnauthorizedBody", "RateLimitedBody"))


def _examples(content: dict[str, Any]) -> Html:
    return "".join(
        element(
            "figure",
            element("figcaption", text(example.get("summary", name))),
            element("pre", highlighted(json.dumps(example["value"], indent=2, ensure_ascii=False))),
        )
        for name, example in content.get("examples", {}).items()
    )


def _errors(operation: dict[str, Any]) -> Html:
    rows = [
        [code(status), text(lines[0]), "<br>".join(inline(line.removeprefix("- ")) for line in lines[1:])]
        for status, answer in operation["responses"].items()
        if _is_error(answer)
        for lines in [answer["description"].splitlines()]
    ]
    if not rows:
        return ""
    listed = table(["Status", "<code>error</code>", "<code>details.code</code>"], rows)
    return element("details", element("summary", f"Errors ({len(rows)})"), listed, class_="errors")
