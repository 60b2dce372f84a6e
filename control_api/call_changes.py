"""What a change of a record says to the log: the records before and after in, events out. Pure.

Use cases do not write events about a call's state beside the state, where one of them could forget it: the log is told
what differs (`control_api.services.record`). Only what no record shows (a turn, a fault of the model) is added by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from control_api import call_events as e
from control_api.call_events import NewEvent
from control_api.recording_records import Recording
from control_api.records import Call, LeftWhy, Presence
from shared import call_report
from shared.call_report import Report, ReportEvent
from shared.ids import Identity, is_agent_identity
from shared.recording_state import RecordingState

Party = Literal["caller", "callee", "agent", "other"]


def created(call: Call) -> Iterator[NewEvent]:
    """Of a call that is stored for the first time; it may be over already."""
    begun = e.CreatedEvent(
        ai_enabled=call.ai_enabled,
        recording_enabled=call.recording_enabled,
        transcription_enabled=call.is_transcribed,
    )
    yield NewEvent(call.created_at_ms, begun)
    if call.is_final:
        yield from _ended(call)


def changed(before: Call, after: Call, *, why_lost: str | None = None) -> Iterator[NewEvent]:
    """`why_lost`: of the agent, when it was; no record shows it."""
    if before.opened_at_ms is None and after.opened_at_ms is not None and not after.is_final:
        yield NewEvent(after.opened_at_ms, e.RingingEvent())
    if before.answered_at_ms is None and after.answered_at_ms is not None:
        yield NewEvent(after.answered_at_ms, e.AnsweredEvent())
    if before.room_lost_ms != after.room_lost_ms and after.room_lost_ms is not None:
        yield NewEvent(after.room_lost_ms, e.RoomLostEvent())
    yield from _agent_changed(before, after, why_lost)
    if before.connected_at_ms is None and after.connected_at_ms is not None:
        after_ms = max(0, after.connected_at_ms - after.created_at_ms)
        yield NewEvent(after.connected_at_ms, e.ConnectedEvent(after_ms=after_ms))
    if after.is_final and (before.status, before.end_reason) != (after.status, after.end_reason):
        yield from _ended(after)


def _ended(call: Call) -> Iterator[NewEvent]:
    if call.ended_at_ms is not None and call.end_reason is not None:
        data = e.EndedEvent(status=call.status, reason=call.end_reason, detail=call.end_detail)
        yield NewEvent(call.ended_at_ms, data)


def _agent_changed(before: Call, after: Call, why_lost: str | None) -> Iterator[NewEvent]:
    """In the order in which it happens to one agent."""
    epoch = after.agent_epoch
    is_another = epoch != before.agent_epoch
    if before.has_agent and is_another and after.agent_requested_ms is not None:
        yield NewEvent(after.agent_requested_ms, e.AgentLostEvent(epoch=before.agent_epoch, detail=why_lost))
        yield NewEvent(after.agent_requested_ms, e.FailoverEvent(from_epoch=before.agent_epoch, epoch=epoch))
    is_asked_again = is_another or before.agent_dispatches != after.agent_dispatches
    if is_asked_again and after.agent_dispatches and after.agent_dispatched_ms is not None:
        yield NewEvent(after.agent_dispatched_ms, e.DispatchedEvent(epoch=epoch, attempt=after.agent_dispatches))
    if after.agent_claimed_ms is not None and (is_another or before.agent_claimed_ms is None):
        yield NewEvent(after.agent_claimed_ms, e.ClaimedEvent(epoch=epoch, worker_id=after.agent_worker_id))
    if after.agent_joined_ms is not None and (is_another or before.agent_joined_ms is None):
        yield _joined(after, after.agent_joined_ms)
    if before.has_agent and not after.has_agent and not after.is_final and after.agent_gone_ms is not None:
        yield NewEvent(after.agent_gone_ms, e.AgentGoneEvent(epoch=epoch))


def _joined(call: Call, at_ms: int) -> NewEvent:
    asked_ms = call.agent_requested_ms
    after_ms = None if asked_ms is None else max(0, at_ms - asked_ms)
    return NewEvent(at_ms, e.AgentJoinedEvent(epoch=call.agent_epoch, after_ms=after_ms))


def stay_changed(call: Call, before: Presence | None, after: Presence) -> Iterator[NewEvent]:
    """A better reason for the same leaving is not told again."""
    was_there = before is not None and before.joined_at_ms is not None and before.left_at_ms is None
    had_left = before is not None and before.left_at_ms is not None
    party = _party(call, after.identity)
    if after.left_at_ms is None:
        if after.joined_at_ms is not None and not was_there:
            yield NewEvent(after.joined_at_ms, e.ParticipantJoinedEvent(identity=after.identity, party=party))
    elif not had_left:
        left = e.ParticipantLeftEvent(identity=after.identity, party=party, why=_why(after.left_why))
        yield NewEvent(after.left_at_ms, left)


def _party(call: Call, identity: Identity) -> Party:
    if is_agent_identity(identity):
        return "agent"
    if identity == call.caller_id:
        return "caller"
    return "callee" if identity == call.callee_id else "other"


def _why(why: LeftWhy | None) -> Literal["on_purpose", "lost", "unseen"] | None:
    match why:
        case LeftWhy.ON_PURPOSE:
            return "on_purpose"
        case LeftWhy.LOST:
            return "lost"
        case LeftWhy.UNSEEN:
            return "unseen"
        case None:
            return None


def recording_changed(before: Recording | None, after: Recording, at_ms: int) -> Iterator[NewEvent]:
    if before is None or before.state is not after.state:
        yield NewEvent(at_ms, e.RecordingMovedEvent(egress_id=after.egress_id, state=after.state))


def recording_began(
    call: Call, before: Recording | None, after: Recording, stays: Sequence[Presence]
) -> list[NewEvent]:
    """Who is in the call when a recording of it begins to be written."""
    had_begun = before is None or before.state is not RecordingState.STARTING
    if had_begun or after.state is not RecordingState.ACTIVE:
        return []
    people = {stay.identity for stay in stays if stay.left_at_ms is None and not is_agent_identity(stay.identity)}
    return [_consent(call, after, identity, after.created_ms) for identity in sorted(people)]


def joined_recorded_call(call: Call, recording: Recording, before: Presence | None, after: Presence) -> list[NewEvent]:
    """Somebody has come into a call that is being recorded."""
    is_new = before is None and after.joined_at_ms is not None and after.left_at_ms is None
    if not is_new or is_agent_identity(after.identity) or recording.state is not RecordingState.ACTIVE:
        return []
    return [_consent(call, recording, after.identity, after.joined_at_ms or 0)]


def _consent(call: Call, recording: Recording, identity: Identity, at_ms: int) -> NewEvent:
    basis: Literal["asked", "knew", "told"] = "told"
    if identity == recording.asked_by:
        basis = "asked"
    elif call.recording_enabled or at_ms > recording.created_ms:
        basis = "knew"
    data = e.RecordingConsentEvent(egress_id=recording.egress_id, identity=identity, basis=basis)
    return NewEvent(at_ms, data)


def reported(report: Report) -> Iterator[NewEvent]:
    """What a worker's report says to the log by itself. Joining and ending change the call, and are told by that."""
    data = _data_of(report.epoch, report.event)
    if data is not None:
        yield NewEvent(report.at_ms, data)


def _data_of(epoch: int, event: ReportEvent) -> e.AnyEvent | None:
    match event:
        case call_report.Turn():
            return e.TurnEvent(
                epoch=epoch,
                turn=event.turn,
                response_ms=event.response_ms,
                interrupted=event.interrupted,
                played_ms=event.played_ms,
            )
        case call_report.Segment(text=""):
            return None
        case call_report.Segment():
            return e.SegmentEvent(segment_id=event.segment_id, speaker=event.speaker)
        case call_report.Usage():
            return e.UsageEvent(
                epoch=epoch,
                input_tokens=event.input_tokens,
                output_tokens=event.output_tokens,
                cached_tokens=event.cached_tokens,
                audio_tokens=event.audio_tokens,
                audio_output_tokens=event.audio_output_tokens,
                cached_audio_tokens=event.cached_audio_tokens,
            )
        case call_report.Happened():
            return e.HappenedEvent(epoch=epoch, what=event.kind, detail=event.detail)
        case call_report.AgentGone():
            return e.AgentLeftEvent(epoch=epoch, why=event.why, detail=event.detail)
        case _:
            return None
