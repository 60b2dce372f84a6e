"""One request as bytes over a connection of its own, and its answer: for requests that no client library would send."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any

WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def exchange(port: int, request: bytes) -> RawAnswer:
    """Raises AssertionError for what is no whole HTTP answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S) as connection:
        connection.sendall(request)
        answer = HTTPResponse(connection, method=request.partition(b" ")[0].decode("latin-1"))
        try:
            answer.begin()
            body = answer.read()
        except (HTTPException, OSError) as error:
            raise AssertionError(f"no whole answer: {error!r}") from error
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return RawAnswer(answer.status, headers, body)


def request_bytes(
    method: str, target: bytes, headers: list[tuple[bytes, bytes]] | None = None, body: bytes = b""
) -> bytes:
    """As it is given: nothing is escaped, nothing is checked."""
    fields = [(b"Host", b"127.0.0.1"), (b"Connection", b"close"), *(headers or [])]
    if body:
        fields.append((b"Content-Length", str(len(body)).encode()))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n" + body
