"""One call between fakes: a test lets time pass and things happen, and looks at what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from shared import pcm
from shared.call_report import ReportEvent
from shared.claims import Claim
from shared.ids import CallId, Identity, RoomName
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.fakes.realtime_link import FakeRealtimeLink
from worker.bridge import Bridge
from worker.clip import Clip, ClipName
from worker.ending import Ending
from worker.farewell import END_CALL
from worker.model_line import ModelLine
from worker.ports import AgentAudible, Brief, MicrophoneOn, PersonJoined, PersonLeft, Said
from worker.session_age import SESSION_S

CALLER = Identity("user_1")
TRACK = "TR_mic"
FRAME_MS = 20
LOUD = b"\x00\x20" * (FRAME_MS * pcm.BYTES_PER_MS // 2)
QUIET = bytes(len(LOUD))

CLIP_MS = 1000
CLIPS = {name: Clip(name, f"Line {name.value}.", b"\x00\x10" * (CLIP_MS * pcm.BYTES_PER_MS // 2)) for name in ClipName}

_Event = TypeVar("_Event")


def make_claim(**fields: object) -> Claim:
    defaults: dict[str, object] = {
        "call_id": CallId("0190-call"),
        "epoch": 1,
        "room_name": RoomName("support-room"),
        "caller_identity": CALLER,
        "agent_identity": Identity("ai-agent-1"),
        "livekit_url": "ws://livekit",
        "token": "token",
        "system_prompt": "Be brief.",
        "greeting": "",
        "voice": "alloy",
        "model": "gpt-realtime",
        "max_duration_s": 600,
        "idle_timeout_s": 120,
        "reconnect_grace_s": 30,
    }
    return Claim(**{**defaults, **fields})  # type: ignore[arg-type]


class Call:
    """``async with Call(...) as call:`` runs the bridge; leaving the block ends it."""

    def __init__(
        self, *, greeting: str = "", history: Sequence[Said] = (), session_s: float = SESSION_S, **claim: object
    ) -> None:
        self.clock = FakeClock()
        self.room = FakeRoom(self.clock)
        self.links: list[FakeRealtimeLink] = []
        """Every session that was made, the newest last."""
        self._numbers = count(1)
        self.next_link: dict[str, Any] = {}
        """How the sessions that are made from now on misbehave."""
        self.switch = ModelLine(self._make_link, self.clock, model="gpt-realtime", session_s=session_s)
        self.reports: list[ReportEvent] = []
        self._greeting = greeting
        self._history = tuple(history)
        self._claim = make_claim(**claim)
        self._task: asyncio.Task[Ending] | None = None

    def _make_link(self) -> FakeRealtimeLink:
        # Ids are the service's, and unique in it.
        self.links.append(FakeRealtimeLink(self.clock, numbers=self._numbers, **self.next_link))
        return self.links[-1]

    @property
    def link(self) -> FakeRealtimeLink:
        """The first session."""
        return self.links[0]

    async def __aenter__(self) -> Self:
        self.bridge = Bridge(
            claim=self._claim,
            brief=Brief("gpt-realtime", "alloy", "Be brief.", (END_CALL,), self._history),
            greeting=self._greeting,
            room=self.room,
            link=self.switch,
            clock=self.clock,
            report=self.reports.append,
            clips=CLIPS,
        )
        self._task = asyncio.create_task(self.bridge.run())
        await settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self.bridge.end(Ending())
        await self._task
        await self.switch.aclose()
        assert all(link.closed for link in self.links)

    @property
    def over(self) -> bool:
        assert self._task is not None
        return self._task.done()

    @property
    def ending(self) -> Ending:
        assert self._task is not None
        assert self._task.done(), "the call has not ended"
        return self._task.result()

    def told(self, kind: type[_Event]) -> list[_Event]:
        return [event for event in self.reports if isinstance(event, kind)]

    async def caller_joins(self, track_id: str = TRACK) -> None:
        """With a microphone, and subscribed to the agent."""
        await self.joins(CALLER, track_id)

    async def joins(self, who: Identity, track_id: str) -> None:
        self.room.emit(PersonJoined(who))
        self.room.emit(MicrophoneOn(who, track_id))
        self.room.emit(AgentAudible())
        await settle()

    async def caller_leaves(self, *, on_purpose: bool) -> None:
        await self.leaves(CALLER, on_purpose=on_purpose)

    async def leaves(self, who: Identity, *, on_purpose: bool) -> None:
        self.room.emit(PersonLeft(who, on_purpose))
        await settle()

    async def caller_makes(self, frame: bytes, ms: int, track_id: str = TRACK) -> None:
        """Sound or silence, in real time."""
        for _ in range(ms // FRAME_MS):
            self.room.speak(track_id, frame)
            await self.clock.advance(FRAME_MS / 1000)

    async def caller_asks(self) -> None:
        """A second of speech and the silence that ends the turn: the model has answered when this returns."""
        await self.caller_makes(LOUD, 1000)
        await self.caller_makes(QUIET, 500)
