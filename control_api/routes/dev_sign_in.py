"""``POST /api/voice/dev/token``: how the page signs in with the development issuer. There is no such path with Clerk.

It lets in whoever it hears, so it hears only pages of this machine: the settings bind the API to loopback, the name
that the browser used must be a loopback one (another name that leads here is a rebinding attack), and the page that
asks must be our own.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import StrictBool
from starlette.requests import Request
from starlette.routing import BaseRoute

from control_api.access_settings import is_loopback
from control_api.ports import TokenIssuer
from control_api.routes.fields import NameField, UserIdField
from control_api.routes.registry import Model, Operation, build_routes
from shared.errors import Errors, VoiceError

PATH = "/api/voice/dev/token"


class DevSignIn(Model):
    user_id: UserIdField
    name: NameField | None = None
    is_admin: StrictBool = False


class DevToken(Model):
    token: str


def dev_sign_in_routes(issuer: TokenIssuer) -> list[BaseRoute]:
    async def sign_in(request: Request, body: DevSignIn) -> DevToken:
        if not is_our_page(request.headers.get("host", ""), request.headers.getlist("origin")):
            raise VoiceError(Errors.FORBIDDEN, "Only a page of this machine may sign in so.")
        return DevToken(token=issuer.token(body.user_id, name=body.name, is_admin=body.is_admin))

    summary = "Sign in with the development issuer"
    return build_routes([Operation("POST", PATH, summary, sign_in, DevToken, body=DevSignIn, is_public=True)])


def is_our_page(host: str, origins: list[str]) -> bool:
    """`host`: the ``Host`` field; `origins`: the values of the ``Origin`` fields."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name) and origins == [f"http://{host}"]
