"""Who a request is charged to: the user, or the address where there is no user (yet)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import Scope

from control_api.client_address import Network, client_address, rate_key
from control_api.middleware.scope import signed_in_or_none
from control_api.services.rate_limiter import Client


class ClientOf:
    """`trusted`: the proxies whose ``X-Forwarded-For`` is believed; none by default."""

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = tuple(trusted)

    def __call__(self, scope: Scope) -> Client:
        user = signed_in_or_none(scope)
        if user is not None:
            return Client(f"user:{user.user_id}", is_admin=user.is_admin)
        peer = scope.get("client")
        address = client_address(peer[0] if peer else None, _forwarded_for(scope), self._trusted)
        return Client(f"ip:{rate_key(address)}", is_anonymous=True)


def _forwarded_for(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
