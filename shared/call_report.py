"""What a worker tells the API about a call, in order and at least once.

A report is ``(call_id, epoch, seq, at_ms, event)``. `seq` grows within (call, epoch); the API keeps the triple and
applies each report once, so a worker may send again whatever was not acknowledged. It counts from 1 while the job runs;
what is told of a recording may come after the job, and from another process, and is numbered by the time. `at_ms` and
all other times are milliseconds since 1970 on the worker's clock.

``POST /internal/reports`` with ``{"workerId", "reports": [...]}``: 200 ``{"accepted": n, "rejected": [{"index",
"code"}]}``. Both kinds are done with: a report that was refused once will be refused again, and must not block the
ones behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from shared import wire
from shared.call_state import EndReason
from shared.ids import CallId, EgressId
from shared.recording_order import WHOLE

PATH = "/internal/reports"
MAX_BATCH = 200
MAX_BYTES = 4 * 1024 * 1024
MAX_TEXT_CHARS = 16 * 1024
AGENT_SPEAKER = "agent"
"""The speaker of the agent's words; everybody else's is their identity."""
NOT_UNDERSTOOD = "[not understood]"
"""The text of a segment in which somebody spoke and whose words nobody knows."""
WRITTEN_PREFIX = "written_"
"""How ids of segments begin whose words were written, in the room's chat."""


class GoneWhy(StrEnum):
    """Why an agent left a call that goes on without it, or that the API must decide about."""

    REMOVED = "removed"
    DRAINED = "drained"
    SUPERSEDED = "superseded"
    NOT_STARTED = "not_started"
    """LiveKit never started the job that the worker had taken."""
    HUNG_UP = "hung_up"
    """It took its leave of a call of several people, by its own tool."""
    FAILED = "failed"
    """Its model is gone, or it broke itself, in a call of several people: they go on without it. Another agent would
    fare no better now."""
    DEAF = "deaf"
    """Somebody's microphone was not given to it any more, whatever it did; who comes anew is given it."""
    PATH_LOST = "path_lost"
    """Nothing of its sound got through any more, or nothing to it, while the media server was there: another worker's
    path may be well."""


@dataclass(frozen=True, slots=True)
class AgentJoined:
    """The agent is in the room, its track is published, its model session answers."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One finished stretch of speech. Reported again with the same id, it replaces the earlier one."""

    segment_id: str
    speaker: str
    """An identity, or `AGENT_SPEAKER`."""
    text: str = field(repr=False)
    start_ms: int
    end_ms: int
    is_cut: bool = False
    """It ended before its last word: `text` is the part that was heard."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the agent, as the worker measured it."""

    turn: int
    response_ms: int | None
    """End of the caller's speech to the first answering sound handed to the room; None for words of its own accord."""
    interrupted: bool
    played_ms: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one model response."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    audio_tokens: int
    """Of both."""
    audio_output_tokens: int = 0
    """Those of `audio_tokens` that are output."""
    cached_audio_tokens: int = 0
    """Those of `cached_tokens` that are audio."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The worker ended the call (or saw it end) for this reason."""

    reason: EndReason
    detail: str | None = None
    """A short machine word for operators (an error code of the provider), never text of the conversation."""


@dataclass(frozen=True, slots=True)
class AgentGone:
    why: GoneWhy
    detail: str | None = None
    """As of `CallEnded`; with `GoneWhy.FAILED` it begins with the reason that the call would have ended with."""


class HappenedKind(StrEnum):
    """What an operator wants to know of a call beside its words: faults of the model, and what was done about them."""

    MODEL_AWAY = "model_away"
    """The model's connection is lost, or its session is given up; a new one is being opened. Detail: why."""
    MODEL_BACK = "model_back"
    """A session with the conversation so far has taken over. Detail: after how many ms."""
    ANSWER_STALLED = "answer_stalled"
    """An answer did not begin in time, or broke off. Detail: which, and what is done about it."""
    ANSWER_FAILED = "answer_failed"
    """The model ended an answer with an error, without a sound or before its end, and is asked again. Detail: the code
    of the error, ``no_sound``, or why it ended early."""
    RATE_LIMITED = "rate_limited"
    """As `ANSWER_FAILED`, and the model said to wait. Detail: for how many ms."""
    SESSION_RENEWED = "session_renewed"
    """The session was near its longest duration and was replaced in a pause. Detail: its age in s."""
    MODEL_CHANGED = "model_changed"
    """Another model was asked for and has taken over. Detail: its name."""
    TOOL_LOOP_STOPPED = "tool_loop_stopped"
    """The model called a tool again and again. Detail: the tool's name."""
    CLIP_PLAYED = "clip_played"
    """A stored line was spoken in place of the model. Detail: the clip's name."""
    AUDIO_DROPPED = "audio_dropped"
    """Words of the caller that the model never got: they were too old when it was back. Detail: how many ms."""
    TRANSCRIPTION_OFF = "transcription_off"
    """The model's service does not write down what people say in this call: it refused the transcriber. Detail: the
    service's code."""
    TURN_TOO_LONG = "turn_too_long"
    """Sound without a pause, or an interruption without words: the model hears no more of it until it has answered.
    Detail: for how many s it had gone on."""
    WORDS_LOST = "words_lost"
    """Somebody spoke, and nobody knows what: in the transcript it stands as `NOT_UNDERSTOOD`. Detail: why."""
    MESSAGE_LEFT_OUT = "message_left_out"
    """Somebody wrote in the chat and was not read, or not to the end, and was told so. Detail: ``too_many``,
    ``too_long`` (its beginning is read), ``broke_off``. Told once in a while of each person."""
    MICROPHONE_LOST = "microphone_lost"
    """The media server does not give the agent, or the recorder, somebody's microphone, which is asked for again.
    Detail: the track's id."""
    MICROPHONE_BACK = "microphone_back"
    """It is heard again. Detail: after how many ms."""
    PATH_LOST = "path_lost"
    """Nothing got through between the media server and the agent, or the recorder, which leaves for another. Detail:
    for how many ms."""
    PATH_GAP = "path_gap"
    """For a while nothing got through, and it does again: what was lost is said again, or asked for. Detail: for how
    many ms at the most."""


@dataclass(frozen=True, slots=True)
class Happened:
    """For the call's timeline. Changes no state of the call."""

    kind: HappenedKind
    detail: str | None = None
    """A short machine word for operators, never text of the conversation."""


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """This job records from now on."""

    egress_id: EgressId
    part: int
    """Which file of the recording: the epoch of the job that writes it."""
    started_ms: int
    """When the first sample of the file was heard."""


class RecordingCause(StrEnum):
    """Why a part ended."""

    STOPPED = "stopped"
    CALL_OVER = "call_over"
    JOB_OVER = "job_over"
    """The job left a call that goes on: another one may continue."""
    DISK_FULL = "disk_full"
    ENCODER_FAILED = "encoder_failed"
    WORKER_LOST = "worker_lost"
    """The process died; what it had written was found later, up to about a second before."""


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The part is written to its end and on its way to the store."""

    egress_id: EgressId
    part: int
    duration_ms: int
    cause: RecordingCause


@dataclass(frozen=True, slots=True)
class RecordingStored:
    """The part lies in the store, verified."""

    egress_id: EgressId
    part: int
    """Or `shared.recording_order.WHOLE`: the file that was joined of the others."""
    path: str
    size_bytes: int
    sha256: str
    """In hexadecimal."""
    duration_ms: int
    peaks_path: str | None
    """Its waveform lies here."""


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """Of this part nothing can be played, or it could not be stored; it is not tried again."""

    egress_id: EgressId
    part: int
    code: str
    """A short machine word for operators."""
    cause: RecordingCause | None = None
    """Why a part ended of which nothing can be played; None where it never began, and of workers of before."""


_E = TypeVar("_E", bound=StrEnum)

RecordingReport = RecordingStarted | RecordingEnded | RecordingStored | RecordingFailed
ReportEvent = AgentJoined | Segment | Turn | Usage | CallEnded | AgentGone | Happened | RecordingReport


@dataclass(frozen=True, slots=True)
class Report:
    call_id: CallId
    epoch: int
    seq: int
    at_ms: int
    event: ReportEvent

    def to_wire(self) -> dict[str, Any]:
        return {
            "callId": self.call_id,
            "epoch": self.epoch,
            "seq": self.seq,
            "atMs": self.at_ms,
            "event": event_to_wire(self.event),
        }

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> Report:
        """Raises `wire.WireError`."""
        event = value.get("event")
        if not isinstance(event, dict):
            raise wire.WireError("event must be a JSON object")
        return Report(
            call_id=CallId(wire.text(value, "callId", max_chars=64)),
            epoch=wire.integer(value, "epoch", minimum=1),
            seq=wire.integer(value, "seq", minimum=1),
            at_ms=wire.integer(value, "atMs"),
            event=event_from_wire(event),
        )


def event_to_wire(event: ReportEvent) -> dict[str, Any]:
    match event:
        case AgentJoined():
            return {"type": "agent_joined"}
        case Segment():
            return {
                "type": "segment",
                "segmentId": event.segment_id,
                "speaker": event.speaker,
                "text": event.text,
                "startMs": event.start_ms,
                "endMs": event.end_ms,
                "isCut": event.is_cut,
            }
        case Turn():
            return {
                "type": "turn",
                "turn": event.turn,
                "responseMs": event.response_ms,
                "interrupted": event.interrupted,
                "playedMs": event.played_ms,
            }
        case Usage():
            return {
                "type": "usage",
                "inputTokens": event.input_tokens,
                "outputTokens": event.output_tokens,
                "cachedTokens": event.cached_tokens,
                "audioTokens": event.audio_tokens,
                "audioOutputTokens": event.audio_output_tokens,
                "cachedAudioTokens": event.cached_audio_tokens,
            }
        case CallEnded():
            return {"type": "call_ended", "reason": event.reason.value, "detail": event.detail}
        case AgentGone():
            return {"type": "agent_gone", "why": event.why.value, "detail": event.detail}
        case Happened():
            return {"type": "happened", "kind": event.kind.value, "detail": event.detail}
        case RecordingStarted():
            return _about_part("recording_started", event) | {"startedMs": event.started_ms}
        case RecordingEnded():
            ended = {"durationMs": event.duration_ms, "cause": event.cause.value}
            return _about_part("recording_ended", event) | ended
        case RecordingStored():
            return _about_part("recording_stored", event) | {
                "path": event.path,
                "sizeBytes": event.size_bytes,
                "sha256": event.sha256,
                "durationMs": event.duration_ms,
                "peaksPath": event.peaks_path,
            }
        case RecordingFailed():
            cause = None if event.cause is None else event.cause.value
            return _about_part("recording_failed", event) | {"code": event.code, "cause": cause}


def _about_part(kind: str, event: RecordingReport) -> dict[str, Any]:
    return {"type": kind, "egressId": event.egress_id, "part": event.part}


def event_from_wire(value: Mapping[str, Any]) -> ReportEvent:
    kind = value.get("type")
    match kind:
        case "agent_joined":
            return AgentJoined()
        case "segment":
            return Segment(
                segment_id=wire.text(value, "segmentId", max_chars=128),
                speaker=wire.text(value, "speaker"),
                text=wire.text(value, "text", max_chars=MAX_TEXT_CHARS),
                start_ms=wire.integer(value, "startMs"),
                end_ms=wire.integer(value, "endMs"),
                is_cut=value.get("isCut") is True,
            )
        case "turn":
            return Turn(
                turn=wire.integer(value, "turn"),
                response_ms=wire.optional_integer(value, "responseMs"),
                interrupted=value.get("interrupted") is True,
                played_ms=wire.integer(value, "playedMs"),
            )
        case "usage":
            return Usage(
                input_tokens=wire.integer(value, "inputTokens"),
                output_tokens=wire.integer(value, "outputTokens"),
                cached_tokens=wire.integer(value, "cachedTokens"),
                audio_tokens=wire.integer(value, "audioTokens"),
                # Workers of before did not tell these.
                audio_output_tokens=wire.optional_integer(value, "audioOutputTokens") or 0,
                cached_audio_tokens=wire.optional_integer(value, "cachedAudioTokens") or 0,
            )
        case "call_ended":
            return CallEnded(_enum(EndReason, value, "reason"), wire.optional_text(value, "detail"))
        case "agent_gone":
            return AgentGone(_enum(GoneWhy, value, "why"), wire.optional_text(value, "detail"))
        case "happened":
            return Happened(_enum(HappenedKind, value, "kind"), wire.optional_text(value, "detail"))
        case "recording_started" | "recording_ended" | "recording_stored" | "recording_failed":
            return _recording_from_wire(value)
        case _:
            raise wire.WireError("event.type is not known")


def _recording_from_wire(value: Mapping[str, Any]) -> RecordingReport:
    egress_id = EgressId(wire.text(value, "egressId", max_chars=128))
    part = wire.integer(value, "part", minimum=WHOLE if value["type"] == "recording_stored" else 1)
    match value["type"]:
        case "recording_started":
            return RecordingStarted(egress_id, part, wire.integer(value, "startedMs"))
        case "recording_ended":
            return RecordingEnded(
                egress_id, part, wire.integer(value, "durationMs"), _enum(RecordingCause, value, "cause")
            )
        case "recording_stored":
            return RecordingStored(
                egress_id,
                part,
                path=wire.text(value, "path", max_chars=1024),
                size_bytes=wire.integer(value, "sizeBytes"),
                sha256=wire.text(value, "sha256", max_chars=64),
                duration_ms=wire.integer(value, "durationMs"),
                peaks_path=wire.optional_text(value, "peaksPath", max_chars=1024),
            )
        case _:
            cause = None if value.get("cause") is None else _enum(RecordingCause, value, "cause")
            return RecordingFailed(egress_id, part, wire.text(value, "code", max_chars=64), cause)


def _enum(kind: type[_E], value: Mapping[str, Any], key: str) -> _E:
    try:
        return kind(wire.text(value, key))
    except ValueError:
        raise wire.WireError(f"{key} is not known") from None
