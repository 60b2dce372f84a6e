"""Everything of LiveKit that the services use, together: it is either configured or not."""

from __future__ import annotations

from dataclasses import dataclass

from control_api.ports import LiveKitGateway, RoomTokens, WebhookVerifier
from shared.errors import Errors, VoiceError


@dataclass(frozen=True, slots=True)
class LiveKit:
    gateway: LiveKitGateway
    tokens: RoomTokens
    webhooks: WebhookVerifier
    public_url: str
    """What browsers are given."""
    internal_url: str
    """What workers are given."""


def configured(livekit: LiveKit | None) -> LiveKit:
    if livekit is None:
        raise VoiceError(Errors.LIVEKIT_NOT_CONFIGURED, "No media server is configured for voice calls.")
    return livekit
