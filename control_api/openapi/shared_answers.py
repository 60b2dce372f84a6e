"""What several operations answer alike stands once in the document, below `components.responses`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

_PREFIX = "#/components/responses/"
_Answer = dict[str, Any]


def share_answers(paths: dict[str, Any]) -> dict[str, _Answer]:
    """Puts references in the place of error answers that occur more than once. Gives these answers, each by a name."""
    times = Counter(_key(answers[status]) for answers, status in _errors(paths))
    names: dict[str, str] = {}
    shared: dict[str, _Answer] = {}
    for answers, status in _errors(paths):
        answer = answers[status]
        key = _key(answer)
        if times[key] < 2:
            continue
        if key not in names:
            names[key] = _free_name(answer, shared)
            shared[names[key]] = answer
        answers[status] = {"$ref": _PREFIX + names[key]}
    return dict(sorted(shared.items()))


def with_answers(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """An operation of `document` with its answers in place of the references to them."""
    shared = document["components"]["responses"]
    answers = {
        status: shared[answer["$ref"].removeprefix(_PREFIX)] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }
    return {**operation, "responses": answers}


def _errors(paths: dict[str, Any]) -> Iterator[tuple[dict[str, _Answer], str]]:
    for methods in paths.values():
        for operation in methods.values():
            for status in operation["responses"]:
                if int(status) >= 400:
                    yield operation["responses"], status


def _key(answer: _Answer) -> str:
    return json.dumps(answer, sort_keys=True)


def _free_name(answer: _Answer, taken: dict[str, _Answer]) -> str:
    """By the words of the answer; the same words with other codes or headers get a number."""
    words = re.findall("[A-Za-z]+", answer["description"].splitlines()[0])
    base = "".join(word.capitalize() for word in words)
    count = sum(re.fullmatch(rf"{base}\d*", name) is not None for name in taken)
    return base if count == 0 else f"{base}{count + 1}"
