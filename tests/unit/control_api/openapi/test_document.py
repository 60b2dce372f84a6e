"""The published document: valid, complete, and true to the declarations."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.requests import Request

from control_api.app import OPERATIONS
from control_api.http_errors import STATUS
from control_api.openapi.document import build_document
from control_api.openapi.examples import contract
from control_api.openapi.shared_answers import with_answers
from control_api.rate_classes import RatePolicies
from control_api.routes.registry import Model, Operation
from shared.errors import every_kind
from tests.support.documented import Documented, published

DOCUMENT = published().document
Found = tuple[str, str, dict[str, Any]]


def operations() -> Iterator[Found]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, with_answers(operation, DOCUMENT)


ALL = pytest.mark.parametrize("found", list(operations()), ids=lambda found: f"{found[0]} {found[1]}")


def test_it_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_has_every_public_operation_and_no_internal_one() -> None:
    declared = {(operation.method, operation.path) for operation in OPERATIONS}
    assert {(method, path) for method, path, _ in operations()} == declared
    assert not [path for path in DOCUMENT["paths"] if path.startswith("/internal")]


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert {"createSession", "getSession", "updateSession", "endSession", "receiveWebhook"} <= set(names)


@ALL
def test_the_examples_of_errors_fit_their_schemas(found: Found) -> None:
    for status, answer in found[2]["responses"].items():
        for content in answer["content"].values() if int(status) >= 400 else ():
            for name, example in content.get("examples", {}).items():
                assert published().problems(content["schema"], example["value"]) == [], (status, name)


@ALL
def test_the_contracts_answers_fit_but_for_our_additions(found: Found) -> None:
    method, path, operation = found
    answers = contract().get(f"{method} {path}", {}).get("answers", {})
    without = Documented(_additions_optional(DOCUMENT))
    schema = next(operation["responses"][s] for s in operation["responses"] if s.startswith("2"))
    for title, value in answers.items():
        assert without.problems(schema["content"]["application/json"]["schema"], value) == [], title


@ALL
def test_the_contracts_requests_fit(found: Found) -> None:
    for content in found[2].get("requestBody", {}).get("content", {}).values():
        for example in content.get("examples", {}).values():
            assert published().problems(content["schema"], example["value"]) == []


def _additions_optional(document: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    for schema in changed["components"]["schemas"].values():
        additions = {name for name, field in schema.get("properties", {}).items() if field.get("x-addition")}
        schema["required"] = [name for name in schema.get("required", []) if name not in additions]
    return changed


@ALL
def test_every_error_status_of_the_contract_is_there_with_its_phrase(found: Found) -> None:
    method, path, operation = found
    declared = next(each for each in OPERATIONS if (each.method, each.path) == (method, path))
    for key, phrase in declared.phrases.items():
        answer = operation["responses"][str(key if isinstance(key, int) else STATUS[key])]
        assert phrase in answer["description"].splitlines()[0]
        narrowed = answer["content"]["application/json"]["schema"]["allOf"][1]["properties"]
        assert phrase in narrowed["error"]["enum"]


@ALL
def test_signed_in_operations_can_say_so(found: Found) -> None:
    _, _, operation = found
    if operation.get("security") is None:
        assert {"401", "500", "503"} <= set(operation["responses"])
        is_limited = "X-RateLimit-Limit" in operation["responses"]["401"]["headers"]
        assert is_limited is ("429" in operation["responses"])
    else:
        assert "429" not in operation["responses"]


def test_a_post_takes_an_idempotency_key_unless_it_is_the_webhook() -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    takers = [path for method, path, operation in operations() if key in operation.get("parameters", [])]
    posts = [path for method, path, _ in operations() if method == "POST" and path != "/api/voice/webhook"]
    assert takers == posts


def test_the_limits_in_the_text_are_those_that_hold() -> None:
    policies = RatePolicies()
    named = {
        "Session creation": policies.session,
        "Realtime connections": policies.realtime,
        "Recording operations": policies.recording,
        "Read operations": policies.read,
    }
    windows = {3600: "1 hour", 900: "15 minutes"}
    for name, policy in named.items():
        row = f"| {name} | {policy.limit} requests | {windows[policy.window_s]} |"
        assert row in DOCUMENT["info"]["description"]


def test_additions_are_marked() -> None:
    fields = DOCUMENT["components"]["schemas"]["CreateSession"]["properties"]
    marked = {name for name, field in fields.items() if field.get("x-addition")}
    assert marked == {"greeting", "model", "metadata", "enableTranscription", "participantIds"}
    assert not any(str(field.get("description", "")).startswith("Addition") for field in fields.values())


def test_codes_are_those_of_the_catalogue_but_for_internal_ones() -> None:
    codes = set(DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"])
    assert {kind.code for kind in every_kind()} - codes == {"claim_lost"}


class Thing(Model):
    name: str
    """Addition. What it is called."""


async def a_handler(_: Request, __: Thing) -> Thing:
    raise NotImplementedError


def test_a_new_declaration_is_picked_up_as_it_is() -> None:
    new = Operation("POST", "/api/voice/new-thing", "Make a thing", a_handler, Thing, body=Thing, status=201)
    document = build_document([new])
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    made = document["paths"]["/api/voice/new-thing"]["post"]
    assert made["operationId"] == "postNewThing"
    assert {"201", "400", "401", "403", "408", "409", "413", "414", "415", "429", "431", "500", "503"} == set(
        made["responses"]
    )


def test_what_several_answer_alike_stands_once() -> None:
    answers = [DOCUMENT["paths"][path][method.lower()]["responses"] for method, path, _ in operations()]
    errors = [answer for each in answers for status, answer in each.items() if int(status) >= 400]
    written_out = [json.dumps(answer, sort_keys=True) for answer in errors if "$ref" not in answer]
    assert len(written_out) == len(set(written_out))
    named = {answer["$ref"].rpartition("/")[2] for answer in errors if "$ref" in answer}
    assert named == set(DOCUMENT["components"]["responses"])


def test_two_operations_of_one_name_are_refused() -> None:
    one = Operation("POST", "/api/voice/a-b", "One", a_handler, Thing)
    two = Operation("POST", "/api/voice/a/b", "Two", a_handler, Thing)
    with pytest.raises(ValueError, match="have the same name"):
        build_document([one, two])
