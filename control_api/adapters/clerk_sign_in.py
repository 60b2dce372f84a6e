"""Clerk's session tokens. RS256 and nothing else, whatever the token says; keys by id from the issuer, never from the
token."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from control_api.clerk_claims import BadClaims, ClerkRules, Verified, check_claims
from control_api.credentials import MAX_TOKEN_CHARS
from control_api.ports import Credential, NotSignedIn, SignedIn, SignInVerifier
from control_api.signing_keys import KeysUnavailable, SigningKeys, UnknownKey
from control_api.verified_tokens import VerifiedTokens
from shared.clock import Clock
from shared.errors import Errors, VoiceError

ALGORITHM = "RS256"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"})
"""What would change how the token is read, or where its key comes from. Clerk sends none of them."""


class ClerkSignIn(SignInVerifier):
    def __init__(self, keys: SigningKeys, rules: ClerkRules, clock: Clock) -> None:
        self._keys = keys
        self._rules = rules
        self._clock = clock
        self._jws = jwt.PyJWS(algorithms=[ALGORITHM])
        self.verified = VerifiedTokens()

    async def verify(self, credential: Credential) -> SignedIn:
        verified = await self._verified(credential.token)
        if credential.is_cookie and not verified.names_party:
            raise NotSignedIn
        return verified.user

    async def _verified(self, token: str) -> Verified:
        now_s = self._clock.now_ms() / 1000
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        found = self.verified.get(digest, now_s)
        if found is None:
            found = await self._check(token)
            self.verified.put(digest, found, now_s)
        return found

    async def _check(self, token: str) -> Verified:
        try:
            key = await self._keys.key(self._key_id(token))
            return check_claims(self._signed_claims(token, key), self._rules, self._clock.now_ms() / 1000)
        except (jwt.PyJWTError, BadClaims, UnknownKey):
            raise NotSignedIn from None
        except KeysUnavailable:
            raise VoiceError(Errors.SIGN_IN_UNAVAILABLE, "Who you are cannot be checked right now.") from None

    def _key_id(self, token: str) -> str | None:
        if len(token) > MAX_TOKEN_CHARS or _COMPACT.fullmatch(token) is None:
            raise NotSignedIn
        try:
            header = self._jws.get_unverified_header(token)
        except RecursionError:
            raise NotSignedIn from None
        key_id = header.get("kid")
        is_plain = (
            header.get("alg") == ALGORITHM
            and str(header.get("typ", "JWT")).upper() == "JWT"
            and _FORBIDDEN_HEADERS.isdisjoint(header)
            and (key_id is None or isinstance(key_id, str))
        )
        if not is_plain:
            raise NotSignedIn
        return key_id

    def _signed_claims(self, token: str, key: rsa.RSAPublicKey) -> dict[str, Any]:
        signed = self._jws.decode_complete(token, key, algorithms=[ALGORITHM])
        # Base64 has several spellings of the same bytes; a token has one.
        if jwt.utils.base64url_encode(signed["signature"]) != token.rpartition(".")[2].encode():
            raise NotSignedIn
        try:
            claims = json.loads(signed["payload"])
        except (ValueError, RecursionError):
            raise NotSignedIn from None
        if not isinstance(claims, dict):
            raise NotSignedIn
        return claims

    async def aclose(self) -> None:
        await self._keys.aclose()
