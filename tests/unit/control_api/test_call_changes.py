"""What differs between two records is what the log is told."""

from __future__ import annotations

from dataclasses import replace

from control_api import call_changes
from control_api import call_events as e
from control_api.agent_epochs import with_new_agent, with_next_agent, without_agent
from control_api.call_events import NewEvent
from control_api.call_facts import end
from control_api.records import Call, LeftWhy
from shared.call_state import CallState, EndReason
from shared.ids import Identity
from tests.support.calls import AGENT, CALLER, T0, WORKER, a_call, a_claimed_call, a_connected_call, a_stay


def told(before: Call, after: Call) -> list[NewEvent]:
    return list(call_changes.changed(before, after))


def test_a_call_from_its_beginning_to_its_end() -> None:
    asked = a_call(opened_at_ms=None, status=CallState.PENDING, agent_dispatched_ms=None, agent_dispatches=0)
    begun = e.CreatedEvent(ai_enabled=True, recording_enabled=False, transcription_enabled=True)
    assert list(call_changes.created(asked)) == [NewEvent(T0, begun)]
    assert told(asked, a_call()) == [
        NewEvent(T0 + 20, e.RingingEvent()),
        NewEvent(T0 + 20, e.DispatchedEvent(epoch=1, attempt=1)),
    ]
    assert told(a_call(), a_claimed_call()) == [NewEvent(T0 + 100, e.ClaimedEvent(epoch=1, worker_id=WORKER))]
    connected = a_connected_call()
    assert told(a_claimed_call(), connected) == [
        NewEvent(T0 + 500, e.AgentJoinedEvent(epoch=1, after_ms=480)),
        NewEvent(T0 + 500, e.ConnectedEvent(after_ms=500)),
    ]
    over = end(connected, EndReason.PROVIDER_DOWN, T0 + 9_000, detail="closed_1011")
    ended = e.EndedEvent(status=CallState.FAILED, reason=EndReason.PROVIDER_DOWN, detail="closed_1011")
    assert told(connected, over) == [NewEvent(T0 + 9_000, ended)]
    assert told(over, replace(over, room_closed=True)) == []


def test_a_call_that_is_over_at_once_was_created_and_ended() -> None:
    busy = end(a_call(opened_at_ms=None, status=CallState.PENDING), EndReason.BUSY, T0)
    assert [event.data.kind for event in call_changes.created(busy)] == ["created", "ended"]


def test_an_end_that_is_corrected_is_told_again() -> None:
    lost = replace(
        a_connected_call(), status=CallState.COMPLETED, end_reason=EndReason.CALLER_LOST, ended_at_ms=T0 + 9_000
    )
    hung_up = replace(lost, end_reason=EndReason.CALLER_HUNG_UP, ended_at_ms=T0 + 8_000)
    ended = e.EndedEvent(status=CallState.COMPLETED, reason=EndReason.CALLER_HUNG_UP)
    assert told(lost, hung_up) == [NewEvent(T0 + 8_000, ended)]


def test_an_agent_that_is_removed_and_the_next_one() -> None:
    alone = without_agent(a_connected_call(), T0 + 5_000, is_removed=True)
    assert told(a_connected_call(), alone) == [NewEvent(T0 + 5_000, e.AgentGoneEvent(epoch=1))]
    asked = with_new_agent(alone, T0 + 6_000)
    assert told(alone, asked) == [NewEvent(T0 + 6_000, e.DispatchedEvent(epoch=2, attempt=1))]
    again = replace(asked, agent_dispatched_ms=T0 + 9_000, agent_dispatches=2)
    assert told(asked, again) == [NewEvent(T0 + 9_000, e.DispatchedEvent(epoch=2, attempt=2))]


def test_an_agent_in_the_place_of_one_that_was_lost() -> None:
    before = a_connected_call()
    assert told(before, with_next_agent(before, T0 + 6_000)) == [
        NewEvent(T0 + 6_000, e.AgentLostEvent(epoch=1)),
        NewEvent(T0 + 6_000, e.FailoverEvent(from_epoch=1, epoch=2)),
        NewEvent(T0 + 6_000, e.DispatchedEvent(epoch=2, attempt=1)),
    ]


def test_the_end_of_a_call_is_not_the_loss_of_its_agent() -> None:
    before = a_connected_call()
    events = told(before, end(before, EndReason.ENDED_BY_API, T0 + 6_000))
    assert [event.data.kind for event in events] == ["ended"]


def test_the_callee_answers() -> None:
    before = a_call(callee_id=Identity("user-2"))
    assert told(before, replace(before, answered_at_ms=T0 + 50)) == [NewEvent(T0 + 50, e.AnsweredEvent())]


def test_people_come_and_go() -> None:
    call = a_call(callee_id=Identity("user-2"))
    stay = a_stay()
    joined = NewEvent(T0 + 400, e.ParticipantJoinedEvent(identity=CALLER, party="caller"))
    assert list(call_changes.stay_changed(call, None, stay)) == [joined]
    assert list(call_changes.stay_changed(call, stay, stay)) == []
    unseen = replace(stay, left_at_ms=T0 + 900, left_why=LeftWhy.UNSEEN)
    left = NewEvent(T0 + 900, e.ParticipantLeftEvent(identity=CALLER, party="caller", why="unseen"))
    assert list(call_changes.stay_changed(call, stay, unseen)) == [left]
    better = replace(unseen, left_why=LeftWhy.ON_PURPOSE)
    assert list(call_changes.stay_changed(call, unseen, better)) == [], "they had left already"
    assert list(call_changes.stay_changed(call, unseen, stay)) == [joined], "they were there all the time"
    parties = {AGENT: "agent", "user-2": "callee", "user-9": "other"}
    for identity, party in parties.items():
        (event,) = call_changes.stay_changed(call, None, a_stay(identity=identity))
        assert event.data == e.ParticipantJoinedEvent.model_validate({"identity": identity, "party": party})


def test_a_stay_of_which_only_the_end_is_known() -> None:
    ended = a_stay(joined_at_ms=None, left_at_ms=T0 + 900, left_why=LeftWhy.LOST)
    assert [event.data.kind for event in call_changes.stay_changed(a_call(), None, ended)] == ["participant_left"]
    known = replace(ended, joined_at_ms=T0 + 400)
    assert list(call_changes.stay_changed(a_call(), ended, known)) == []
