"""Tokens that must not let anybody in (row 35), each with the name of its trick."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.clerk import claims, jwk_of, mint, pem_of, rsa_key

Make = Callable[[float], str]


def b64(value: bytes | str | dict[str, Any]) -> str:
    raw = json.dumps(value).encode() if isinstance(value, dict) else value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], now_s: float, signature: str = "") -> str:
    return f"{b64(header)}.{b64(claims(now_s))}.{signature}"


def hmac_with(secret: bytes, now_s: float) -> str:
    signed = f"{b64({'alg': 'HS256', 'typ': 'JWT', 'kid': 'ins_first'})}.{b64(claims(now_s))}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def with_claims(**changed: Any) -> Make:
    return lambda now_s: mint(claims(now_s, **changed))


def at(**seconds: float) -> Make:
    return lambda now_s: mint(claims(now_s, **{name: now_s + offset for name, offset in seconds.items()}))


def with_header(**headers: Any) -> Make:
    return lambda now_s: mint(claims(now_s), **headers)


def by_stranger(**headers: Any) -> Make:
    return lambda now_s: mint(claims(now_s), key="stranger", **headers)


def payload_of(raw: bytes) -> Make:
    return lambda _: jwt.PyJWS().encode(raw, rsa_key("first"), algorithm="RS256", headers={"kid": "ins_first"})


def changed_claims(now_s: float) -> str:
    header, _, signature = mint(claims(now_s)).split(".")
    return f"{header}.{b64(claims(now_s, sub='user_other'))}.{signature}"


def other_spelling(now_s: float) -> str:
    """The last character of 2048 bits in base64 has four bits to spare."""
    token = mint(claims(now_s))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def by_curve(now_s: float) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims(now_s), key, algorithm="ES256", headers={"kid": "ins_first"})


def with_algorithm(name: str) -> Make:
    return lambda now_s: jwt.encode(claims(now_s), rsa_key("first"), algorithm=name, headers={"kid": "ins_first"})


def encrypted(_: float) -> str:
    return ".".join([b64({"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "ins_first"}), "AA", "AA", "AA", "AA"])


def as_json(now_s: float) -> str:
    header, payload, signature = mint(claims(now_s)).split(".")
    return json.dumps({"protected": header, "payload": payload, "signature": signature})


BAD_TOKENS: dict[str, Make] = {
    # no signature, or one that means nothing
    "empty": lambda _: "",
    "not a token": lambda _: "hello",
    "two parts": lambda now_s: mint(claims(now_s)).rpartition(".")[0],
    "four parts": lambda now_s: mint(claims(now_s)) + ".AA",
    "only dots": lambda _: "..",
    "alg none, no signature": lambda now_s: unsigned({"alg": "none", "kid": "ins_first"}, now_s),
    "alg none, some signature": lambda now_s: unsigned({"alg": "none", "kid": "ins_first"}, now_s, "AA"),
    "alg NoNe": lambda now_s: unsigned({"alg": "NoNe", "kid": "ins_first"}, now_s, "AA"),
    "no alg": lambda now_s: unsigned({"kid": "ins_first"}, now_s, "AA"),
    "alg is a list": lambda now_s: unsigned({"alg": ["RS256"], "kid": "ins_first"}, now_s, "AA"),
    "alg is empty": lambda now_s: unsigned({"alg": "", "kid": "ins_first"}, now_s, "AA"),
    "empty signature": lambda now_s: unsigned({"alg": "RS256", "kid": "ins_first"}, now_s, ""),
    "signature of zeros": lambda now_s: unsigned({"alg": "RS256", "kid": "ins_first"}, now_s, b64(bytes(256))),
    "claims changed after signing": changed_claims,
    "signature cut short": lambda now_s: mint(claims(now_s))[:-4],
    # another algorithm
    "HS256 with the public key": lambda now_s: hmac_with(pem_of(rsa_key("first")).encode(), now_s),
    "HS256 with the public key, stripped": lambda now_s: hmac_with(pem_of(rsa_key("first")).strip().encode(), now_s),
    "HS256 with an empty secret": lambda now_s: hmac_with(b"", now_s),
    "RS384 by the right key": with_algorithm("RS384"),
    "RS512 by the right key": with_algorithm("RS512"),
    "PS256 by the right key": with_algorithm("PS256"),
    "ES256": by_curve,
    # another key
    "by a stranger, our kid": by_stranger(),
    "by a stranger, their kid": by_stranger(key_id="ins_stranger"),
    "no kid": with_header(key_id=None),
    "kid of another key of ours": with_header(key_id="ins_second"),
    "kid is a path": with_header(key_id="../../etc/passwd"),
    "kid is SQL": with_header(key_id="' OR 1=1 --"),
    "kid is a number": lambda now_s: unsigned({"alg": "RS256", "kid": 7}, now_s, "AA"),
    "kid is a list": lambda now_s: unsigned({"alg": "RS256", "kid": ["ins_first"]}, now_s, "AA"),
    "jku to a stranger's keys": by_stranger(jku="https://evil.example/jwks.json"),
    "jku by the right key": with_header(jku="https://evil.example/jwks.json"),
    "x5u to a stranger's certificate": by_stranger(x5u="https://evil.example/cert.pem"),
    "x5c of a stranger": by_stranger(x5c=["AAAA"]),
    "jwk of a stranger": by_stranger(jwk=jwk_of(rsa_key("stranger"), "ins_first")),
    # other meanings
    "crit": with_header(crit=["exp"]),
    "crit, empty": with_header(crit=[]),
    "crit b64": with_header(crit=["b64"], b64=True),
    "zip": with_header(zip="DEF"),
    "typ of an OAuth access token": with_header(typ="at+jwt"),
    "nested token": lambda now_s: payload_of(mint(claims(now_s)).encode())(now_s),
    "encrypted": encrypted,
    "JSON serialisation": as_json,
    "payload is a list": payload_of(b"[]"),
    "payload is a text": payload_of(b'"user_1"'),
    "payload is null": payload_of(b"null"),
    "payload is not JSON": payload_of(b"{"),
    "payload is not UTF-8": payload_of(b'{"sub":"\xff"}'),
    "payload is nested too deep": payload_of(b"[" * 5000),
    "header is nested too deep": lambda _: f"{b64('[' * 5000)}.e30.AA",
    "header is a list": lambda _: f"{b64('[]')}.e30.AA",
    "header is not UTF-8": lambda _: f"{b64(bytes([255, 254]))}.e30.AA",
    # time
    "expired": at(exp=-60),
    "expired just over the leeway": at(exp=-10),
    "no exp": with_claims(exp=None),
    "exp is a text": with_claims(exp="99999999999"),
    "exp is true": with_claims(exp=True),
    "exp is a list": with_claims(exp=[99999999999]),
    "exp is infinite": with_claims(exp=float("inf")),
    "exp is no number": with_claims(exp=float("nan")),
    "exp is absurd": with_claims(exp=10**40),
    "exp is negative": with_claims(exp=-1),
    "not yet": at(nbf=60),
    "nbf is a text": with_claims(nbf="0"),
    "issued in the future": at(iat=60),
    "iat is an object": with_claims(iat={}),
    # who
    "no iss": with_claims(iss=None),
    "another instance": with_claims(iss="https://clerk.other.example"),
    "iss with a slash more": with_claims(iss="https://clerk.app.example/"),
    "iss is a list": with_claims(iss=["https://clerk.app.example"]),
    "no sub": with_claims(sub=None),
    "sub is empty": with_claims(sub=""),
    "sub is a number": with_claims(sub=7),
    "sub is huge": with_claims(sub="u" * 129),
    "sub is not ASCII": with_claims(sub="usér_1"),
    "sub has a line end": with_claims(sub="user_1\n"),
    "sub has a space": with_claims(sub="user 1"),
    "sub has a NUL": with_claims(sub="user_1\0"),
    "sub looks like an agent": with_claims(sub="ai-agent-0123456789ab"),
    # for whom
    "azp of another page": with_claims(azp="https://evil.example"),
    "azp that begins like ours": with_claims(azp="https://app.example.evil.example"),
    "azp over http": with_claims(azp="http://app.example"),
    "azp is empty": with_claims(azp=""),
    "azp is a list": with_claims(azp=["https://app.example"]),
    "azp is a number": with_claims(azp=1),
    "aud of another service": with_claims(aud="hasura"),
    "aud of several others": with_claims(aud=["a", "b"]),
    "sign-in not finished": with_claims(sts="pending"),
    # spelling
    "a line end behind": lambda now_s: mint(claims(now_s)) + "\n",
    "a blank before": lambda now_s: " " + mint(claims(now_s)),
    "padding": lambda now_s: mint(claims(now_s)) + "==",
    "garbage behind the signature": lambda now_s: mint(claims(now_s)) + "!!",
    "garbage within the signature": lambda now_s: mint(claims(now_s))[:-9] + "*" + mint(claims(now_s))[-9:],
    "another spelling of the signature": other_spelling,
    "not URL-safe": lambda now_s: mint(claims(now_s))[:-2] + "+/",
    "not ASCII": lambda now_s: mint(claims(now_s))[:-1] + "é",
    "half a surrogate pair": lambda now_s: mint(claims(now_s)) + "\ud800",
    "a NUL": lambda now_s: mint(claims(now_s)) + "\0",
    "Bearer twice": lambda now_s: "Bearer " + mint(claims(now_s)),
    "two tokens": lambda now_s: mint(claims(now_s)) + "," + mint(claims(now_s)),
    "quoted": lambda now_s: f'"{mint(claims(now_s))}"',
    "huge": lambda now_s: mint(claims(now_s, note="x" * 8192)),
}
