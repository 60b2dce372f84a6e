"""Sign-in: are there keys to check tokens with."""

from __future__ import annotations

from control_api.adapters.jwks_http import HttpKeySource
from control_api.doctor.fetch import place
from control_api.doctor.findings import Finding, ok, problem
from control_api.settings import Settings
from control_api.signing_keys import KeysUnavailable

NAME = "sign-in"


async def check_sign_in(settings: Settings) -> Finding:
    if settings.clerk_issuer is None:
        return ok(NAME, "the development issuer, for this machine only.")
    if settings.clerk_jwt_key is not None:
        return ok(NAME, f"{place(settings.clerk_issuer)}, its key is set.")
    try:
        keys = await HttpKeySource(settings.key_set_url).fetch()
    except KeysUnavailable as error:
        return problem(
            NAME,
            f"the keys of {place(settings.key_set_url)} cannot be read ({error}).",
            "Correct CLERK_ISSUER, or set CLERK_JWT_KEY, which needs no network.",
        )
    return ok(NAME, f"{place(settings.clerk_issuer)}, {len(keys)} keys.")
