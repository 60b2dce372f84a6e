import itertools

from shared.agent_state import TRANSITIONS, AgentEvent, AgentState, next_agent_state, public_status


def test_the_table_is_total() -> None:
    assert set(TRANSITIONS) == set(itertools.product(AgentState, AgentEvent))


def test_only_a_new_request_brings_a_gone_agent_back() -> None:
    assert {event for event in AgentEvent if next_agent_state(AgentState.DISCONNECTED, event) != "disconnected"} == {
        AgentEvent.REQUESTED
    }


def test_an_agent_is_active_only_after_a_claim() -> None:
    into_active = {
        state for (state, _), after in TRANSITIONS.items() if after is AgentState.ACTIVE and state is not after
    }
    assert into_active == {AgentState.CLAIMED}


def test_what_clients_see() -> None:
    assert [public_status(state) for state in (None, *AgentState)] == [
        None,
        "pending",
        "pending",
        "active",
        "disconnected",
    ]
