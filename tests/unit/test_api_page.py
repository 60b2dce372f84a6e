"""docs/API.md against the published description: what the contract's text says is served, and what is served beyond it
is marked as an addition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from control_api.http_errors import PHRASES
from control_api.openapi.examples import contract
from control_api.openapi.shared_answers import with_answers
from control_api.rate_classes import RatePolicies
from control_api.webhook_events import KNOWN
from tests.support.contract_text import PAGE, Endpoint, Field, endpoints, field_paths
from tests.support.documented import published

TEXT = PAGE.read_text()
DOCUMENT = published().document
HOW = "add it to docs/API.md, or begin its docstring with `Addition.` and run `make reference`"
EACH = pytest.mark.parametrize("endpoint", endpoints(), ids=lambda endpoint: endpoint.label)

IN_WORDS = {
    ("POST /api/voice/session", "enableAiAgent"),
    ("POST /api/voice/realtime", "model"),
    ("POST /api/voice/agent", "voice"),
    ("POST /api/voice/token", "roomType"),
    ("POST /api/voice/token", "spawnAiAgent"),
}
"""Defaults that depend on the call: they stand in the field's description."""


def operation(endpoint: Endpoint) -> dict[str, Any]:
    return with_answers(DOCUMENT["paths"][endpoint.path][endpoint.method.lower()], DOCUMENT)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def body_of(endpoint: Endpoint) -> dict[str, Any]:
    contents = operation(endpoint).get("requestBody", {}).get("content", {})
    return resolved(next(iter(contents.values()))["schema"]) if contents else {}


def test_the_page_has_every_endpoint_of_the_contract() -> None:
    assert len(endpoints()) == 17
    assert [each.label for each in endpoints() if each.method.lower() not in DOCUMENT["paths"][each.path]] == []


@EACH
def test_every_field_of_a_request_is_taken_as_it_is_described(endpoint: Endpoint) -> None:
    body = body_of(endpoint)
    for field in endpoint.request:
        schema = body["properties"][field.name]
        assert (field.name in body.get("required", [])) is field.is_required
        _is_as_described(endpoint, field, schema, schema.get("description", ""))
    parameters = {each["name"]: each for each in operation(endpoint).get("parameters", []) if "name" in each}
    for field in endpoint.query:
        parameter = parameters[field.name]
        assert parameter["required"] is field.is_required
        _is_as_described(endpoint, field, parameter["schema"], parameter.get("description", ""))


def _is_as_described(endpoint: Endpoint, field: Field, schema: dict[str, Any], description: str) -> None:
    assert set(field.options) <= set(_options(schema))
    if field.default is None:
        return
    if (endpoint.label, field.name) in IN_WORDS:
        assert field.default in description
    else:
        assert json.dumps(schema["default"]).strip('"') == field.default


def _options(schema: dict[str, Any]) -> list[str]:
    found: list[str] = list(resolved(schema).get("enum", []))
    return found + [each for option in schema.get("anyOf", []) for each in _options(option)]


@EACH
def test_a_field_of_a_request_that_the_contract_does_not_have_is_marked(endpoint: Endpoint) -> None:
    named = {field.name for field in (*endpoint.request, *endpoint.query)}
    parameters = {each["name"]: each for each in operation(endpoint).get("parameters", []) if "name" in each}
    taken = {**parameters, **body_of(endpoint).get("properties", {})}
    if endpoint.path != "/api/voice/webhook":  # whose body is LiveKit's
        unmarked = {name for name, described in taken.items() if not described.get("x-addition")}
        assert unmarked == named, f"{unmarked ^ named}: {HOW}"


@EACH
def test_the_answers_in_the_text_are_the_contracts_examples(endpoint: Endpoint) -> None:
    assert list(endpoint.answers) == list(contract()[endpoint.label]["answers"].values())


@EACH
def test_a_field_of_an_answer_that_the_contract_does_not_have_is_marked(endpoint: Endpoint) -> None:
    shown = {path for answer in endpoint.answers for path in field_paths(answer)}
    schema = operation(endpoint)["responses"]["200"]["content"]["application/json"]["schema"]
    unmarked = set(_unmarked(schema, ""))
    assert shown <= unmarked, f"in the text, and not served: {shown - unmarked}"
    assert unmarked - shown == OTHER_LISTS.get(endpoint.label, set()), f"{unmarked - shown}: {HOW}"


_PAGE_OF = {"count", "total", "limit", "offset"}
OTHER_LISTS: dict[str, set[str]] = {
    "GET /api/voice/agent": {
        *_PAGE_OF,
        "sessions",
        *(f"sessions[].{name}" for name in ("roomName", "agentIdentity", "status", "createdAt")),
    },
    "GET /api/voice/recording": {
        *_PAGE_OF,
        "recordings",
        "recordings[].egressId",
        *(f"recordings[].{name}" for name in ("roomName", "startedAt", "status")),
    },
}
"""The contract has `listAll` and shows no answer to it: like its list of sessions."""


def _unmarked(schema: dict[str, Any], prefix: str) -> Iterator[str]:
    schema = resolved(schema)
    for option in schema.get("anyOf", []):
        yield from _unmarked(option, prefix)
    if "items" in schema:
        yield from _unmarked(schema["items"], f"{prefix.removesuffix('.')}[].")
    for name, field in schema.get("properties", {}).items():
        if not field.get("x-addition"):
            yield prefix + name
            yield from _unmarked(field, f"{prefix}{name}.")


@EACH
def test_every_error_of_the_text_is_answered_in_its_words(endpoint: Endpoint) -> None:
    for status, phrase in endpoint.errors.items():
        assert phrase in operation(endpoint)["responses"][str(status)]["description"].splitlines()[0].split(" / ")


def test_every_endpoint_has_a_place_for_its_additions() -> None:
    places = re.findall(r"<!-- additions: (.+?) -->", TEXT)
    assert places == [*(endpoint.label for endpoint in endpoints()), "further endpoints"]
    described = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}
    missing = [label for label in described if f"`{label}`" not in TEXT and f"#### {label}\n" not in TEXT]
    assert missing == [], "run `make reference`"


def test_the_common_errors_limits_and_headers() -> None:
    for status, phrase in re.findall(r"^- `([345]\d\d)` - (.+)$", TEXT.partition("## Endpoints")[0], re.MULTILINE):
        assert PHRASES[int(status)].lower() == phrase.lower()
    policies = RatePolicies()
    for name, policy in (
        ("Session Creation", policies.session),
        ("Realtime Connections", policies.realtime),
        ("Recording Operations", policies.recording),
        ("Read Operations", policies.read),
    ):
        window = {3600: "1 hour", 900: "15 minutes"}[policy.window_s]
        assert f"| {name} | {policy.limit} requests | {window} |" in TEXT
    named = set(re.findall(r"^(X-[\w-]+|Retry-After): \d+$", TEXT, re.MULTILINE))
    assert named == {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"}
    assert named <= set(DOCUMENT["components"]["headers"])


def test_the_bodies_of_401_and_429_and_of_all_other_errors() -> None:
    shown = [
        json.loads(found) for found in re.findall(r"```json\n(.*?)```", TEXT.partition("## Endpoints")[0], re.DOTALL)
    ]
    schemas = [DOCUMENT["components"]["schemas"][name] for name in ("UnauthorizedBody", "RateLimitedBody", "ErrorBody")]
    for example, schema in zip(shown, schemas, strict=True):
        unmarked = {name for name, field in schema["properties"].items() if not field.get("x-addition")}
        assert set(example) == unmarked


def test_the_events_of_the_webhook_are_those_that_are_kept() -> None:
    assert set(re.findall(r"^- `([a-z]+_[a-z]+)` - ", TEXT, re.MULTILINE)) == KNOWN


def test_links_within_the_page_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert len(links) > 10
    assert set(links) - anchors == set()
