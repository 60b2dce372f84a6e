"""Counts every request of a limited route once, before its answer leaves, and puts the limit's headers on the answer.

Two parts, since the one who pays is known only behind the sign-in. `RateLimit` stands before it: it makes the ticket,
adds the headers to every answer (a 401 too) and charges what nobody has charged. `RateCharge` stands behind it and
charges what can be charged before the body is read. Requests whose class depends on facts are charged by their handler
(`rate_ticket(scope).charge(...)`).

A request that was answered with an error before anybody charged it has changed nothing, so its answer can still become
a 429: that is what keeps a flood of invalid requests within the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_api.http_errors import error_response
from control_api.middleware.scope import request_id
from control_api.rate_answers import rate_headers
from control_api.rate_classes import FREE, RateRule, default_rule, is_charged_first
from control_api.services.rate_limiter import Client, RateLimiter
from control_api.services.rate_ticket import RateLimited, RateTicket

Rules = Mapping[tuple[str, str], RateRule]
"""(method, path) -> what the route declares."""
LIMITED_PREFIX = "/api/voice/"
_TICKET = "voice.rate_ticket"


def rate_ticket(scope: Scope) -> RateTicket:
    """Raises KeyError where no limiter is installed."""
    return cast(RateTicket, scope[_TICKET])


def rule_of(rules: Rules, method: str, path: str) -> RateRule:
    """Paths that nobody serves are counted too; outside of the API's own prefix (health, pages) nothing is."""
    method = "GET" if method == "HEAD" else method
    found = rules.get((method, path))
    if found is not None:
        return found
    return default_rule(method) if path.startswith(LIMITED_PREFIX) and method != "OPTIONS" else FREE


class RateLimit:
    def __init__(self, app: ASGIApp, limiter: RateLimiter, rules: Rules, client: Callable[[Scope], Client]) -> None:
        self._app = app
        self._limiter = limiter
        self._rules = rules
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = rule_of(self._rules, scope["method"], scope["path"]) if scope["type"] == "http" else FREE
        ticket = RateTicket(self._limiter, rule, lambda: self._client(scope))
        scope[_TICKET] = ticket
        if rule.usual is None:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, _LimitedAnswer(ticket, scope, receive, send))


class RateCharge:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            ticket = rate_ticket(scope)
            if is_charged_first(ticket.rule, may_be_replay=_has_idempotency_key(scope)):
                try:
                    await ticket.charge()
                except RateLimited as refused:
                    await _refuse(refused, scope, receive, send)
                    return
        await self._app(scope, receive, send)


class _LimitedAnswer:
    """`send`, with the headers; it swallows an answer in whose place a 429 was sent."""

    def __init__(self, ticket: RateTicket, scope: Scope, receive: Receive, send: Send) -> None:
        self._ticket = ticket
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif not self._is_replaced:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        try:
            await self._ticket.charge()
        except RateLimited as refused:
            # What was done stays done and is told; so is a fault of ours. (A 429 is told as it is.)
            if 400 <= message["status"] < 429:
                self._is_replaced = True
                await _refuse(refused, self._scope, self._receive, self._send_with_headers)
                return
        await self._send_with_headers(message)

    async def _send_with_headers(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *self._headers(message["status"])]
        await self._send(message)

    def _headers(self, status: int) -> list[tuple[bytes, bytes]]:
        verdict = self._ticket.verdict
        return [] if verdict is None else rate_headers(verdict, is_refusal=status == 429)


async def _refuse(refused: RateLimited, scope: Scope, receive: Receive, send: Send) -> None:
    await error_response(refused, request_id=request_id(scope))(scope, receive, send)


def _has_idempotency_key(scope: Scope) -> bool:
    return scope["method"] == "POST" and any(name == b"idempotency-key" for name, _ in scope["headers"])
