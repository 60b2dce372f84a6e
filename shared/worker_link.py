"""The one connection of a worker process to the API: a WebSocket at `PATH`, JSON texts of at most `MAX_BYTES`.

The worker opens it with ``Authorization: Bearer <VOICE_WORKER_TOKEN>``, says `Hello`, and then a `Heartbeat` every
second from the event loop that carries the audio, so that a blocked loop is silent here too. The first follows `Hello`
at once; the API answers the two with `Welcome`, when it knows the worker's free slots, and sends `Command`s.

Commands are *levels, not edges*: the API derives them from what is stored and from the calls that a heartbeat names
(a call that is over, or whose epoch is old, must go), and sends them again with each heartbeat until the worker no
longer names the call. So a command is idempotent, needs no queue that could be lost, and survives a restart of
either side. `Ack` only says that it was understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared import wire
from shared.call_spec import JobRole
from shared.ids import CallId, EgressId, WorkerId

PATH = "/internal/worker"
VERSION = 1
MAX_BYTES = 256 * 1024
MAX_CALLS = 1000
MAX_RECORDINGS = 8
"""Of one job at the same time. The API runs one; a few may be closing."""
HEARTBEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class HeldCall:
    call_id: CallId
    epoch: int
    model: str = field(default="", compare=False)
    """What the agent runs on; empty where it is not known. Call and epoch alone say which call it is."""
    role: JobRole = field(default=JobRole.AGENT, compare=False)
    recordings: tuple[EgressId, ...] = field(default=(), compare=False)
    """The recordings that this job writes now."""
    quiet_ms: int | None = field(default=None, compare=False)
    """For how long nobody speaks; None while nobody has come, or where it is not known."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "callId": self.call_id,
            "epoch": self.epoch,
            "model": self.model,
            "role": self.role.value,
            "recordings": list(self.recordings),
            "quietMs": self.quiet_ms,
        }

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> HeldCall:
        return HeldCall(
            CallId(wire.text(value, "callId", max_chars=64)),
            wire.integer(value, "epoch", minimum=1),
            wire.optional_text(value, "model", max_chars=128) or "",
            JobRole.from_wire(value),
            tuple(EgressId(egress_id) for egress_id in wire.texts(value, "recordings", max_items=MAX_RECORDINGS)),
            wire.optional_integer(value, "quietMs"),
        )


@dataclass(frozen=True, slots=True)
class Hello:
    worker_id: WorkerId
    slots: int
    """How many calls this process takes at once."""
    version: str | None = None
    """Of its program, for operators."""
    takes_offers: bool = False
    """It knows `CommandKind.TAKE_CALL`."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "v": VERSION,
            "workerId": self.worker_id,
            "slots": self.slots,
            "version": self.version,
            "takesOffers": self.takes_offers,
        }


@dataclass(frozen=True, slots=True)
class Heartbeat:
    free_slots: int
    """0 while draining."""
    calls: tuple[HeldCall, ...]
    draining: bool = False
    """It takes no more calls and ends with its last one."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "type": "heartbeat",
            "freeSlots": self.free_slots,
            "draining": self.draining,
            "calls": [call.to_wire() for call in self.calls],
        }


@dataclass(frozen=True, slots=True)
class Ack:
    command_id: str

    def to_wire(self) -> dict[str, Any]:
        return {"type": "ack", "commandId": self.command_id}


WorkerMessage = Hello | Heartbeat | Ack


@dataclass(frozen=True, slots=True)
class Welcome:
    heartbeat_s: float = HEARTBEAT_S

    def to_wire(self) -> dict[str, Any]:
        return {"type": "welcome", "v": VERSION, "heartbeatMs": int(self.heartbeat_s * 1000)}


class CommandKind(StrEnum):
    TAKE_CALL = "take_call"
    """``args: {"roomName": name}``: claim this call and serve it, as if LiveKit had offered the job. The one command
    that is an edge: it is sent once, and a call that nobody claims is dispatched by LiveKit after a while."""
    END = "end"
    """The call is over (the API has stored why): leave the room and forget it."""
    REMOVE_AGENT = "remove_agent"
    """The call goes on without this agent."""
    SET_MODEL = "set_model"
    """``args: {"model": name}``: go on with this model from the next pause in the talk; done when `HeldCall.model` says
    so."""
    START_RECORDING = "start_recording"
    """``args``: a `shared.recording_order.RecordingOrder`. Record from now on; done when `HeldCall.recordings` names
    the egress id. A job records an egress id once: for one that it has ended and reported the command does nothing."""
    STOP_RECORDING = "stop_recording"
    """``args: {"egressId": id}``: done when `HeldCall.recordings` does not name it."""
    JOIN_RECORDING = "join_recording"
    """``args``: a `shared.recording_order.JoinOrder`. To any worker, of a call that may be over; done when it reports
    the part `shared.recording_order.WHOLE` as stored."""


@dataclass(frozen=True, slots=True)
class Command:
    command_id: str
    kind: CommandKind
    call_id: CallId
    epoch: int
    args: Mapping[str, Any] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        return {
            "type": "command",
            "commandId": self.command_id,
            "command": self.kind.value,
            "callId": self.call_id,
            "epoch": self.epoch,
            "args": dict(self.args),
        }


ApiMessage = Welcome | Command


def parse_worker_message(text: str | bytes) -> WorkerMessage:
    """Raises `wire.WireError`."""
    value = wire.parse_object(text, max_bytes=MAX_BYTES)
    match value.get("type"):
        case "hello":
            if value.get("v") != VERSION:
                raise wire.WireError(f"v must be {VERSION}")
            return Hello(
                WorkerId(wire.text(value, "workerId", max_chars=128)),
                wire.integer(value, "slots"),
                wire.optional_text(value, "version", max_chars=32),
                takes_offers=value.get("takesOffers") is True,
            )
        case "heartbeat":
            calls = wire.objects(value, "calls", max_items=MAX_CALLS)
            return Heartbeat(
                wire.integer(value, "freeSlots"),
                tuple(HeldCall.from_wire(call) for call in calls),
                value.get("draining") is True,
            )
        case "ack":
            return Ack(wire.text(value, "commandId"))
        case _:
            raise wire.WireError("type is not known")


def parse_api_message(text: str | bytes) -> ApiMessage | None:
    """None for a message or command that this worker is too old to know. Raises `wire.WireError`."""
    value = wire.parse_object(text, max_bytes=MAX_BYTES)
    match value.get("type"):
        case "welcome":
            return Welcome(wire.integer(value, "heartbeatMs", minimum=1) / 1000)
        case "command":
            kind = wire.text(value, "command")
            if kind not in {known.value for known in CommandKind}:
                return None
            args = value.get("args")
            return Command(
                command_id=wire.text(value, "commandId"),
                kind=CommandKind(kind),
                call_id=CallId(wire.text(value, "callId", max_chars=64)),
                epoch=wire.integer(value, "epoch", minimum=1),
                args=args if isinstance(args, dict) else {},
            )
        case _:
            return None
