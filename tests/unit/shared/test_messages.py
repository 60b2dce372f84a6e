"""What one process writes the other one reads: round trips, and what is refused."""

import contextlib
import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import wire, worker_link
from shared.call_report import (
    AgentGone,
    AgentJoined,
    CallEnded,
    GoneWhy,
    Happened,
    HappenedKind,
    RecordingCause,
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
    RecordingStored,
    Report,
    ReportEvent,
    Segment,
    Turn,
    Usage,
)
from shared.call_spec import MAX_BYTES, CallSpec, JobRole
from shared.call_state import EndReason
from shared.claims import Claim, ClaimRequest, SaidBefore
from shared.ids import CallId, EgressId, Identity, RoomName, WorkerId

CALL = CallId("0192f0c1-7a3b-7000-8000-000000000001")
RECORDING = EgressId("EG_0123456789abcdef01234567")

EVENTS: list[ReportEvent] = [
    AgentJoined(),
    Segment("SG_1", "user_1", "Grüß Gott, where is 427?", 1_000, 2_500),
    Turn(turn=3, response_ms=612, interrupted=True, played_ms=480),
    Turn(turn=0, response_ms=None, interrupted=False, played_ms=0),
    Usage(10, 20, 3, 15),
    Usage(10, 20, 3, 15, audio_output_tokens=11, cached_audio_tokens=2),
    CallEnded(EndReason.PROVIDER_AUTH, "invalid_api_key"),
    CallEnded(EndReason.CALLER_HUNG_UP),
    AgentGone(GoneWhy.REMOVED),
    AgentGone(GoneWhy.FAILED, "provider_down connection"),
    Happened(HappenedKind.MODEL_AWAY, "closed_1011"),
    Happened(HappenedKind.CLIP_PLAYED),
    RecordingStarted(RECORDING, 1, 1_700_000_000_000),
    RecordingEnded(RECORDING, 2, 61_020, RecordingCause.DISK_FULL),
    RecordingStored(RECORDING, 2, "call/EG_1.mp4", 480_123, "0f" * 32, 61_020, "call/EG_1.mp4.peaks.json"),
    RecordingStored(RECORDING, 2, "call/EG_1.ogg", 480_123, "0f" * 32, 61_020, None),
    RecordingFailed(RECORDING, 3, "no_store"),
    RecordingFailed(RECORDING, 3, "nothing_to_play", RecordingCause.WORKER_LOST),
]


def through_json(value: dict[str, Any]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(wire.dumps(value))
    return parsed


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_reports_arrive_as_they_were_sent(event: ReportEvent) -> None:
    report = Report(CALL, epoch=2, seq=7, at_ms=1_700_000_000_000, event=event)
    assert Report.from_wire(through_json(report.to_wire())) == report


def test_every_kind_of_report_is_covered_above() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(ReportEvent))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"seq": 0}, "seq"),
        ({"seq": True}, "seq"),
        ({"epoch": None}, "epoch"),
        ({"event": None}, "event"),
        ({"event": {"type": "dance"}}, "event.type"),
        ({"event": {"type": "call_ended", "reason": "boredom"}}, "reason"),
        ({"event": {"type": "happened", "kind": "boredom"}}, "kind"),
        ({"event": {"type": "segment", "segmentId": "a"}}, "speaker"),
        ({"callId": "x" * 65}, "callId"),
        ({"event": {"type": "recording_started", "egressId": "EG_1", "part": 0}}, "part"),
        ({"event": {"type": "recording_ended", "egressId": "EG_1", "part": 1, "durationMs": 1, "cause": "x"}}, "cause"),
        ({"event": {"type": "recording_failed", "egressId": "EG_1", "part": 1}}, "code"),
        ({"event": {"type": "recording_failed", "egressId": "EG_1", "part": 1, "code": "a", "cause": "x"}}, "cause"),
    ],
)
def test_a_report_that_cannot_be_used_is_refused_by_the_name_of_its_field(change: dict[str, Any], names: str) -> None:
    value = Report(CALL, 1, 1, 1, AgentJoined()).to_wire() | change
    with pytest.raises(wire.WireError, match=names):
        Report.from_wire(value)


def test_the_dispatch_metadata_holds_ids_and_nothing_else() -> None:
    spec = CallSpec(CALL, RoomName("support-user_1-1700000000-0123456789abcdef"), epoch=1)
    metadata = spec.to_metadata()
    assert CallSpec.from_metadata(metadata) == spec
    assert set(json.loads(metadata)) == {"v", "callId", "roomName", "epoch", "role"}
    assert len(metadata) <= MAX_BYTES


def test_a_dispatch_says_what_the_job_does_and_one_of_an_older_api_is_an_agents() -> None:
    spec = CallSpec(CALL, RoomName("room"), 2, JobRole.RECORDER)
    assert CallSpec.from_metadata(spec.to_metadata()).role is JobRole.RECORDER
    older = {"v": 1, "callId": CALL, "roomName": "room", "epoch": 2}
    assert CallSpec.from_metadata(json.dumps(older)).role is JobRole.AGENT
    with pytest.raises(wire.WireError, match="role"):
        CallSpec.from_metadata(json.dumps(older | {"role": "singer"}))


@pytest.mark.parametrize("metadata", ["", "null", "[]", "{}", '{"v":2}', "{" * 5_000, "x" * 2_000])
def test_a_dispatch_that_is_not_ours_is_refused(metadata: str) -> None:
    with pytest.raises(wire.WireError):
        CallSpec.from_metadata(metadata)


def make_claim() -> Claim:
    return Claim(
        call_id=CALL,
        epoch=1,
        room_name=RoomName("room"),
        caller_identity=Identity("user_1"),
        agent_identity=Identity("ai-agent-000000000001"),
        livekit_url="ws://127.0.0.1:7880",
        token="secret-token",
        system_prompt="secret prompt",
        greeting=None,
        voice="alloy",
        model="",
        max_duration_s=3600,
        idle_timeout_s=120,
        reconnect_grace_s=30,
    )


def test_claims_arrive_as_they_were_sent_and_keep_their_secrets_out_of_logs() -> None:
    claim = make_claim()
    assert Claim.from_wire(through_json(claim.to_wire())) == claim
    assert Claim.from_wire(through_json(replace(claim, recording_notice=True).to_wire())).recording_notice
    with_token = replace(claim, notice_token="secret")
    assert Claim.from_wire(through_json(with_token.to_wire())) == with_token
    assert "secret" not in repr(claim) + repr(with_token)
    request = ClaimRequest(WorkerId("w"), CALL, 1, "AJ_1")
    assert ClaimRequest.from_wire(through_json(request.to_wire())) == request


@pytest.mark.parametrize(
    "message",
    [
        worker_link.Hello(WorkerId("w-1"), slots=20),
        worker_link.Hello(WorkerId("w-1"), slots=20, takes_offers=True),
        worker_link.Heartbeat(3, (worker_link.HeldCall(CALL, 1),)),
        worker_link.Heartbeat(0, ()),
        worker_link.Ack("c1"),
    ],
)
def test_the_workers_messages(message: worker_link.WorkerMessage) -> None:
    assert worker_link.parse_worker_message(wire.dumps(message.to_wire())) == message


def test_a_heartbeat_names_the_model_and_one_of_an_older_worker_does_not() -> None:
    held = worker_link.HeldCall(CALL, 1, "gpt-realtime")
    assert worker_link.HeldCall.from_wire(through_json(held.to_wire())).model == "gpt-realtime"
    assert worker_link.HeldCall.from_wire({"callId": CALL, "epoch": 1}).model == ""
    assert held == worker_link.HeldCall(CALL, 1)
    assert hash(held) == hash(worker_link.HeldCall(CALL, 1))


def test_a_claim_brings_the_talk_so_far_and_one_of_an_older_api_does_not() -> None:
    history = (SaidBefore(True, "Hello! secret"), SaidBefore(False, "Where is my order?"))
    claim = replace(make_claim(), history=history, takes_over=True)
    assert Claim.from_wire(through_json(claim.to_wire())) == claim
    assert "secret" not in repr(claim)
    value = make_claim().to_wire()
    del value["history"], value["takesOver"]
    assert Claim.from_wire(value) == make_claim()


def test_a_heartbeat_names_the_jobs_role_and_what_it_records() -> None:
    held = worker_link.HeldCall(CALL, 1, role=JobRole.RECORDER, recordings=(RECORDING,))
    read = worker_link.HeldCall.from_wire(through_json(held.to_wire()))
    assert (read.role, read.recordings) == (JobRole.RECORDER, (RECORDING,))
    older = worker_link.HeldCall.from_wire({"callId": CALL, "epoch": 1})
    assert (older.role, older.recordings) == (JobRole.AGENT, ())
    assert held == older, "call and epoch say which job it is"


@pytest.mark.parametrize("recordings", ["EG_1", [1], [None], ["x"] * 9, {"a": 1}])
def test_a_heartbeat_with_recordings_that_cannot_be_read_is_refused(recordings: object) -> None:
    with pytest.raises(wire.WireError, match="recordings"):
        worker_link.HeldCall.from_wire({"callId": CALL, "epoch": 1, "recordings": recordings})


def test_a_claim_of_a_recorder() -> None:
    claim = replace(make_claim(), role=JobRole.RECORDER, transcribe=True)
    assert Claim.from_wire(through_json(claim.to_wire())) == claim
    value = make_claim().to_wire()
    del value["role"], value["transcribe"]
    assert Claim.from_wire(value) == make_claim()


def test_a_claim_says_what_kind_of_call_it_is_and_one_of_an_older_api_is_support() -> None:
    claim = replace(make_claim(), call_type="user-to-user", callee_identity=Identity("user-2"))
    assert Claim.from_wire(through_json(claim.to_wire())) == claim
    value = make_claim().to_wire()
    del value["callType"], value["calleeIdentity"]
    assert Claim.from_wire(value) == make_claim()


def test_the_apis_messages_and_what_an_older_worker_does_not_know() -> None:
    command = worker_link.Command("c1", worker_link.CommandKind.END, CALL, 2, {"reason": "x"})
    assert worker_link.parse_api_message(wire.dumps(command.to_wire())) == command
    assert worker_link.parse_api_message(wire.dumps(worker_link.Welcome().to_wire())) == worker_link.Welcome()
    assert worker_link.parse_api_message('{"type":"command","command":"sing"}') is None
    assert worker_link.parse_api_message('{"type":"weather"}') is None


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_never_anything_but_a_wire_error(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        worker_link.parse_worker_message(data)
    with contextlib.suppress(wire.WireError):
        # An object of a type that this worker does not know is no error: the API may be newer.
        assert worker_link.parse_api_message(data) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["callId", "epoch", "seq", "atMs", "event", "type"]), json_values))
def test_any_json_object_is_a_report_or_a_wire_error(value: dict[str, Any]) -> None:
    with contextlib.suppress(wire.WireError):
        assert Report.from_wire(value).call_id == value["callId"]


def test_half_a_surrogate_pair_is_refused() -> None:
    value = Report(CALL, 1, 1, 1, Segment("SG_1", "user_1", "a\ud800", 1, 2)).to_wire()
    with pytest.raises(wire.WireError, match="text must be valid Unicode"):
        Report.from_wire(value)
