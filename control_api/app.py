"""The ASGI application: routes and middleware as data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from control_api import recording_links
from control_api.client_address import Network
from control_api.middleware.auth import Auth
from control_api.middleware.body_limit import BodyLimit
from control_api.middleware.client import ClientOf
from control_api.middleware.cookie_origin import CookieOrigin
from control_api.middleware.cors import cors
from control_api.middleware.measured import Measured
from control_api.middleware.no_store import NoStore
from control_api.middleware.rate_limit import RateCharge, RateLimit
from control_api.middleware.request_context import RequestContext
from control_api.ports import SignInVerifier, TokenIssuer
from control_api.rate_classes import FREE
from control_api.routes import (
    agents,
    api_docs,
    dev_sign_in,
    erasure,
    events,
    health,
    pages,
    realtime,
    recording_file,
    recordings,
    sessions,
    stats,
    tokens,
    transcripts,
    webhook,
    worker_http,
    worker_link,
    worker_list,
)
from control_api.routes.pages import Web
from control_api.routes.registry import build_routes, on_http_exception
from control_api.services.container import Services
from control_api.services.rate_limiter import RateLimiter

OPERATIONS = (
    *sessions.OPERATIONS,
    *transcripts.OPERATIONS,
    *tokens.OPERATIONS,
    *agents.OPERATIONS,
    *realtime.OPERATIONS,
    *recordings.OPERATIONS,
    *events.OPERATIONS,
    *worker_list.OPERATIONS,
    *stats.OPERATIONS,
    *erasure.OPERATIONS,
    *webhook.OPERATIONS,
    *health.OPERATIONS,
)


RATE_RULES = {
    **{(operation.method, operation.path): operation.rate_rule for operation in OPERATIONS},
    # A player asks for many ranges of one recording, and whoever has the link has been counted for it.
    ("GET", recording_links.ROUTE): FREE,
}


PATHS = {operation.path for operation in OPERATIONS} | set(worker_http.BODY_LIMITS)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, and how often."""

    verifier: SignInVerifier
    worker_token: str | None
    limiter: RateLimiter
    cookie_origins: Collection[str]
    """Whose pages may write with the session cookie."""
    trusted_proxies: Sequence[Network] = ()
    cors_origins: Sequence[str] = ()
    """Whose pages may read our answers."""
    dev_issuer: TokenIssuer | None = None
    """Signs in whoever sits at this machine; None: there is a real sign-in."""


def build_app(services: Services, access: Access, web: Web | None = None) -> Starlette:
    client = ClientOf(access.trusted_proxies)
    app = Starlette(
        routes=[
            *build_routes(OPERATIONS),
            *api_docs.docs_routes(OPERATIONS),
            *pages.page_routes(web or Web()),
            *([] if access.dev_issuer is None else dev_sign_in.dev_sign_in_routes(access.dev_issuer)),
            *recording_file.ROUTES,
            *worker_http.ROUTES,
            *worker_link.ROUTES,
        ],
        middleware=[
            Middleware(Measured, tell=services.measures.answered, routes=PATHS, clock=services.clock),
            Middleware(RequestContext),
            Middleware(NoStore),
            *cors(access.cors_origins),
            Middleware(RateLimit, limiter=access.limiter, rules=RATE_RULES, client=client),
            Middleware(CookieOrigin, allowed=access.cookie_origins),
            Middleware(Auth, verifier=access.verifier, worker_token=access.worker_token),
            Middleware(RateCharge),
            Middleware(BodyLimit, max_bytes=worker_http.BODY_LIMITS),
        ],
        exception_handlers={HTTPException: on_http_exception, 500: on_http_exception},
    )
    app.state.services = services
    return app
