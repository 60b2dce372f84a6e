"""``/`` (calls), ``/console`` (for admins) and the files that they load. Public: what they show comes by the API."""

from __future__ import annotations

import html
import json
import secrets
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from control_api.built_web import NOT_BUILT, PAGES, BuiltWeb
from control_api.page_policy import page_headers
from control_api.public_links import origin_of

ASSETS_PREFIX = "/assets/"
_NONCE_BYTES = 16
_FILE_HEADERS = {
    # The name changes with the content.
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class ClerkPage:
    """How a page signs in with Clerk."""

    issuer: str
    """Clerk's Frontend API: where its script comes from."""
    publishable_key: str | None
    """None: people sign in on the application's own pages, and ours only use its cookie."""


@dataclass(frozen=True, slots=True)
class Web:
    built: BuiltWeb = field(default=NOT_BUILT, repr=False)
    livekit_url: str | None = None
    """What browsers get."""
    clerk: ClerkPage | None = None
    """None: the sign-in of the development issuer."""
    store_origins: tuple[str, ...] = ()
    """Where links to recordings lead, when not here."""


def page_routes(web: Web) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        template = web.built.pages.get(request.url.path)
        if template is None:
            return PlainTextResponse("The web pages are not built. `make run` builds them.\n", 503)
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        origin = None if web.clerk is None else origin_of(web.clerk.issuer)
        headers = page_headers(
            livekit_url=web.livekit_url, clerk_origin=origin, store_origins=web.store_origins, nonce=nonce
        )
        return Response(_filled(template, web.clerk, nonce), media_type="text/html", headers=headers)

    async def asset(request: Request) -> Response:
        found = web.built.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        headers = dict(_FILE_HEADERS)
        body = found.body
        if found.gzip is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = found.gzip, "gzip"
        return Response(body, media_type=found.media_type, headers=headers)

    return [*(Route(path, page, methods=["GET"]) for path in PAGES), Route(ASSETS_PREFIX + "{name}", asset)]


def _filled(template: str, clerk: ClerkPage | None, nonce: str) -> str:
    """A page may hold no script of its own, so it is told by `meta` elements what it cannot know."""
    filled = template.replace("{{sign-in}}", html.escape(json.dumps(_sign_in(clerk))))
    return filled.replace("{{style-nonce}}", nonce)


def _sign_in(clerk: ClerkPage | None) -> dict[str, str]:
    """The `SignInConfig` of the pages' own code."""
    if clerk is None:
        return {"kind": "development"}
    if clerk.publishable_key is None:
        return {"kind": "cookie"}
    return {"kind": "clerk", "scriptOrigin": origin_of(clerk.issuer), "publishableKey": clerk.publishable_key}
