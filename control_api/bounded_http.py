"""uvicorn's HTTP protocol with the limits that it lacks over httptools: on the size of the head, on the time in which a
request must arrive, on clients that do not read, on the number of connections.

They hold before a request is routed, so nothing of ours is spent on those who break them: 500 clients that send a byte
a second cost 500 small objects and one look at each a second (`check`), and no timer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from control_api.http_limits import HttpLimits, raw_refusal
from shared.errors import ErrorKind, Errors


class _Refused(Exception):
    """Ends the parser's work on a request; `send_400_response` says why."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. `limits` is set by `bounded_http`."""

    limits = HttpLimits()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._awaited_since_s: float | None = None
        """Since when the rest of a request is awaited; None while none is."""
        self._ending_since_s: float | None = None
        """Since when the connection is being closed, by whomever."""
        self._unread_since_s: float | None = None
        self._is_in_head = False
        self._is_refused = False
        self._head_bytes = 0
        self._field_bytes = 0
        self._why: ErrorKind = Errors.INVALID_REQUEST

    # --- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._awaited_since_s = self.loop.time()
        if len(self.connections) > self.limits.max_connections:
            self._refuse(Errors.TOO_MANY_CONNECTIONS)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        if self._awaited_since_s is None:
            self._awaited_since_s = self.loop.time()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > self.limits.max_head_bytes and not self._is_refused:
            self._refuse(Errors.HEADERS_TOO_LARGE)

    def pause_writing(self) -> None:
        self._unread_since_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._unread_since_s = None
        super().resume_writing()

    def handle_websocket_upgrade(self) -> None:
        self._awaited_since_s = None
        super().handle_websocket_upgrade()

    # --- the parser

    def on_message_begin(self) -> None:
        self._is_in_head = True
        self._field_bytes = 0
        self._awaited_since_s = self.loop.time()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.max_url_bytes:
            self._stop(Errors.URL_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._field_bytes += len(name) + len(value) + 4
        super().on_header(name, value)
        is_too_large = self._field_bytes + len(self.url) > self.limits.max_head_bytes
        if is_too_large or len(self.headers) > self.limits.max_header_fields:
            self._stop(Errors.HEADERS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaited_since_s = None
        # What follows in the same read belongs to the next request, and is counted from the read after it.
        self._head_bytes = 0
        super().on_message_complete()

    def _stop(self, why: ErrorKind) -> None:
        self._why = why
        raise _Refused

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._why)

    # --- the limits of time

    def check(self, now_s: float) -> None:
        """Called about once a second."""
        if self._is_refused or self.transport.is_closing():
            self._ending_since_s = self._ending_since_s or now_s
            if now_s - self._ending_since_s >= self.limits.linger_s:
                self.transport.abort()
        elif self._unread_since_s is not None and now_s - self._unread_since_s >= self.limits.unread_s:
            self.transport.abort()
        elif self._awaited_since_s is not None and now_s - self._awaited_since_s >= self.limits.request_s:
            self._too_slow(now_s)

    def _too_slow(self, now_s: float) -> None:
        if self.flow.read_paused:  # it is us who do not read
            self._awaited_since_s = now_s
        elif self._head_bytes == 0 and not self._is_in_head and self._has_nothing_under_way():
            self.transport.close()  # it connected and never said a word
        else:
            self._refuse(Errors.REQUEST_TOO_SLOW)

    def _has_nothing_under_way(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, kind: ErrorKind) -> None:
        """Says why, unless an answer has begun; then hears no more."""
        self._is_refused = True
        self._ending_since_s = self.loop.time()
        self._unset_keepalive_if_required()
        if not self._has_nothing_under_way():
            began = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if began:
                self.transport.abort()
                return
        self.transport.write(raw_refusal(kind))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()


def bounded_http(limits: HttpLimits) -> type[BoundedHttp]:
    """uvicorn makes the protocol itself, from a class."""
    return type("BoundedHttp", (BoundedHttp,), {"limits": limits})
