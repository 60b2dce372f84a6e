"""docs/events.md: every kind of event of a call, from the models in `control_api.call_events`."""

from __future__ import annotations

from typing import Any

from control_api.call_events import KINDS, EventData

INTRO = """# What happens in a call

Made from `control_api/call_events.py` by `make reference`; do not edit.

Every call has a log. `GET /api/voice/session?roomName=...&include=timeline` answers it as `timeline`: a list of
`{"id", "at", "event"}` in the order in which things happened. `id` grows, over all calls, in the order in which things
became known: what a webhook or a worker tells late has a later `id` and an earlier `at`. `event` has a `kind`, and what
stands under that kind below. An event is stored in the transaction that changes the call, so none is missing and none
tells of what did not happen.

`GET /api/voice/events` streams the same events as they become known, from `ringing` on (or `ended`, of a call that was
over at once), each with the call as it is then, or with the words of a segment. The stream itself is described in
[openapi.json](openapi.json) (`followEvents`).

There is no text of the conversation in the log: `segmentId` names an entry of `transcriptSegments`. Kinds are added,
never removed; leave out what you do not know.
"""


def render() -> str:
    rows = ["| kind | what happened |", "|---|---|", *(_row(kind, cls) for kind, cls in KINDS.items())]
    return "\n".join([INTRO, *rows, "", *(_section(kind, cls) for kind, cls in KINDS.items() if _fields(cls))])


def _row(kind: str, cls: type[EventData]) -> str:
    name = f"[`{kind}`](#{kind})" if _fields(cls) else f"`{kind}`"
    return f"| {name} | {' '.join((cls.__doc__ or '').split())} |"


def _section(kind: str, cls: type[EventData]) -> str:
    schema = cls.model_json_schema(mode="serialization")
    rows = [_field(name, field, schema.get("$defs", {})) for name, field in _fields(cls).items()]
    return "\n".join([f"## {kind}", "", "| field | type | |", "|---|---|---|", *rows, ""])


def _fields(cls: type[EventData]) -> dict[str, Any]:
    properties = cls.model_json_schema(mode="serialization")["properties"]
    return {name: field for name, field in properties.items() if name != "kind"}


def _field(name: str, field: dict[str, Any], definitions: dict[str, Any]) -> str:
    text = " ".join(field.get("description", "").split())
    return f"| `{name}` | {_type(field, definitions)} | {text} |"


def _type(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(option, definitions) for option in field["anyOf"])
    if "$ref" in field:
        field = definitions[field["$ref"].rpartition("/")[2]]
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    return str(field["type"])
