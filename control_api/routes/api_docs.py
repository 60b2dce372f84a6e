"""``/api/voice/openapi.json`` and ``/api/voice/docs``: the description of the other routes. Public."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from control_api.openapi.document import build_document, to_bytes
from control_api.openapi.page import STYLE, render_page
from control_api.routes.registry import Operation

OPENAPI_PATH = "/api/voice/openapi.json"
DOCS_PATH = "/api/voice/docs"
STYLE_PATH = "/api/voice/docs.css"

_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def docs_routes(operations: Sequence[Operation]) -> list[BaseRoute]:
    """Made at the first request for them, and once."""

    @cache
    def document() -> bytes:
        return to_bytes(build_document(operations))

    @cache
    def page() -> bytes:
        return render_page(build_document(operations)).encode()

    return [
        _route(OPENAPI_PATH, document, "application/json"),
        _route(DOCS_PATH, page, "text/html; charset=utf-8", _PAGE_HEADERS),
        _route(STYLE_PATH, lambda: STYLE, "text/css; charset=utf-8"),
    ]


def _route(path: str, content: Callable[[], bytes], media_type: str, headers: dict[str, str] | None = None) -> Route:
    async def endpoint(request: Request) -> Response:
        body = content()
        sent = {**_HEADERS, **(headers or {}), "ETag": etag(body)}
        if sent["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=sent)
        return Response(body, media_type=media_type, headers=sent)

    return Route(path, endpoint, methods=["GET"])


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
