"""What is signed with the key that we share with LiveKit: tokens for rooms, and its webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

import jwt
from livekit import api

from control_api.ports import RoomTokens, WebhookRejected, WebhookVerifier
from shared.ids import Identity, MediaRoom

CLOCK_LEEWAY_S = 60
"""How far LiveKit's clock may be from ours."""
ATTRIBUTE_ON_BEHALF = "lk.publish_on_behalf"
"""LiveKit's own, of a participant that only lends another one its tracks."""

UNNAMED = "unknown"
"""The source of a track that a client gave none, as most SDKs beside the browser's do unless told otherwise. A server
that does not allow it answers nothing: `publish_track` fails after 10 s."""


class LiveKitTokens(RoomTokens):
    def __init__(self, api_key: str, api_secret: str) -> None:
        self._api_key = api_key
        self._api_secret = api_secret

    def for_person(self, room: MediaRoom, identity: Identity, name: str, *, ttl_s: int) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_subscribe=True,
            can_publish=True,
            can_publish_sources=["microphone", UNNAMED],
            can_publish_data=True,
        )
        return self._token(identity, ttl_s).with_name(name).with_grants(grants).to_jwt()

    def for_agent(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_subscribe=True,
            can_publish=True,
            can_publish_data=True,
            # Without it `set_attributes` answers OK and is dropped.
            can_update_own_metadata=True,
        )
        return self._token(identity, ttl_s).with_kind("agent").with_grants(grants).to_jwt()

    def for_recorder(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str:
        grants = api.VideoGrants(
            room_join=True, room=room, hidden=True, can_subscribe=True, can_publish=False, can_publish_data=True
        )
        return self._token(identity, ttl_s).with_kind("agent").with_grants(grants).to_jwt()

    def for_notice(self, room: MediaRoom, identity: Identity, *, speaks_for: Identity, ttl_s: int) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_subscribe=False,
            can_publish=True,
            can_publish_sources=["microphone"],
            can_publish_data=False,
        )
        # By its kind clients know that it is no person; by the attribute, that it is no assistant to talk to either.
        token = self._token(identity, ttl_s).with_kind("agent").with_attributes({ATTRIBUTE_ON_BEHALF: speaks_for})
        return token.with_grants(grants).to_jwt()

    def _token(self, identity: Identity, ttl_s: int) -> api.AccessToken:
        token = api.AccessToken(self._api_key, self._api_secret)
        return token.with_identity(identity).with_ttl(timedelta(seconds=ttl_s))


class LiveKitWebhookVerifier(WebhookVerifier):
    """LiveKit puts a bare JWT into ``Authorization``, whose claim ``sha256`` is the hash of the body's bytes."""

    def __init__(self, api_key: str, api_secret: str) -> None:
        self._api_key = api_key
        self._api_secret = api_secret

    def verify(self, body: bytes, authorization: str) -> None:
        try:
            claims = jwt.decode(
                authorization,
                self._api_secret,
                algorithms=["HS256"],
                issuer=self._api_key,
                leeway=CLOCK_LEEWAY_S,
                options={"require": ["exp", "iss", "sha256"]},
            )
        except jwt.InvalidTokenError:
            raise WebhookRejected from None
        signed = claims["sha256"]
        actual = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not isinstance(signed, str) or not hmac.compare_digest(signed.encode(), actual.encode()):
            raise WebhookRejected
