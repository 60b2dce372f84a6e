"""The use cases, together, as the routes find them. Built by `control_api.wiring`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from control_api.ports import CallStore
from control_api.services.agents import Agents
from control_api.services.change_call import CallChanger
from control_api.services.claim_call import Claims
from control_api.services.erasures import Erasures
from control_api.services.event_feed import EventFeed
from control_api.services.livekit import LiveKit
from control_api.services.measures import Measures
from control_api.services.once_per_key import OncePerKey
from control_api.services.open_call import CallOpener
from control_api.services.realtime import RealtimeSessions
from control_api.services.recorders import Recorders
from control_api.services.recordings import Recordings
from control_api.services.take_reports import Reports
from control_api.services.tokens import Tokens
from control_api.services.webhook_inbox import WebhookInbox
from control_api.services.workers import WorkerRegistry
from control_api.token_costs import TokenCosts
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Services:
    store: CallStore
    livekit: LiveKit | None
    workers: WorkerRegistry
    opener: CallOpener
    changer: CallChanger
    tokens: Tokens
    agents: Agents
    realtime: RealtimeSessions
    recordings: Recordings
    recorders: Recorders
    erasures: Erasures
    claims: Claims
    reports: Reports
    inbox: WebhookInbox
    once: OncePerKey
    feed: EventFeed
    costs: TokenCosts
    measures: Measures
    clock: Clock


def services(connection: HTTPConnection) -> Services:
    return cast(Services, connection.app.state.services)
