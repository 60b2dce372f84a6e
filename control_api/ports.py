"""What the API needs of the outside, by role. Adapters are in `control_api.adapters`, fakes in `tests/fakes`.

The store is a unit of work: a use case is one plain function of a `CallTx`, run by `CallStore.write` in one
transaction and one hop to another thread, or by `CallStore.read` on a consistent snapshot. So a use case says which
of its statements belong together by being a function, and a fake needs no more than these few primitives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from control_api.call_events import AnyEvent, CallEvent
from control_api.erasure_ports import ErasureTx
from control_api.history_ports import CallFilter, HistoryTx
from control_api.idempotency import Reservation
from control_api.recording_ports import RecordingTx
from control_api.records import (
    Call,
    CallPage,
    InboxEvent,
    Instructions,
    Member,
    Presence,
    Room,
    StoredSegment,
    StoredTurn,
    StoredUsage,
)
from shared.ids import CallId, Identity, MediaRoom, RoomName, RoomSid

T = TypeVar("T")


class RoomTaken(Exception):
    """Another open call has this room name."""


class StaleCall(Exception):
    """The call, or its recording, was changed since it was read (compare-and-set on its version); `CallStore.write`
    tries again."""


class StoreUnusable(Exception):
    """The database cannot be opened; the text is a sentence for the operator, without secrets."""


class StoreAway(StoreUnusable):
    """It may be there later: its disk is not mounted yet, or is full, or another program holds the lock."""


class ReservationTx(Protocol):
    """The part of a transaction that knows of idempotency keys."""

    def reservation(self, reservation_id: str) -> Reservation | None: ...

    def put_reservation(self, reservation: Reservation) -> None:
        """Takes the place of one with the same id."""

    def prune_reservations(self, before_ms: int) -> int:
        """Forgets those made before; returns how many."""


class MemberTx(Protocol):
    def put_member(self, member: Member) -> None:
        """Somebody who is a member already keeps their first time."""

    def members(self, call_id: CallId) -> list[Member]: ...


class EventTx(Protocol):
    """The log of what happened, over all calls."""

    def add_event(self, call_id: CallId, at_ms: int, data: AnyEvent) -> None:
        """In the same transaction as the change that it tells of. `at_ms`: when it happened."""

    def events(self, call_id: CallId, limit: int) -> list[CallEvent]:
        """The newest ones of a call, in the order in which they became known."""

    def events_after(self, after_id: int, limit: int) -> list[CallEvent]:
        """Of all calls, oldest first."""

    def last_event_id(self) -> int:
        """0 while there is none."""


class CallTx(ReservationTx, MemberTx, RecordingTx, EventTx, ErasureTx, HistoryTx, Protocol):
    """The statements of one transaction. Synchronous: it runs in the store's own thread."""

    def insert_call(self, call: Call, instructions: Instructions) -> None:
        """Raises `RoomTaken`."""

    def save_call(self, call: Call) -> Call:
        """Stores `call` if its version is still the stored one, and returns it with the next. Raises `StaleCall`."""

    def delete_call(self, call_id: CallId) -> None: ...

    def call(self, call_id: CallId) -> Call | None: ...

    def calls(self, call_ids: Sequence[CallId]) -> list[Call]: ...

    def open_call_in(self, room_name: RoomName) -> Call | None: ...

    def newest_call_in(self, room_name: RoomName, user_id: Identity | None) -> Call | None:
        """The newest call of that room name; with `user_id`, of those in which they are caller, callee or member."""

    def call_in(self, media_room: MediaRoom) -> Call | None:
        """The call that has, or had, this room at the media server."""

    def open_calls(self) -> list[Call]: ...

    def unclosed_calls(self) -> list[Call]:
        """Ended calls of which something may be left at the media server."""

    def count_open(self, caller_id: Identity) -> int: ...

    def is_busy(self, user_id: Identity) -> bool:
        """Whether they are in an open call: one that they made or answered, or whose room they are in."""

    def count_unclaimed(self) -> int:
        """Open calls whose agent no worker has claimed yet."""

    def page(self, calls: CallFilter, *, limit: int, offset: int) -> CallPage:
        """Newest first."""

    def instructions(self, call_id: CallId) -> Instructions: ...

    def save_instructions(self, call_id: CallId, instructions: Instructions) -> None: ...

    def presence(self, call_id: CallId) -> list[Presence]: ...

    def put_presence(self, presence: Presence) -> None: ...

    def rooms(self, call_id: CallId) -> list[Room]: ...

    def room(self, room_sid: RoomSid) -> Room | None: ...

    def put_room(self, room: Room) -> None: ...

    def add_report(self, call_id: CallId, epoch: int, seq: int) -> bool:
        """False when this report was applied before."""

    def put_segment(self, segment: StoredSegment) -> None: ...

    def drop_segment(self, call_id: CallId, segment_id: str) -> None:
        """Dropping one that is not there changes nothing."""

    def segments(self, call_id: CallId) -> list[StoredSegment]:
        """In the order in which they were spoken."""

    def segment(self, call_id: CallId, segment_id: str) -> StoredSegment | None: ...

    def calls_with_segments(self, call_ids: Sequence[CallId]) -> set[CallId]: ...

    def put_turn(self, turn: StoredTurn) -> None: ...

    def put_usage(self, usage: StoredUsage) -> None: ...

    def add_inbox(self, event: InboxEvent) -> bool:
        """False when an event of this id was stored before."""

    def unapplied(self, limit: int) -> list[InboxEvent]:
        """Oldest first."""

    def mark_applied(self, event_id: str, at_ms: int) -> None: ...

    def prune_inbox(self, before_ms: int) -> int:
        """Forgets applied events received before; returns how many."""


class CallStore(Protocol):
    async def write(self, use_case: Callable[[CallTx], T]) -> T:
        """Runs it in one transaction; whatever it raises undoes it all. It may run more than once (`StaleCall`), so
        it must have no effect but on the transaction."""
        ...

    async def read(self, use_case: Callable[[CallTx], T]) -> T: ...

    async def survey(self, use_case: Callable[[CallTx], T]) -> T:
        """A read of many calls, which takes its time: nobody else waits for it."""
        ...

    async def aclose(self) -> None: ...


class Wakeup(Protocol):
    """Tells the reader of the log, in this process or another, that there may be new events. May get lost."""

    def notify(self) -> None: ...

    async def wait(self, within_s: float) -> None:
        """Returns at the next `notify`, or at one that nobody has waited for, or after `within_s`."""
        ...


class LiveKitUnavailable(Exception):
    """The media server did not answer in time, or answered that it cannot."""


class LiveKitRefused(Exception):
    """The media server refused a request: our key, our clock or our request is wrong. Not to be tried again."""


@dataclass(frozen=True, slots=True)
class LiveRoom:
    sid: RoomSid
    name: MediaRoom
    created_ms: int


@dataclass(frozen=True, slots=True)
class LiveParticipant:
    sid: str
    identity: Identity
    joined_ms: int


class LiveKitGateway(Protocol):
    """Every method raises `LiveKitUnavailable` within its time limit, or `LiveKitRefused`."""

    async def create_room(
        self, name: MediaRoom, *, empty_timeout_s: int, departure_timeout_s: int, metadata: str = ""
    ) -> LiveRoom:
        """The room of that name, made if it is not there. Everyone in the room can read its `metadata`."""
        ...

    async def dispatch(self, room: MediaRoom, *, agent_name: str, metadata: str) -> None:
        """Answers OK even when nobody will ever come: a dispatch counts only once it is claimed. Makes the room if
        it is not there."""
        ...

    async def withdraw_dispatches(self, room: MediaRoom, *, agent_name: str, keep: Collection[str]) -> None:
        """Ends all dispatches of `agent_name` in the room but those with a metadata of `keep`, with their jobs. Nothing
        happens when there is no room."""
        ...

    async def list_rooms(self) -> list[LiveRoom]: ...

    async def clock_ahead_s(self) -> float:
        """By how many seconds the media server's clock is ahead of ours, to about one; negative: behind."""
        ...

    async def list_participants(self, room: MediaRoom) -> list[LiveParticipant]:
        """Empty for a room that does not exist."""
        ...

    async def send_data(self, room: MediaRoom, *, topic: str, payload: bytes) -> None:
        """To everyone in the room, reliably; nothing happens when there is no room. Returns when they have had time to
        receive it: a room that is deleted next takes nothing with it."""
        ...

    async def delete_room(self, room: MediaRoom) -> None:
        """Everyone is put out; nothing happens when there is no room."""
        ...

    async def remove_participant(self, room: MediaRoom, identity: Identity) -> None:
        """Nothing happens when they are not there."""
        ...

    async def aclose(self) -> None: ...


class RoomTokens(Protocol):
    """Signs what lets somebody into a room."""

    def for_person(self, room: MediaRoom, identity: Identity, name: str, *, ttl_s: int) -> str:
        """Join this room, subscribe, publish the microphone, publish data; nothing else."""
        ...

    def for_agent(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str: ...

    def for_recorder(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str:
        """Join this room without being seen, subscribe, publish data; nothing else."""
        ...

    def for_notice(self, room: MediaRoom, identity: Identity, *, speaks_for: Identity, ttl_s: int) -> str:
        """Join this room and publish a voice; nothing else. `speaks_for`: whom clients are to take it for a part of."""
        ...


class WebhookRejected(Exception):
    """Not signed by our media server, or not its body. Says no more, to nobody."""


class WebhookVerifier(Protocol):
    def verify(self, body: bytes, authorization: str) -> None:
        """Raises `WebhookRejected` unless `authorization` signs exactly these bytes."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who makes a request."""

    user_id: Identity
    name: str | None
    is_admin: bool = False
    valid_until_s: float | None = field(default=None, compare=False)
    """Unix seconds: until when what they showed is good."""


class NotSignedIn(Exception):
    """The token is missing, forged, expired or of somebody else's issuer."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows to say who makes it."""

    token: str = field(repr=False)
    is_cookie: bool = False
    """A browser sent it by itself, whoever made it send the request."""


class SignInVerifier(Protocol):
    async def verify(self, credential: Credential) -> SignedIn:
        """Raises `NotSignedIn`; `VoiceError` (`SIGN_IN_UNAVAILABLE`) when nobody can be judged now."""
        ...

    async def aclose(self) -> None: ...


class TokenIssuer(Protocol):
    """Signs people in by itself, on a developer's machine."""

    def token(self, user_id: str, *, name: str | None, is_admin: bool) -> str: ...


class Closer(Protocol):
    """Takes calls that have ended and clears away what is left of them at the media server, behind the request."""

    def close_soon(self, calls: Iterable[Call]) -> None: ...

    def remove_agent_soon(self, call: Call) -> None:
        """The call goes on without its agent."""
