"""The ASGI application: routes and middleware as data."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from control_api.middleware.auth import Auth
from control_api.middleware.body_limit import BodyLimit
from control_api.middleware.request_context import RequestContext
from control_api.ports import SignInVerifier
from control_api.routes import (
    agents,
    health,
    realtime,
    recordings,
    sessions,
    tokens,
    webhook,
    worker_http,
    worker_link,
)
from control_api.routes.registry import build_routes, on_http_exception
from control_api.services.container import Services

OPERATIONS = (
    *sessions.OPERATIONS,
    *tokens.OPERATIONS,
    *agents.OPERATIONS,
    *realtime.OPERATIONS,
    *recordings.OPERATIONS,
    *webhook.OPERATIONS,
    *health.OPERATIONS,
)


def build_app(services: Services, verifier: SignInVerifier, worker_token: str | None) -> Starlette:
    app = Starlette(
        routes=[*build_routes(OPERATIONS), *worker_http.ROUTES, *worker_link.ROUTES],
        middleware=[
            Middleware(RequestContext),
            Middleware(Auth, verifier=verifier, worker_token=worker_token),
            Middleware(BodyLimit, max_bytes=worker_http.BODY_LIMITS),
        ],
        exception_handlers={HTTPException: on_http_exception, 500: on_http_exception},
    )
    app.state.services = services
    return app
