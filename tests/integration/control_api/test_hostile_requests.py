"""Whatever bytes a client sends, it gets a whole answer, never a 5xx, and comes in only where everybody may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from control_api.app import OPERATIONS
from control_api.middleware.auth import INTERNAL_PREFIX, PUBLIC_PATHS, is_public
from shared import call_report, claims
from shared.ids import ROOM_NAME, is_made_room_name
from tests.support.api_process import running_api
from tests.support.livekit_server import running_livekit
from tests.support.raw_exchange import RawAnswer, exchange, request_bytes

_MANY = "1000000"
BODIES = sorted({operation.path for operation in OPERATIONS if operation.body is not None})
QUERIES = sorted(
    {
        each.path
        for each in OPERATIONS
        if each.query is not None and "room_name" in each.query.model_fields and each.answer_type == "application/json"
    }
)
"""Where a room is asked for; not a stream, which would not end."""
BEFORE_ROUTING = {400, 414, 431}


@dataclass
class Target:
    port: int
    token: str

    @property
    def bearer(self) -> tuple[bytes, bytes]:
        return b"Authorization", f"Bearer {self.token}".encode()

    def send(self, method: str, target: bytes, *headers: tuple[bytes, bytes], body: bytes = b"") -> RawAnswer:
        answer = exchange(self.port, request_bytes(method, target, list(headers), body))
        assert answer.status < 500 or _is_a_state_of_the_service(answer), (answer.status, answer.body)
        if answer.status >= 400:
            _is_our_error(answer)
        return answer


def _is_a_state_of_the_service(answer: RawAnswer) -> bool:
    """The contract's 503, and that of pages that nobody has built: nothing is at fault."""
    if answer.status == 503 and answer.headers["content-type"].startswith("text/plain"):
        return b"not built" in answer.body
    return answer.status == 503 and answer.json()["details"]["code"] in ("recording_not_configured", "agent_not_ready")


def _is_our_error(answer: RawAnswer) -> None:
    if answer.body and answer.status != 401 and not answer.headers["content-type"].startswith("text/plain"):
        told = answer.json()
        assert set(told) >= {"error", "message", "details"}, told
        assert told["details"]["requestId"] == answer.headers["x-request-id"]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    directory = tmp_path_factory.mktemp("hostile")
    settings = {
        "VOICE_RATE_SESSION_PER_HOUR": _MANY,
        "VOICE_RATE_REALTIME_PER_HOUR": _MANY,
        "VOICE_RATE_RECORDING_PER_HOUR": _MANY,
        "VOICE_RATE_READ_PER_15_MIN": _MANY,
        "VOICE_MAX_OPEN_CALLS_PER_USER": "1000",
    }
    with (
        running_livekit(directory / "livekit") as livekit,
        running_api(directory, livekit, port=None, **settings) as api,
    ):
        yield Target(api.port, api.token("ann"))
        assert '"level": "error"' not in api.log


# ------------------------------------------------------------------------------------------------------------- paths

segments = st.sampled_from(
    [
        *("api", "voice", "session", "token", "webhook", "internal", "worker", "healthz", "readyz", "docs", "docs.css"),
        *(
            "",
            ".",
            "..",
            "%2e",
            "%2e%2e",
            "%2E%2e",
            "%2f",
            "%5c",
            "\\",
            "%00",
            "%",
            "%zz",
            "~",
            ";",
            "*",
            "?",
            "#",
            ":",
        ),
        *("%c0%ae", "%e2%80%ae", "é", "\u202e", "//", "http:", "127.0.0.1", "API", "Voice", "session/", " "),
    ]
)
paths = st.lists(segments, max_size=6).map("/".join) | st.text(max_size=40)
real_paths = st.sampled_from(
    sorted(PUBLIC_PATHS | {operation.path for operation in OPERATIONS} | {claims.PATH, call_report.PATH})
)
bent = st.tuples(real_paths, st.sampled_from(["", "/", "//", "/.", "/..", "%2f", "%00", ".json", ";a", "%20"])).map(
    "".join
)
escaped = real_paths.map(lambda path: path.replace("a", "%61").replace("/", "%2f", 1))
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "LINK"])


def _target(path: str) -> bytes:
    """As a client would write it on the first line, when it escapes nothing that a line can carry."""
    raw = path.encode(errors="surrogatepass").replace(b"\r", b"%0D").replace(b"\n", b"%0A").replace(b" ", b"%20")
    return raw if raw.startswith((b"/", b"http:")) else b"/" + raw


@given(methods, paths | bent | escaped)
@example("GET", "//api/voice/docs/../session")
@example("POST", "/api/voice/webhook/../session")
@example("GET", "/healthz/../internal/worker")
def test_without_a_sign_in_only_public_paths_answer(target: Target, method: str, path: str) -> None:
    answer = target.send(method, _target(path))
    reached = re.sub(rb"[?#].*", b"", _target(path))
    if not is_public(reached.decode("latin-1")) and answer.status not in BEFORE_ROUTING:
        assert _is_public_once_decoded(reached) or (answer.status, answer.body or b"{}") in {
            (401, b'{"error":"Unauthorized"}'),
            (401, b"{}"),  # of a HEAD
        }


def _is_public_once_decoded(reached: bytes) -> bool:
    """The server decodes a path once, and so is it looked up."""
    decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), reached)
    absolute = re.sub(rb"^http://[^/]*", b"", decoded)
    return is_public(absolute.decode("latin-1"))


@given(methods, st.lists(segments, max_size=4).map("/".join))
def test_a_users_token_opens_nothing_that_is_for_workers(target: Target, method: str, rest: str) -> None:
    for prefix in (INTERNAL_PREFIX, INTERNAL_PREFIX.replace("i", "%69", 1)):
        answer = target.send(method, _target(prefix + rest), target.bearer)
        assert answer.status in {401, *BEFORE_ROUTING}


# --------------------------------------------------------------------------------------------------------- room names

names = (
    st.text(max_size=140)
    | st.text(alphabet="aZ09_-./%\x00 é\u202e", max_size=140)
    | st.sampled_from(
        ["%2e%2e", "..", "a\x00b", "a" * 128, "a" * 129, "ａ", "support-u-1700000000-0123456789abcdef", ""]
    )
)


@given(names, st.sampled_from(QUERIES))
def test_a_room_name_in_a_query_is_a_room_name_or_400(target: Target, name: str, path: str) -> None:
    query = quote(name, safe="", errors="surrogatepass")
    answer = target.send("GET", f"{path}?roomName={query}".encode(), target.bearer)
    if ROOM_NAME.fullmatch(name) is None:
        assert answer.status in {400, 405}
    else:
        assert answer.status in {200, 403, 404, 405, 503}


@given(names)
def test_a_room_is_opened_by_a_room_name_only(target: Target, name: str) -> None:
    body = json.dumps({"roomName": name, "enableAiAgent": False}).encode()
    answer = target.send("POST", b"/api/voice/session", target.bearer, body=body)
    if ROOM_NAME.fullmatch(name) is None or is_made_room_name(name):
        assert answer.status == 400
    else:
        assert answer.status in {200, 409}
        target.send("DELETE", f"/api/voice/session?roomName={name}".encode(), target.bearer)


# ------------------------------------------------------------------------------------------------------------- bodies

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    [
        *(
            "roomName",
            "callType",
            "calleeId",
            "systemPrompt",
            "voice",
            "greeting",
            "metadata",
            "participantIds",
            "status",
        ),
        *(
            "agentStatus",
            "model",
            "outputPath",
            "fileType",
            "transcript",
            "recordingUrl",
            "participantName",
            "roomType",
        ),
        *("spawnAiAgent", "enableRecording", "enableAiAgent", "room_name", "participant_identity", "room_config"),
    ]
)
bodies = (
    st.binary(max_size=200)
    | st.dictionaries(fields, json_values, max_size=6).map(lambda value: json.dumps(value).encode())
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b'{"metadata":' + b'{"a":' * 900 + b"1" + b"}" * 901,
            b'{"roomName":"a","roomName":"b"}',
            b'{"limit":' + b"9" * 5_000 + b"}",
            b"\xef\xbb\xbf{}",
            "{}".encode("utf-16"),
            b'{"systemPrompt":"' + b"x" * 40_000 + b'"}',
            b"{}" + b" " * 1_100_000,
        ]
    )
)
content_types = st.sampled_from([b"application/json", b"application/x+json", b"text/plain", b"", b"a/b; charset=\xff"])


@given(st.sampled_from(["POST", "PATCH"]), st.sampled_from(BODIES), bodies, content_types)
def test_any_body_is_taken_or_refused(target: Target, method: str, path: str, body: bytes, content_type: bytes) -> None:
    answer = target.send(method, path.encode(), target.bearer, (b"Content-Type", content_type), body=body)
    assert answer.status in {200, 201, 400, 403, 404, 405, 409, 413, 415, 503}


# ------------------------------------------------------------------------------------------------------------ headers

header_names = st.sampled_from(
    [
        *(b"Authorization", b"Cookie", b"Idempotency-Key", b"X-Request-Id", b"Content-Type", b"Origin", b"Accept"),
        *(b"X-Forwarded-For", b"If-None-Match", b"Range", b"Host", b"Expect", b"Transfer-Encoding", b"Content-Length"),
        *(b"Upgrade", b"Access-Control-Request-Method", b"X-HTTP-Method-Override", b"Connection", b"Last-Event-ID"),
    ]
)
tokens = st.text(alphabet="!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=20).map(str.encode)
header_values = st.binary(max_size=60).map(lambda value: re.sub(rb"[\r\n\x00]", b"", value)) | st.sampled_from(
    [
        *(
            b"Bearer",
            b"Bearer ",
            b"Bearer a.b.c",
            b"Bearer \xff",
            b"__session=a; __session=b",
            b"__session=",
            b"chunked",
        ),
        *(b"null", b"-1", b"0", b"9" * 30, b"x" * 9_000, b"\xc3\xa9", b"websocket", b"100-continue", b"identity", b"*"),
    ]
)
headers = st.lists(st.tuples(header_names | tokens, header_values), max_size=6)


@given(st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]), real_paths, headers)
def test_any_headers_get_an_answer_and_open_nothing(
    target: Target, method: str, path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    sent_body = not any(name.lower() in (b"content-length", b"transfer-encoding", b"expect") for name, _ in headers)
    body = b"{}" if sent_body and method == "POST" else b""
    if not sent_body:
        headers = [pair for pair in headers if pair[0].lower() in (b"content-length",) and pair[1] in (b"0", b"-1")]
    answer = target.send(method, path.encode(), *headers, body=body)
    if path not in PUBLIC_PATHS:
        assert answer.status in {401, 403, *BEFORE_ROUTING}
    assert re.fullmatch(r"[A-Za-z0-9_.-]{8,64}", answer.headers["x-request-id"])


@given(headers)
def test_any_headers_beside_a_good_token(target: Target, headers: list[tuple[bytes, bytes]]) -> None:
    framing = (b"authorization", b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection")
    others = [pair for pair in headers if pair[0].lower() not in framing]
    answer = target.send("POST", b"/api/voice/realtime", target.bearer, *others, body=b'{"roomName":"nowhere"}')
    assert answer.status in {400, 404, 415, 431}
