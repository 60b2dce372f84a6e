"""What the upkeep can do; `control_api.upkeep.loop` does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from control_api.records import Call
from shared.call_state import EndReason
from shared.ids import CallId, MediaRoom, RoomSid, WorkerId
from shared.worker_link import CommandKind


@dataclass(frozen=True, slots=True)
class EndCall:
    call_id: CallId
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Nobody has claimed the call yet: dispatch again."""

    call: Call


@dataclass(frozen=True, slots=True)
class ReplaceAgent:
    """The call lost its agent and gets another one, of the next epoch, which knows the talk so far."""

    call: Call
    why: str


@dataclass(frozen=True, slots=True)
class DropAgent:
    """The call lost its agent, or got none, and goes on without."""

    call: Call


@dataclass(frozen=True, slots=True)
class LookInside:
    """List the participants and repair what is stored of them."""

    call: Call
    room_sid: RoomSid


@dataclass(frozen=True, slots=True)
class MakeRoomAgain:
    """The media server has lost the room of a call that goes on: people and agent come back to it by themselves."""

    call: Call


@dataclass(frozen=True, slots=True)
class CloseRoom:
    call: Call


@dataclass(frozen=True, slots=True)
class ReapRoom:
    """A room that looks like ours and belongs to no open call."""

    media_room: MediaRoom


@dataclass(frozen=True, slots=True)
class TellWorker:
    """To let go of a call that is over or has another agent, or to change what it runs."""

    worker_id: WorkerId
    call_id: CallId
    epoch: int
    kind: CommandKind = CommandKind.END
    args: Mapping[str, str] = field(default_factory=dict)


Action = EndCall | Dispatch | ReplaceAgent | DropAgent | LookInside | MakeRoomAgain | CloseRoom | ReapRoom | TellWorker
