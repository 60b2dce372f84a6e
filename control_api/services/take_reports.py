"""Workers' reports: applied in order, each once, a batch in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from control_api.agent_epochs import left_without_leave, without_agent
from control_api.call_facts import end, settle
from control_api.call_parties import earliest
from control_api.erasure import come_too_late
from control_api.ports import CallStore, CallTx, Closer
from control_api.recorder_jobs import without_recorder
from control_api.records import Call, CallType, StoredSegment, StoredTurn, StoredUsage
from control_api.services.erasures import doom
from control_api.services.record import settle_and_save, tell_report
from control_api.services.settle_recording import take_report
from shared.call_report import (
    AgentGone,
    AgentJoined,
    CallEnded,
    GoneWhy,
    Happened,
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
    RecordingStored,
    Report,
    Segment,
    Turn,
    Usage,
)
from shared.call_state import FAULTS, EndReason
from shared.ids import CallId
from shared.log import get_logger

log = get_logger(__name__)

UNKNOWN_CALL = "unknown_call"
UNKNOWN_EPOCH = "unknown_epoch"

_ABOUT_AGENT = FAULTS | {EndReason.AGENT_HUNG_UP}
_TO_BE_REPLACED = frozenset(
    {
        GoneWhy.REMOVED,
        GoneWhy.SUPERSEDED,
        GoneWhy.DRAINED,
        GoneWhy.NOT_STARTED,
        GoneWhy.DEAF,
        GoneWhy.PATH_LOST,
    }
)
_CALLER_WAS_THERE = frozenset({EndReason.CALLER_HUNG_UP, EndReason.CALLER_LOST, EndReason.IDLE_TIMEOUT})


@dataclass(frozen=True, slots=True)
class Taken:
    """`rejected`: position in the batch -> code. `ended`: calls that these reports ended."""

    rejected: dict[int, str]
    ended: tuple[Call, ...]


class Reports:
    def __init__(self, store: CallStore, closer: Closer, on_agent_out: Callable[[], None] = lambda: None) -> None:
        """`on_agent_out`: an agent is out of a call that is to have another one."""
        self._store = store
        self._closer = closer
        self._on_agent_out = on_agent_out

    async def take(self, reports: Sequence[Report]) -> Taken:
        taken = await self._store.write(lambda tx: apply_reports(tx, reports))
        for call in taken.ended:
            log.info("call ended", call_id=call.id, status=call.status.value, end_reason=call.end_reason)
        self._closer.close_soon(taken.ended)
        if any(isinstance(report.event, CallEnded | AgentGone) for report in reports):
            self._on_agent_out()
        return taken


def apply_reports(tx: CallTx, reports: Sequence[Report]) -> Taken:
    rejected: dict[int, str] = {}
    before = {call.id: call for call in tx.calls(sorted({report.call_id for report in reports}))}
    after = dict(before)
    for index, report in enumerate(reports):
        call = after.get(report.call_id)
        if call is None:
            rejected[index] = UNKNOWN_CALL
        elif report.epoch > call.last_epoch:
            rejected[index] = UNKNOWN_EPOCH
        elif tx.add_report(report.call_id, report.epoch, report.seq) and not _is_forgotten(tx, call, report):
            tell_report(tx, report)
            after[call.id] = _apply(tx, call, report)
    return Taken(rejected, tuple(_settle_all(tx, before, after)))


def _is_forgotten(tx: CallTx, call: Call, report: Report) -> bool:
    words = report.event if isinstance(report.event, Segment) and call.is_final else None
    return words is not None and come_too_late(call, words.speaker, tx.presence(call.id))


def _settle_all(tx: CallTx, before: dict[CallId, Call], after: dict[CallId, Call]) -> list[Call]:
    settled = [settle_and_save(tx, before[call_id], call) for call_id, call in after.items()]
    return [call for call in settled if call.is_final and not before[call.id].is_final]


def _apply(tx: CallTx, call: Call, report: Report) -> Call:
    """The call after one report; what is stored beside the call is stored here."""
    event = report.event
    match event:
        case Segment(text=""):
            # It was told to be heard, and was not.
            tx.drop_segment(call.id, event.segment_id)
            return call
        case Segment():
            tx.put_segment(
                StoredSegment(
                    call.id, event.segment_id, event.speaker, event.text, event.start_ms, event.end_ms, event.is_cut
                )
            )
            call = _spoken(call, min(event.end_ms, report.at_ms))
            return _caller_seen(call, event.start_ms) if event.speaker == call.caller_id else call
        case Turn():
            tx.put_turn(
                StoredTurn(call.id, report.epoch, event.turn, event.response_ms, event.interrupted, event.played_ms)
            )
            return call
        case Usage():
            tx.put_usage(StoredUsage(call.id, report.epoch, report.seq, event))
            return call
        case Happened():
            log.info("happened in a call", call_id=call.id, epoch=report.epoch, kind=event.kind, detail=event.detail)
            return call
        case AgentJoined() | CallEnded() | AgentGone():
            # Words of an agent that was replaced still count; its opinion about the call does not.
            if report.epoch == call.agent_epoch:
                return _agent_said(tx, call, event, report.at_ms)
            is_recorder = call.recorder is not None and report.epoch == call.recorder.epoch
            return without_recorder(call, report.epoch, report.at_ms) if is_recorder else call
        case RecordingStarted() | RecordingEnded() | RecordingStored() | RecordingFailed():
            if not take_report(tx, event, report.at_ms) and isinstance(event, RecordingStored):
                # It was erased while its file was still on its way.
                doom(tx, (path for path in (event.path, event.peaks_path) if path is not None), report.at_ms)
            return call


def _agent_said(tx: CallTx, call: Call, event: AgentJoined | CallEnded | AgentGone, at_ms: int) -> Call:
    match event:
        case AgentJoined():
            return replace(call, agent_joined_ms=earliest(call.agent_joined_ms, at_ms))
        case CallEnded() | AgentGone() if _is_out_without_leave(event):
            return left_without_leave(call, at_ms)
        case CallEnded() if _is_over_for_the_agent_only(call, event.reason):
            return without_agent(call, at_ms, is_removed=False)
        case CallEnded():
            if event.reason in _CALLER_WAS_THERE:
                call = _caller_seen(call, at_ms)
            # All that is known now must count before the end freezes it.
            return end(_settled(tx, call), event.reason, at_ms, detail=event.detail)
        case AgentGone():
            return without_agent(call, at_ms, is_removed=False)


def _is_out_without_leave(event: CallEnded | AgentGone) -> bool:
    """A worker can say only that *its* agent has lost the room; whether the room is lost, the upkeep sees itself."""
    if isinstance(event, CallEnded):
        return event.reason is EndReason.MEDIA_SERVER_LOST
    return event.why in _TO_BE_REPLACED


def _is_over_for_the_agent_only(call: Call, reason: EndReason) -> bool:
    """A worker speaks for its agent. Where several people talk, that it broke is not their end; and who of a
    conference was its caller does not matter."""
    match call.call_type:
        case CallType.SUPPORT:
            return False
        case CallType.USER_TO_USER:
            return reason in _ABOUT_AGENT
        case CallType.CONFERENCE:
            return reason in _ABOUT_AGENT or reason in (EndReason.CALLER_HUNG_UP, EndReason.CALLER_LOST)


def _settled(tx: CallTx, call: Call) -> Call:
    return settle(call, tx.presence(call.id), tx.rooms(call.id))


def _spoken(call: Call, at_ms: int) -> Call:
    return replace(call, spoken_ms=max(call.spoken_ms or 0, at_ms))


def _caller_seen(call: Call, at_ms: int) -> Call:
    return replace(call, caller_seen_ms=earliest(call.caller_seen_ms, at_ms))
