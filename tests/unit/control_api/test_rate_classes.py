from __future__ import annotations

import pytest

from control_api.app import OPERATIONS
from control_api.middleware.rate_limit import rule_of
from control_api.rate_classes import (
    CHANGE,
    FREE,
    READ,
    REALTIME,
    RECORDING,
    SESSION,
    TOKEN,
    RateClass,
    RateFacts,
    RatePolicies,
    RatePolicy,
    RateRule,
    class_of,
    default_rule,
    is_charged_first,
)

CASES = [
    ("opening a call", SESSION, RateFacts(), RateClass.SESSION),
    ("a token that makes a call", TOKEN, RateFacts(makes_call=True), RateClass.SESSION),
    ("a token for a call that is there", TOKEN, RateFacts(), RateClass.REALTIME),
    ("a token that only adds an agent", TOKEN, RateFacts(starts_agent=True), RateClass.SESSION),
    ("a realtime connection", REALTIME, RateFacts(), RateClass.REALTIME),
    ("a recording", RECORDING, RateFacts(), RateClass.RECORDING),
    ("a read", READ, RateFacts(), RateClass.READ),
    ("a PATCH that notes something", CHANGE, RateFacts(), RateClass.READ),
    ("a PATCH that spawns an agent", CHANGE, RateFacts(starts_agent=True), RateClass.SESSION),
    ("a PATCH that ends the call", CHANGE, RateFacts(ends=True), None),
    ("ending goes before spawning", CHANGE, RateFacts(ends=True, starts_agent=True), None),
    ("a replay", SESSION, RateFacts(is_replay=True), None),
    ("what is never limited", FREE, RateFacts(makes_call=True), None),
]


@pytest.mark.parametrize(("rule", "facts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_class_of_a_request(rule: RateRule, facts: RateFacts, expected: RateClass | None) -> None:
    assert class_of(rule, facts) is expected


def test_what_facts_decide_is_not_charged_first() -> None:
    assert is_charged_first(SESSION, may_be_replay=False)
    assert not is_charged_first(SESSION, may_be_replay=True)
    assert not is_charged_first(TOKEN, may_be_replay=False)
    assert not is_charged_first(FREE, may_be_replay=False)


def test_the_limits_are_those_of_the_contract() -> None:
    policies = RatePolicies()
    contract = {
        RateClass.SESSION: (10, 3600),
        RateClass.REALTIME: (30, 3600),
        RateClass.RECORDING: (20, 3600),
        RateClass.READ: (100, 900),
    }
    for rate_class, (limit, window_s) in contract.items():
        assert policies.policy(rate_class, is_admin=False) == RatePolicy(limit, window_s)


def test_admins_read_more_and_nothing_else_more() -> None:
    policies = RatePolicies()
    assert policies.policy(RateClass.READ, is_admin=True) == RatePolicy(2000, 900)
    for rate_class in set(RateClass) - {RateClass.READ}:
        assert policies.policy(rate_class, is_admin=True) == policies.policy(rate_class, is_admin=False)


RULES = {("GET", "/api/voice/session"): READ, ("POST", "/api/voice/session"): SESSION, ("GET", "/healthz"): FREE}
PATHS = [
    ("POST", "/api/voice/session", SESSION),
    ("HEAD", "/api/voice/session", READ),
    ("GET", "/healthz", FREE),
    ("GET", "/api/voice/nothing-here", READ),
    ("PUT", "/api/voice/session", READ),
    ("OPTIONS", "/api/voice/session", FREE),
    ("DELETE", "/api/voice/session", FREE),
    ("GET", "/assets/page.js", FREE),
    ("POST", "/internal/reports", FREE),
]


@pytest.mark.parametrize(("method", "path", "expected"), PATHS)
def test_the_rule_of_a_path(method: str, path: str, expected: RateRule) -> None:
    assert rule_of(RULES, method, path) == expected


def test_every_route_is_counted_unless_it_is_public_or_ends_something() -> None:
    for operation in OPERATIONS:
        is_free = operation.rate_rule.usual is None
        assert is_free == (operation.is_public or operation.method == "DELETE"), operation.path
    assert default_rule("POST") is READ
