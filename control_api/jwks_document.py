"""Reading keys: a JSON Web Key Set, or a PEM text. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from control_api.signing_keys import MIN_KEY_BITS

MAX_KEYS = 32


class BadKeys(ValueError):
    """The text says why, without the key."""


def read_key_set(document: bytes) -> dict[str, rsa.RSAPublicKey]:
    """``kid`` -> key, of those that can sign with RS256; what else is in the set is passed over. Raises `BadKeys` for
    what is no key set at all. An empty set is one."""
    try:
        value = json.loads(document)
    except (ValueError, RecursionError):
        raise BadKeys("not JSON") from None
    entries = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise BadKeys("no key set")
    keys: dict[str, rsa.RSAPublicKey] = {}
    for entry in entries:
        key = _usable(entry) if isinstance(entry, dict) else None
        if key is not None:
            keys[entry["kid"]] = key
    return keys


def read_pem(text: str) -> rsa.RSAPublicKey:
    """A public key; line ends may be written as ``\\n``, as they often are in a variable. Raises `BadKeys`."""
    pem = text.replace("\\n", "\n").strip().encode()
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKeys("must be a public key in PEM form") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise BadKeys(f"must be an RSA key of at least {MIN_KEY_BITS} bits")
    return key


def _usable(entry: Mapping[str, Any]) -> rsa.RSAPublicKey | None:
    is_ours = (
        entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
    )
    if not is_ours:
        return None
    public = {name: entry.get(name) for name in ("kty", "n", "e")}
    try:
        key = RSAAlgorithm.from_jwk(public)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_KEY_BITS else None
