"""Every parser that reads what others wrote: it understands its input or refuses it in one way, and what it understood
can be used, stored and sent on.

The corpus is in tests/data/corpus, a folder for each parser: usual inputs, and those that once broke one. Here each is
read as it is, and changed a little, 100 times; ``make fuzz`` is the long form.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.adapters.rate_script import read_reply
from control_api.adapters.upstash_rate_window import result_of
from control_api.clerk_claims import BadClaims, ClerkRules, check_claims
from control_api.client_address import client_address, parse_networks, rate_key
from control_api.credentials import read_credentials
from control_api.jwks_document import BadKeys, read_key_set
from control_api.ports import NotSignedIn
from control_api.rate_window import RateWindowUnavailable
from control_api.recording_paths import BadPath, path_of
from control_api.routes.webhook import read_payload
from control_api.services.webhook_inbox import inbox_event
from control_api.webhook_events import read
from shared import claims, wire, worker_link
from shared.call_report import MAX_BYTES, Report
from shared.call_spec import CallSpec
from shared.errors import VoiceError
from shared.ids import EgressId
from shared.recording_order import RecordingOrder
from shared.writing import is_presentable
from tests.support.calls import CALL
from tests.support.mutation import CORPUS, inputs, seeds
from worker.adapters.realtime_events import EventReader, MalformedEvent
from worker.input_clock import InputClock

NOW_MS = 1_700_000_010_000
RULES = ClerkRules("https://clerk.example", frozenset({"https://app.example"}))
PROXIES = parse_networks("10.0.0.0/8, fd00::/8")


@dataclass(frozen=True)
class Parser:
    kind: str
    """Its folder in the corpus."""
    parse: Callable[[bytes], object]
    """Reads, and asserts what must hold of what was read."""
    refuses_by: type[Exception] | None
    """How it says no; None: it always says something."""


def webhook(body: bytes) -> None:
    event = inbox_event(read_payload(body), body, NOW_MS)
    assert event.event_id.encode()
    stored = json.loads(json.dumps(dict(event.payload), ensure_ascii=False).encode())
    assert set(stored) <= {"event", "id", "createdAt", "room", "participant", "track"}
    assert "turnPassword" not in stored.get("room", {})
    if (fact := read(stored, NOW_MS)) is not None:
        is_well_typed(fact)


def model_event(text: bytes) -> None:
    value = json.loads(text)
    if isinstance(value, dict):  # what is not is refused where it is received
        for event in a_reader().read(value):
            is_well_typed(event)
            assert hash(event)


def a_reader() -> EventReader:
    clock = InputClock()
    clock.sent(5000, NOW_MS)
    return EventReader(input_clock=clock, prefix_ms=300, silence_ms=500, now_ms=lambda: NOW_MS)


def dispatch(metadata: bytes) -> None:
    spec = CallSpec.from_metadata(metadata.decode(errors="replace"))
    assert CallSpec.from_metadata(spec.to_metadata()) == spec


def report(body: bytes) -> None:
    read_report = Report.from_wire(wire.parse_object(body, max_bytes=MAX_BYTES))
    is_well_typed(read_report)
    assert Report.from_wire(sent_on(read_report.to_wire())) == read_report


def worker_message(body: bytes) -> None:
    message = worker_link.parse_worker_message(body)
    is_well_typed(message)
    assert worker_link.parse_worker_message(wire.dumps(message.to_wire())) == message


def api_message(body: bytes) -> None:
    message = worker_link.parse_api_message(body)
    if isinstance(message, worker_link.Command):
        assert worker_link.parse_api_message(wire.dumps(message.to_wire())) == message


def recording_order(body: bytes) -> None:
    order = RecordingOrder.from_args(wire.parse_object(body, max_bytes=MAX_BYTES))
    is_well_typed(order)
    assert not order.path.startswith("/")
    assert ".." not in order.path.split("/")
    assert RecordingOrder.from_args(sent_on(order.to_args())) == order


def claim_request(body: bytes) -> None:
    request = claims.ClaimRequest.from_wire(wire.parse_object(body, max_bytes=claims.MAX_BYTES))
    assert claims.ClaimRequest.from_wire(sent_on(request.to_wire())) == request


def claim(body: bytes) -> None:
    won = claims.Claim.from_wire(wire.parse_object(body, max_bytes=claims.MAX_BYTES))
    is_well_typed(won)
    assert claims.Claim.from_wire(sent_on(won.to_wire())) == won


def claims_of_a_token(body: bytes) -> None:
    value = json.loads(body)
    if isinstance(value, dict):  # PyJWT refuses others
        verified = check_claims(value, RULES, NOW_MS / 1000)
        assert verified.user.user_id.isascii()
        assert is_presentable(verified.user.name or "x")


def key_set(document: bytes) -> None:
    assert all(isinstance(kid, str) and key.key_size >= 2048 for kid, key in read_key_set(document).items())


def count_of_a_store(body: bytes) -> None:
    is_well_typed(read_reply(result_of(body)))


def recording_path(name: bytes) -> None:
    path = path_of(CALL, EgressId("EG_1"), name.decode(errors="surrogateescape"), "mp4")
    assert path.isascii()
    assert path.startswith(f"{CALL}/")
    assert ".." not in path.split("/")


def cookie(value: bytes) -> None:
    shown = read_credentials([(b"cookie", value)])
    assert all(one.is_cookie and one.token and ";" not in one.token for one in shown)


def forwarded_for(value: bytes) -> None:
    address = client_address("10.0.0.1", [value.decode("latin-1")], PROXIES)
    assert rate_key(address) not in ("", "unknown")


PARSERS = (
    Parser("webhook", webhook, VoiceError),
    Parser("model_event", model_event, MalformedEvent),
    Parser("dispatch", dispatch, wire.WireError),
    Parser("report", report, wire.WireError),
    Parser("worker_message", worker_message, wire.WireError),
    Parser("api_message", api_message, wire.WireError),
    Parser("recording_order", recording_order, wire.WireError),
    Parser("claim_request", claim_request, wire.WireError),
    Parser("claim", claim, wire.WireError),
    Parser("claims_of_a_token", claims_of_a_token, BadClaims),
    Parser("key_set", key_set, BadKeys),
    Parser("count_of_a_store", count_of_a_store, RateWindowUnavailable),
    Parser("recording_path", recording_path, BadPath),
    Parser("cookie", cookie, NotSignedIn),
    Parser("forwarded_for", forwarded_for, None),
)
NO_JSON = frozenset({"model_event", "claims_of_a_token"})
"""These get what somebody else has already read as JSON."""


def reads(parser: Parser, data: bytes) -> bool:
    """False: it was refused, in the one way."""
    try:
        if parser.kind in NO_JSON:
            json.loads(data)
    except (ValueError, RecursionError):
        return False
    try:
        parser.parse(data)
    except Exception as error:
        if parser.refuses_by is None or not isinstance(error, parser.refuses_by):
            raise
        return False
    return True


def sent_on(value: dict[str, Any]) -> dict[str, Any]:
    read_again: dict[str, Any] = json.loads(wire.dumps(value).encode())
    return read_again


def is_well_typed(value: Any) -> None:
    """Every field is of the type that it is declared with; texts can be sent, numbers are some."""
    for name, kind in typing.get_type_hints(type(value)).items():
        found = getattr(value, name)
        assert _fits(found, kind), f"{type(value).__name__}.{name}: {found!r} is no {kind}"


def _fits(found: Any, kind: Any) -> bool:
    kind = getattr(kind, "__supertype__", kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return any(_fits(found, option) for option in typing.get_args(kind))
    if dataclasses.is_dataclass(kind):
        is_well_typed(found)
        return isinstance(found, kind)  # type: ignore[arg-type]
    if kind is str:
        return type(found) is str and found.encode().decode() == found
    if kind in (int, float):
        return type(found) in (int, float)[: 1 if kind is int else 2] and math.isfinite(found) and abs(found) < 2**63
    plain = typing.get_origin(kind) or kind
    return isinstance(found, plain) and (not isinstance(found, enum.Enum) or isinstance(kind, type))


def test_every_parser_has_its_corpus() -> None:
    assert sorted(path.name for path in CORPUS.iterdir()) == sorted(parser.kind for parser in PARSERS)


@pytest.mark.parametrize(
    ("parser", "name"),
    [(parser, name) for parser in PARSERS for name in seeds(parser.kind)],
    ids=lambda value: value.kind if isinstance(value, Parser) else value,
)
def test_each_of_the_corpus_is_read_or_refused(parser: Parser, name: str) -> None:
    is_read = reads(parser, seeds(parser.kind)[name])
    if name.startswith("usual"):
        assert is_read


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.kind)
@given(data=st.data())
def test_what_is_nearly_right_is_read_or_refused(parser: Parser, data: st.DataObject) -> None:
    reads(parser, data.draw(inputs(parser.kind)))
