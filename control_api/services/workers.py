"""The worker processes that are there now. In memory: after a restart they connect again within a second or two."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from uuid_utils import uuid7

from control_api.records import Call
from shared.call_spec import CallSpec, JobRole
from shared.clock import Clock
from shared.ids import CallId, EgressId, WorkerId
from shared.log import get_logger
from shared.worker_link import HEARTBEAT_S, Command, CommandKind, Heartbeat, HeldCall, Hello

log = get_logger(__name__)

OUTBOX_SIZE = 256
"""Commands waiting for a slow connection. Beyond it new ones are dropped and counted (`WorkerLink.dropped`): commands
are levels, the next heartbeat brings them again."""
FORGET_AFTER_S = 60.0
DOUBT_AFTER_S = 0.5
"""How late a heartbeat may come."""
DOUBT_S = 3.0
"""Who is in doubt for so long is decided about (`control_api.upkeep.agents`), and no news."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """What is known of one worker at one moment."""

    worker_id: WorkerId
    connected: bool
    silent_s: float
    """Since its last message, or since its connection was closed."""
    free_slots: int
    calls: Mapping[CallId, int]
    """call -> epoch, as its last heartbeat named them."""
    unnamed_s: Mapping[CallId, float] = field(default_factory=dict)
    """call -> since when its heartbeats do not name it any more, for calls that they once named."""
    models: Mapping[CallId, str] = field(default_factory=dict)
    """call -> the model that it runs, where its heartbeat says so."""
    recorders: Mapping[CallId, int] = field(default_factory=dict)
    """call -> epoch, of the calls that it only hears."""
    recorders_unnamed_s: Mapping[CallId, float] = field(default_factory=dict)
    recordings: frozenset[EgressId] = frozenset()
    """What its jobs write now."""
    quiet_s: Mapping[CallId, float] = field(default_factory=dict)
    """call -> for how long nobody speaks in it, where its heartbeat says so."""
    listening_s: float = 0.0
    """For how long its heartbeats have been heard on this connection."""


SILENT_AFTER_S = 3 * HEARTBEAT_S
"""As long as the upkeep needs to give its calls to others."""
ReplicaState = Literal["ready", "full", "draining", "silent", "gone"]


@dataclass(frozen=True, slots=True)
class Replica:
    """One worker process, as operators look at it. Times are milliseconds since 1970 UTC."""

    worker_id: WorkerId
    connected: bool
    silent_s: float
    slots: int
    free_slots: int
    calls: int
    recorders: int
    recordings: int
    connected_ms: int
    draining_ms: int | None
    heard_ms: int
    version: str | None

    @property
    def state(self) -> ReplicaState:
        if not self.connected:
            return "gone"
        if self.silent_s > SILENT_AFTER_S:
            return "silent"
        if self.draining_ms is not None:
            return "draining"
        return "ready" if self.free_slots > 0 else "full"


@dataclass(slots=True)
class WorkerLink:
    """One connection of one worker."""

    worker_id: WorkerId
    slots: int
    heard_s: float
    version: str | None = None
    opened_s: float = 0.0
    draining_s: float | None = None
    """Since when it says that it takes no more calls."""
    outbox: asyncio.Queue[Command] = field(default_factory=lambda: asyncio.Queue(OUTBOX_SIZE))
    takes_offers: bool = False
    offered: int = 0
    """Calls that it was asked to take since its last heartbeat."""
    free_slots: int = 0
    calls: dict[CallId, int] = field(default_factory=dict)
    models: dict[CallId, str] = field(default_factory=dict)
    recorders: dict[CallId, int] = field(default_factory=dict)
    recordings: dict[EgressId, HeldCall] = field(default_factory=dict)
    recorders_named_s: dict[CallId, float] = field(default_factory=dict)
    quiet_s: dict[CallId, float] = field(default_factory=dict)
    named_s: dict[CallId, float] = field(default_factory=dict)
    """When each call was named last; forgotten after `FORGET_AFTER_S`."""
    first_beat_s: float | None = None
    closed_s: float | None = None
    dropped: int = 0

    def send(self, command: Command) -> None:
        try:
            self.outbox.put_nowait(command)
        except asyncio.QueueFull:
            self.dropped += 1
            log.warning("worker command dropped", worker_id=self.worker_id, dropped=self.dropped)


class WorkerRegistry:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._links: dict[WorkerId, WorkerLink] = {}
        self._is_agent_out = False

    def connected(self, hello: Hello) -> WorkerLink:
        """A worker that connects again (the same process) takes its old connection's place."""
        now_s = self._clock.monotonic_s()
        link = WorkerLink(
            hello.worker_id,
            hello.slots,
            now_s,
            hello.version,
            opened_s=now_s,
            takes_offers=hello.takes_offers,
        )
        self._links[hello.worker_id] = link
        log.info("worker connected", worker_id=hello.worker_id, slots=hello.slots)
        return link

    def heard(self, link: WorkerLink, heartbeat: Heartbeat) -> None:
        now_s = self._clock.monotonic_s()
        link.heard_s = now_s
        if link.first_beat_s is None:
            link.first_beat_s = now_s
        link.free_slots, link.offered = heartbeat.free_slots, 0
        link.draining_s = (link.draining_s or now_s) if heartbeat.draining else None
        link.calls = {held.call_id: held.epoch for held in heartbeat.calls if held.role is JobRole.AGENT}
        link.recorders = {held.call_id: held.epoch for held in heartbeat.calls if held.role is JobRole.RECORDER}
        link.recordings = {egress_id: held for held in heartbeat.calls for egress_id in held.recordings}
        link.models = {held.call_id: held.model for held in heartbeat.calls if held.model}
        link.quiet_s = {held.call_id: held.quiet_ms / 1000 for held in heartbeat.calls if held.quiet_ms is not None}
        link.named_s = _named(link.named_s, link.calls, now_s)
        link.recorders_named_s = _named(link.recorders_named_s, link.recorders, now_s)

    def closed(self, link: WorkerLink) -> None:
        link.closed_s = self._clock.monotonic_s()
        if self._links.get(link.worker_id) is link:
            log.info("worker connection closed", worker_id=link.worker_id, calls=len(link.calls))

    def command(self, worker_id: WorkerId | None, command: Command) -> None:
        """To the worker, if it is connected."""
        link = None if worker_id is None else self._links.get(worker_id)
        if link is not None and link.closed_s is None:
            link.send(command)

    def least_busy(self) -> WorkerId | None:
        """The connected worker with the most free slots; None when none has any."""
        free = [link for link in self._links.values() if link.closed_s is None and link.free_slots > 0]
        return max(free, key=lambda link: link.free_slots).worker_id if free else None

    def offer(self, spec: CallSpec) -> bool:
        """Ask the worker with the most room to take a call; False when there is none to ask. One that is dead or full
        without our knowing it leaves the call unclaimed: the upkeep has it dispatched, as if a dispatch got lost."""
        now_s = self._clock.monotonic_s()
        able = [link for link in self._links.values() if _can_be_asked(link, now_s)]
        if not able:
            return False
        link = max(able, key=_places)
        link.offered += 1
        args = {"roomName": spec.room_name}
        link.send(Command(str(uuid7()), CommandKind.TAKE_CALL, spec.call_id, spec.epoch, args))
        return True

    @property
    def can_offer(self) -> bool:
        """Whether there is a worker to ask."""
        now_s = self._clock.monotonic_s()
        return any(_can_be_asked(link, now_s) for link in self._links.values())

    def recording_job(self, egress_id: EgressId) -> tuple[WorkerId, HeldCall] | None:
        """The job that writes this recording now, as its worker said last."""
        for link in self._links.values():
            if link.closed_s is None and egress_id in link.recordings:
                return link.worker_id, link.recordings[egress_id]
        return None

    def model_of(self, call: Call) -> str:
        """What the call's agent runs, as its worker said last; empty when nobody says it."""
        link = None if call.agent_worker_id is None else self._links.get(call.agent_worker_id)
        return "" if link is None or link.closed_s is not None else link.models.get(call.id, "")

    def views(self) -> dict[WorkerId, WorkerView]:
        now_s = self._clock.monotonic_s()
        self._forget(now_s)
        return {worker_id: _view(link, now_s) for worker_id, link in self._links.items()}

    def replicas(self, now_ms: int) -> list[Replica]:
        """By their ids."""
        now_s = self._clock.monotonic_s()
        self._forget(now_s)
        return [_replica(link, now_s, now_ms) for _, link in sorted(self._links.items())]

    def outlines(self) -> tuple[tuple[object, ...], ...]:
        """What operators see of the workers but for times: equal as long as nothing of it changes."""
        return tuple(
            (one.worker_id, one.state, one.slots, one.free_slots, one.calls, one.recorders, one.recordings)
            for one in self.replicas(0)
        )

    def free_slots(self) -> int | None:
        """Of all workers together; None while no worker has said how many it has."""
        known = [link for link in self._links.values() if link.closed_s is None and link.first_beat_s is not None]
        return sum(link.free_slots for link in known) if known else None

    @property
    def is_one_in_doubt(self) -> bool:
        """Whether a worker with calls may be dead or wedged, and it will soon be known."""
        now_s = self._clock.monotonic_s()
        return any(link.calls and _is_in_doubt(link, now_s) for link in self._links.values())

    def agent_is_out(self) -> None:
        """A worker has said that its agent is out of a call that goes on."""
        self._is_agent_out = True

    def take_news(self) -> bool:
        """Whether a worker has said so since the last time."""
        is_out, self._is_agent_out = self._is_agent_out, False
        return is_out

    def _forget(self, now_s: float) -> None:
        gone = [
            worker_id
            for worker_id, link in self._links.items()
            if link.closed_s is not None and now_s - link.closed_s > FORGET_AFTER_S
        ]
        for worker_id in gone:
            del self._links[worker_id]


def _named(before: Mapping[CallId, float], named: Iterable[CallId], now_s: float) -> dict[CallId, float]:
    kept = {call_id: at for call_id, at in before.items() if now_s - at < FORGET_AFTER_S}
    return kept | dict.fromkeys(named, now_s)


def _unnamed(named_s: Mapping[CallId, float], held: Mapping[CallId, int], now_s: float) -> dict[CallId, float]:
    return {call_id: now_s - at for call_id, at in named_s.items() if call_id not in held}


def _can_be_asked(link: WorkerLink, now_s: float) -> bool:
    is_well = link.closed_s is None and link.first_beat_s is not None
    return is_well and link.takes_offers and _places(link) > 0 and now_s - link.heard_s <= HEARTBEAT_S + DOUBT_AFTER_S


def _places(link: WorkerLink) -> int:
    return link.free_slots - link.offered


def _is_in_doubt(link: WorkerLink, now_s: float) -> bool:
    if link.closed_s is not None:
        return now_s - link.closed_s < DOUBT_S
    return HEARTBEAT_S + DOUBT_AFTER_S < now_s - link.heard_s < HEARTBEAT_S + DOUBT_AFTER_S + DOUBT_S


def _view(link: WorkerLink, now_s: float) -> WorkerView:
    return WorkerView(
        worker_id=link.worker_id,
        connected=link.closed_s is None,
        silent_s=now_s - (link.heard_s if link.closed_s is None else link.closed_s),
        free_slots=link.free_slots if link.closed_s is None else 0,
        calls=dict(link.calls),
        models=dict(link.models),
        quiet_s=dict(link.quiet_s),
        unnamed_s=_unnamed(link.named_s, link.calls, now_s),
        recorders=dict(link.recorders),
        recorders_unnamed_s=_unnamed(link.recorders_named_s, link.recorders, now_s),
        recordings=frozenset(link.recordings if link.closed_s is None else ()),
        listening_s=0.0 if link.first_beat_s is None else now_s - link.first_beat_s,
    )


def _replica(link: WorkerLink, now_s: float, now_ms: int) -> Replica:
    def at_ms(moment_s: float) -> int:
        return now_ms - round((now_s - moment_s) * 1000)

    connected = link.closed_s is None
    return Replica(
        worker_id=link.worker_id,
        connected=connected,
        silent_s=now_s - link.heard_s,
        slots=link.slots,
        free_slots=link.free_slots if connected else 0,
        calls=len(link.calls),
        recorders=len(link.recorders),
        recordings=len(link.recordings),
        connected_ms=at_ms(link.opened_s),
        draining_ms=None if link.draining_s is None else at_ms(link.draining_s),
        heard_ms=at_ms(link.heard_s),
        version=link.version,
    )
