"""Tokens and signatures: what is signed, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from control_api.adapters.dev_issuer import ISSUER, DevIssuer
from control_api.adapters.livekit_signing import LiveKitTokens, LiveKitWebhookVerifier
from control_api.ports import Credential, NotSignedIn, SignedIn, WebhookRejected
from control_api.sign_in import InvalidUser
from shared.ids import Identity, MediaRoom

KEY, SECRET = "devkey", "s" * 40
BODY = b'{"event": "room_started"}'
ROOM = MediaRoom("r")


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)
    return claims


def test_a_persons_token_is_good_for_this_room_and_the_microphone() -> None:
    claims = claims_of(LiveKitTokens(KEY, SECRET).for_person(ROOM, Identity("ann"), "Ann", ttl_s=60))
    assert (claims["sub"], claims["name"], claims["exp"] - claims["nbf"]) == ("ann", "Ann", 60)
    assert claims["video"] == {
        "roomJoin": True,
        "room": "r",
        "canSubscribe": True,
        "canPublish": True,
        "canPublishSources": ["microphone", "unknown"],
        "canPublishData": True,
    }
    assert "kind" not in claims


def test_an_agents_token_is_of_kind_agent() -> None:
    claims = claims_of(LiveKitTokens(KEY, SECRET).for_agent(ROOM, Identity("ai-agent-1"), ttl_s=60))
    assert (claims["kind"], claims["sub"]) == ("agent", "ai-agent-1")
    assert claims["video"]["canUpdateOwnMetadata"] is True
    assert not {"roomAdmin", "roomCreate", "roomList", "agent", "hidden"} & set(claims["video"])


def test_who_tells_of_a_recording_may_speak_and_nothing_else() -> None:
    tokens = LiveKitTokens(KEY, SECRET)
    claims = claims_of(tokens.for_notice(ROOM, Identity("ai-agent-notice-1"), speaks_for=Identity("rec"), ttl_s=60))
    assert (claims["kind"], claims["sub"]) == ("agent", "ai-agent-notice-1")
    assert claims["attributes"] == {"lk.publish_on_behalf": "rec"}, "clients take it for no assistant"
    assert claims["video"] == {
        "roomJoin": True,
        "room": "r",
        "canSubscribe": False,
        "canPublish": True,
        "canPublishSources": ["microphone"],
        "canPublishData": False,
    }


def signature(body: bytes = BODY, *, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    now = int(time.time())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": KEY, "nbf": now, "exp": now + 300, "sha256": digest} | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret if algorithm != "none" else "", algorithm=algorithm)


def test_a_signed_webhook_is_taken() -> None:
    LiveKitWebhookVerifier(KEY, SECRET).verify(BODY, signature())


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "nonsense",
        signature(secret="x" * 40),
        signature(b"another body"),
        signature(algorithm="none"),
        signature(algorithm="HS512", secret="s" * 64),
        signature(iss="somebody"),
        signature(iss=None),
        signature(exp=None),
        signature(exp=int(time.time()) - 24 * 3600),
        signature(nbf=int(time.time()) + 24 * 3600),
        signature(sha256=None),
        signature(sha256=7),
        signature(sha256=""),
        "Bearer " + signature(),
        LiveKitTokens(KEY, SECRET).for_person(ROOM, Identity("ann"), "Ann", ttl_s=60),
    ],
)
def test_anything_else_is_refused(authorization: str) -> None:
    with pytest.raises(WebhookRejected):
        LiveKitWebhookVerifier(KEY, SECRET).verify(BODY, authorization)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def test_the_development_issuer_signs_people_in(key: rsa.RSAPrivateKey) -> None:
    issuer = DevIssuer(key)
    assert await issuer.verify(Credential(issuer.token("ann", name="Ann\x00 Lee"))) == SignedIn(
        Identity("ann"), "Ann Lee"
    )
    assert (await issuer.verify(Credential(issuer.token("root", is_admin=True)))).is_admin


@pytest.mark.parametrize("user_id", ["", "x" * 129, "ai-agent-1", "agent", "a\nb"])
def test_ids_that_no_user_has(key: rsa.RSAPrivateKey, user_id: str) -> None:
    with pytest.raises(InvalidUser):
        DevIssuer(key).token(user_id)


async def test_bad_tokens_are_not_signed_in(key: rsa.RSAPrivateKey) -> None:
    now = int(time.time())
    good: dict[str, Any] = {"iss": ISSUER, "sub": "ann", "iat": now, "nbf": now, "exp": now + 60}
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signed(key: Any = key, algorithm: str = "RS256", **changes: Any) -> str:
        claims = {name: value for name, value in (good | changes).items() if value is not None}
        return jwt.encode(claims, key, algorithm=algorithm)

    bad = [
        "",
        "a.b.c",
        signed(other),
        signed(None, "none"),
        signed("p" * 40, "HS256"),
        signed(key, "RS512"),
        signed(iss="elsewhere"),
        signed(iss=None),
        signed(exp=None),
        signed(exp=now - 60),
        signed(nbf=now + 120),
        signed(iat=None),
        signed(sub=None),
        signed(sub=""),
        signed(sub="ai-agent-0123456789ab"),
    ]
    assert await DevIssuer(key).verify(Credential(signed()))
    for token in bad:
        with pytest.raises(NotSignedIn):
            await DevIssuer(key).verify(Credential(token))
