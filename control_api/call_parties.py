"""Whom each kind of call needs, and whose leaving ends it: one pair of small rules for each call type. Pure.

=============== ============================================ =====================================================
call type       connected from                               ended at once by
=============== ============================================ =====================================================
support         the caller and a live agent; two people      the caller, who leaves on purpose
                once no agent is meant to be there
user-to-user    the caller and the callee                    either of them, who leaves on purpose
conference      two people, or one and the agent             nobody: the last one out, as the upkeep has seen
=============== ============================================ =====================================================

That the last one has left a conference is not inferred from what was heard: a webhook that says somebody came may be
the one that is late, and the room would be closed under them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from control_api.records import Call, CallType, LeftWhy, Presence
from shared.call_state import EndReason
from shared.ids import Identity, is_agent_identity


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` until before `end_ms` (None: still)."""

    start_ms: int
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Who was in the room of a call, and when."""

    call: Call
    people: Sequence[Presence]
    agents: Sequence[Span]

    def of(self, identity: Identity | None) -> list[Presence]:
        return [stay for stay in self.people if stay.identity == identity]


def parties(call: Call, stays: Iterable[Presence]) -> Parties:
    agents = [Span(joined_ms, gone_ms) for joined_ms, gone_ms in call.former_agents]
    if call.agent_joined_ms is not None:
        agents.append(Span(call.agent_joined_ms, call.agent_gone_ms))
    return Parties(call, [stay for stay in stays if not is_agent_identity(stay.identity)], agents)


def earliest(*times: int | None) -> int | None:
    return min((at for at in times if at is not None), default=None)


# --- when they met ---------------------------------------------------------------------------------------------------


def _support_met_ms(parties: Parties) -> int | None:
    call = parties.call
    met = [_with_agent_ms(parties, _spans(parties.of(call.caller_id)))]
    if call.unassisted_ms is not None:
        others = [stay for stay in parties.people if stay.identity != call.caller_id]
        met.append(_met_ms(_spans(parties.of(call.caller_id), call.unassisted_ms), _spans(others)))
    return earliest(*met)


def _pair_met_ms(parties: Parties) -> int | None:
    return _met_ms(_spans(parties.of(parties.call.caller_id)), _spans(parties.of(parties.call.callee_id)))


def _conference_met_ms(parties: Parties) -> int | None:
    by_person = [_spans(parties.of(identity)) for identity in sorted({stay.identity for stay in parties.people})]
    two = [_met_ms(one, other) for one, other in combinations(by_person, 2)]
    return earliest(*two, _with_agent_ms(parties, _spans(parties.people)))


def _with_agent_ms(parties: Parties, people: Sequence[Span]) -> int | None:
    seen_ms = parties.call.caller_seen_ms
    # The agent heard the caller speak: they were there, even if no webhook says so.
    heard = [] if seen_ms is None else [Span(seen_ms)]
    return _met_ms([*people, *heard], parties.agents)


def _spans(stays: Iterable[Presence], from_ms: int = 0) -> list[Span]:
    return [
        Span(max(stay.joined_at_ms, from_ms), stay.left_at_ms)
        for stay in stays
        if stay.joined_at_ms is not None and (stay.left_at_ms is None or stay.left_at_ms > from_ms)
    ]


def _met_ms(some: Sequence[Span], others: Sequence[Span]) -> int | None:
    """The first moment at which one of `some` and one of `others` were there together."""
    return earliest(*(_overlap_ms(one, other) for one in some for other in others))


def _overlap_ms(one: Span, other: Span) -> int | None:
    start_ms = max(one.start_ms, other.start_ms)
    end_ms = earliest(one.end_ms, other.end_ms)
    return None if end_ms is not None and start_ms >= end_ms else start_ms


# --- who hung up -----------------------------------------------------------------------------------------------------

HungUp = tuple[int, EndReason]


def _caller_hung_up(parties: Parties) -> HungUp | None:
    at_ms = _left_on_purpose_ms(parties.of(parties.call.caller_id))
    return None if at_ms is None else (at_ms, EndReason.CALLER_HUNG_UP)


def _one_of_the_pair_hung_up(parties: Parties) -> HungUp | None:
    callee_ms = _left_on_purpose_ms(parties.of(parties.call.callee_id))
    callee = None if callee_ms is None else (callee_ms, EndReason.CALLEE_HUNG_UP)
    ends = [end for end in (_caller_hung_up(parties), callee) if end is not None]
    return min(ends, key=lambda end: end[0], default=None)


def _nobody_hung_up(_: Parties) -> HungUp | None:
    return None


def _left_on_purpose_ms(stays: Iterable[Presence]) -> int | None:
    return earliest(*(stay.left_at_ms for stay in stays if stay.left_why is LeftWhy.ON_PURPOSE))


@dataclass(frozen=True, slots=True)
class Rules:
    met_ms: Callable[[Parties], int | None]
    hung_up: Callable[[Parties], HungUp | None]


RULES: dict[CallType, Rules] = {
    CallType.SUPPORT: Rules(_support_met_ms, _caller_hung_up),
    CallType.USER_TO_USER: Rules(_pair_met_ms, _one_of_the_pair_hung_up),
    CallType.CONFERENCE: Rules(_conference_met_ms, _nobody_hung_up),
}
