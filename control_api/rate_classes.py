"""Which requests share a limit, and how large it is. Pure.

A route declares a `RateRule`. For most routes that is all: the class is known before the body is read. For some, facts
decide that only the service knows (a token may make a call; a PATCH may end one), and they come as `Facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RateClass(StrEnum):
    SESSION = "session"
    """What opens a call or starts an agent."""
    REALTIME = "realtime"
    """What joins a call that is there."""
    RECORDING = "recording"
    READ = "read"
    """Reads, and all else that starts nothing."""


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """At most `limit` requests in any `window_s` seconds."""

    limit: int
    window_s: int


HOUR_S = 3600
QUARTER_S = 900


@dataclass(frozen=True, slots=True)
class RatePolicies:
    session: RatePolicy = RatePolicy(10, HOUR_S)
    realtime: RatePolicy = RatePolicy(30, HOUR_S)
    recording: RatePolicy = RatePolicy(20, HOUR_S)
    read: RatePolicy = RatePolicy(100, QUARTER_S)
    admin_read: RatePolicy = RatePolicy(2000, QUARTER_S)

    def policy(self, rate_class: RateClass, *, is_admin: bool) -> RatePolicy:
        """Admins read more (a console polls); what costs money has one limit for everybody."""
        match rate_class:
            case RateClass.SESSION:
                return self.session
            case RateClass.REALTIME:
                return self.realtime
            case RateClass.RECORDING:
                return self.recording
            case RateClass.READ:
                return self.admin_read if is_admin else self.read


@dataclass(frozen=True, slots=True)
class RateRule:
    usual: RateClass | None
    """None: this route is never limited."""
    facts_decide: bool = False
    """The service charges as soon as it knows the facts; else the request is charged before its body is read."""


@dataclass(frozen=True, slots=True)
class RateFacts:
    """What only the service finds out about a request."""

    makes_call: bool = False
    starts_agent: bool = False
    ends: bool = False
    """It ends or removes something: never refused, since somebody who cannot hang up pays for it."""
    is_replay: bool = False
    """The stored answer of an earlier request with the same Idempotency-Key."""


NO_FACTS = RateFacts()

FREE = RateRule(None)
READ = RateRule(RateClass.READ)
SESSION = RateRule(RateClass.SESSION)
REALTIME = RateRule(RateClass.REALTIME)
RECORDING = RateRule(RateClass.RECORDING)
TOKEN = RateRule(RateClass.REALTIME, facts_decide=True)
CHANGE = RateRule(RateClass.READ, facts_decide=True)
"""A PATCH of a call or its agent: it may end one, start an agent, or merely note something."""


def class_of(rule: RateRule, facts: RateFacts = NO_FACTS) -> RateClass | None:
    """The class that a request is charged in; None: it is not counted."""
    if rule.usual is None or facts.ends or facts.is_replay:
        return None
    if facts.makes_call or facts.starts_agent:
        return RateClass.SESSION
    return rule.usual


def is_charged_first(rule: RateRule, *, may_be_replay: bool) -> bool:
    """Whether the class is known before the route runs. `may_be_replay`: it carries an Idempotency-Key."""
    return rule.usual is not None and not rule.facts_decide and not may_be_replay


def default_rule(method: str) -> RateRule:
    """For a route that declares nothing: ending is free, all else is counted. Closed by default."""
    return FREE if method == "DELETE" else READ
