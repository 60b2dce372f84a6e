"""The readable page of the API, rendered here from the document: no script, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from control_api.openapi.markup import Html, code, element, inline, prose, table, text
from control_api.openapi.page_operation import Pages, operation_section
from control_api.openapi.page_schema import SchemaPage
from control_api.openapi.shared_answers import with_answers

STYLE = (Path(__file__).parent / "page.css").read_bytes()

_Listed = list[tuple[str, str, dict[str, Any]]]


def render_page(document: dict[str, Any]) -> str:
    """The links are relative, so that the page works behind a rewrite too."""
    title = document["info"]["title"]
    head = element(
        "head",
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        element("title", text(title)),
        '<link rel="stylesheet" href="docs.css"><link rel="icon" href="data:,">',
    )
    by_tag = _by_tag(document)
    main = element("main", _intro(document), *_sections(document, by_tag))
    body = element("body", _navigation(document, by_tag), main)
    return "<!doctype html>\n" + element("html", head, body, lang="en")


def _by_tag(document: dict[str, Any]) -> dict[str, _Listed]:
    found: dict[str, _Listed] = {each["name"]: [] for each in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append((method, path, with_answers(operation, document)))
    return found


def _navigation(document: dict[str, Any], by_tag: dict[str, _Listed]) -> Html:
    groups = [
        element("li", element("a", text(name), href=f"#{_anchor(name)}"), element("ul", *map(_link, operations)))
        for name, operations in by_tag.items()
    ]
    top = element("a", text(document["info"]["title"]), href="#top", class_="title")
    errors = element("li", element("a", "Error codes", href="#errors"))
    download = element("a", "openapi.json", href="openapi.json", class_="download")
    return element("nav", top, element("ul", *groups, errors), download)


def _link(listed: tuple[str, str, dict[str, Any]]) -> Html:
    method, path, operation = listed
    label = element("span", method.upper(), class_=f"method {method}") + text(path.removeprefix("/api/voice"))
    return element("li", element("a", label, href=f"#{operation['operationId']}"))


def _anchor(name: str) -> str:
    return "part-" + name.lower().replace(" ", "-")


def _intro(document: dict[str, Any]) -> Html:
    info = document["info"]
    heading = element("h1", text(info["title"]), element("small", text(info["version"])), id="top")
    return heading + prose(info["description"])


def _sections(document: dict[str, Any], by_tag: dict[str, _Listed]) -> list[Html]:
    schemas = Pages(SchemaPage(document), SchemaPage(document, is_answer=True))
    texts = {each["name"]: each["description"] for each in document["tags"]}
    parts = [
        element("h2", text(name), id=_anchor(name))
        + element("p", text(texts[name]))
        + "".join(operation_section(method, path, operation, schemas) for method, path, operation in operations)
        for name, operations in by_tag.items()
    ]
    return [*parts, _error_codes(document)]


def _error_codes(document: dict[str, Any]) -> Html:
    """Every code once, with what the answers say about it."""
    rows: dict[str, list[Html]] = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in with_answers(operation, document)["responses"].items():
                for line in answer["description"].splitlines()[1:]:
                    name, _, meaning = line.removeprefix("- ").partition(": ")
                    rows[name] = [inline(name), code(status), inline(meaning)]
    heads = [code("details.code"), "Status", "Meaning"]
    return element("h2", "Error codes", id="errors") + table(heads, [rows[name] for name in sorted(rows)])
