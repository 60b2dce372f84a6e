"""What the claims of a Clerk session token must say. Pure; the signature is somebody else's matter.

From Clerk's documentation of session tokens and of verifying them by hand: `iss` is the instance's Frontend API URL;
`exp` and `nbf` are Unix seconds; `azp` is the ``Origin`` of the page that got the token, and may be missing where that
page's request had none (native applications), in which case the check is skipped; `sts: "pending"` marks a session
whose sign-in is not finished.

We follow this but for one point: in a cookie a token must name its party. A cookie comes from a browser, whose pages
have an origin, and the check is there against a token that another subdomain put into our cookie.

A token with an audience was made for somebody in particular (a template of Clerk's for another service): it is refused
unless that is us. Types are exact: a number is no text, true is no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from control_api.ports import SignedIn
from control_api.sign_in import InvalidUser, signed_in

LEEWAY_S = 10
"""For clocks that differ: Clerk's libraries allow 5 s. A token lives 60 s."""
DEFAULT_ADMIN_CLAIMS = ("metadata.role", "public_metadata.role")
ADMIN = "admin"
_LATEST_S = 2**40


class BadClaims(Exception):
    """The text is the name of the claim: for tests and operators, never for the client."""


@dataclass(frozen=True, slots=True)
class ClerkRules:
    issuer: str
    authorized_parties: frozenset[str]
    """Origins (`control_api.cookie_origin.normal_origin`)."""
    audience: str | None = None
    name_claim: str = "name"
    admin_claims: tuple[str, ...] = DEFAULT_ADMIN_CLAIMS
    """Dotted paths; a user is an admin when one of them holds the text ``admin``."""
    leeway_s: int = LEEWAY_S


@dataclass(frozen=True, slots=True)
class Verified:
    user: SignedIn
    valid_until_s: float
    """Unix seconds, leeway included."""
    names_party: bool


def check_claims(claims: Mapping[str, Any], rules: ClerkRules, now_s: float) -> Verified:
    """Raises `BadClaims`."""
    if claims.get("iss") != rules.issuer:
        raise BadClaims("iss")
    valid_until_s = _seconds(claims, "exp") + rules.leeway_s
    if now_s >= valid_until_s:
        raise BadClaims("exp")
    for name in ("nbf", "iat"):
        if name in claims and _seconds(claims, name) - rules.leeway_s > now_s:
            raise BadClaims(name)
    _check_audience(claims, rules.audience)
    if claims.get("sts", "active") != "active":
        raise BadClaims("sts")
    user = replace(_user(claims, rules), valid_until_s=valid_until_s)
    return Verified(user, valid_until_s, _names_party(claims, rules.authorized_parties))


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST_S:
        raise BadClaims(name)
    return value


def _check_audience(claims: Mapping[str, Any], expected: str | None) -> None:
    given = claims.get("aud")
    audiences = given if isinstance(given, list) else [] if given is None else [given]
    if expected is None and not audiences:
        return
    if expected is None or expected not in audiences:
        raise BadClaims("aud")


def _names_party(claims: Mapping[str, Any], parties: frozenset[str]) -> bool:
    if "azp" not in claims:
        return False
    party = claims["azp"]
    if not isinstance(party, str) or party.lower() not in parties:
        raise BadClaims("azp")
    return True


def _user(claims: Mapping[str, Any], rules: ClerkRules) -> SignedIn:
    subject = claims.get("sub")
    # Clerk's ids are plain; anything else would be compared, stored and shown differently in different places.
    if not isinstance(subject, str) or not subject.isascii() or " " in subject:
        raise BadClaims("sub")
    is_admin = any(_at(claims, path) == ADMIN for path in rules.admin_claims)
    try:
        return signed_in(subject, _at(claims, rules.name_claim), is_admin=is_admin)
    except InvalidUser:
        raise BadClaims("sub") from None


def _at(claims: Mapping[str, Any], path: str) -> Any:
    value: Any = claims
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
