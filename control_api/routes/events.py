"""``/api/voice/events``: what happens in the calls of a user, as it happens (server-sent events).

Frames: ``ready`` first, with the id from which on everything will come; then one for each event, with its id, and
between them ``workers``, without one; a comment every 15 s; at the end ``bye`` with the reason. The client comes back
with ``Last-Event-ID``.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from control_api.access import find_newest
from control_api.http_errors import Phrases
from control_api.middleware.scope import signed_in
from control_api.ports import SignedIn
from control_api.routes import event_views
from control_api.routes.event_models import EventsQuery, StreamBye, StreamEvent, StreamReady
from control_api.routes.registry import Operation
from control_api.services.container import services
from control_api.services.event_feed import MAX_BEHIND, EventFeed, Signal, Subscription, Waiting, Wants
from control_api.services.told_events import Told
from shared.clock import Clock
from shared.errors import Errors
from shared.ids import CallId, RoomName

PATH = "/api/voice/events"
MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
LONGEST_S = (270.0, 300.0)
"""Between these, at random: clients that came together must not come back together."""
RETRY_MS = 1000
"""What a browser's own EventSource waits before it comes back."""
_HEADERS = {
    # A proxy that compresses keeps what it was given until there is more of it; one that may not, sends it on.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",  # else nginx keeps an event until there are 4 KiB of them
}
_HEARTBEAT = b":\n\n"


DESCRIPTION = """A stream of server-sent events (`text/event-stream`) that lasts for at most five minutes, and not
longer than the sign-in that it began with; then it is opened again with the id of the last event as `Last-Event-ID`,
and goes on without a gap or a repeat.

- `event: ready` comes first. Its id is where the stream begins; `isResumed` false means that nothing before it will
  come: read what you show (`GET /api/voice/session`) after it.
- An event without a name is one line of a call's log, as `StreamEvent`. At a callee it rings with `ringing`, until
  `answered` (on whichever of their devices) or `ended`.
- `event: workers`, to admins who follow all calls: something has changed of `GET /api/voice/workers`. It has no id,
  and none is sent for what changed before the stream.
- `event: bye` comes last: `expired`, `slow` (you did not read fast enough), `shutdown`. Come back.
- A comment line every 15 seconds says that the connection lives.

A stream counts once, as a read."""


async def follow(request: Request, query: EventsQuery) -> Response:
    user = signed_in(request.scope)
    found = services(request)
    call_id: CallId | None = None
    if query.room_name is not None:
        room_name = RoomName(query.room_name)
        call_id = (await found.store.read(lambda tx: find_newest(tx, user, room_name))).id
    if request.method == "HEAD":
        return Response(media_type=MEDIA_TYPE, headers=_HEADERS)
    found.feed.check_room(user)
    stream = _Stream(
        found.feed, Wants(user, call_id), _last_event_id(request), _until_s(user, found.clock), found.clock
    )
    return _EventStream(stream.frames(), media_type=MEDIA_TYPE, headers=_HEADERS)


class _EventStream(StreamingResponse):
    async def stream_response(self, send: Send) -> None:
        async with aclosing(cast(AsyncGenerator[bytes], self.body_iterator)):
            await super().stream_response(send)


def _last_event_id(request: Request) -> int | None:
    given = request.headers.get("last-event-id", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _until_s(user: SignedIn, clock: Clock) -> float:
    now_s = clock.monotonic_s()
    longest_s = now_s + random.uniform(*LONGEST_S)  # noqa: S311
    if user.valid_until_s is None:
        return longest_s
    return min(longest_s, now_s + max(0.0, user.valid_until_s - clock.now_ms() / 1000))


@dataclass(frozen=True, slots=True)
class _Stream:
    """One answer. Whoever ends it (the client, the sign-in, time, the process), its queue is given back."""

    feed: EventFeed
    wants: Wants
    last_id: int | None
    """The last event that the client has got."""
    until_s: float
    clock: Clock

    async def frames(self) -> AsyncGenerator[bytes]:
        client = await self.feed.subscribe(self.wants)
        try:
            newest_id = await self.feed.last_id()
            missed_from = self._missed_from(newest_id)
            position = newest_id if missed_from is None else missed_from
            yield _named("ready", {"isResumed": missed_from is not None}, position, f"retry: {RETRY_MS}\n")
            if missed_from is not None:
                async for told in self.feed.missed(self.wants, missed_from):
                    position = told.event.id
                    yield self._frame(told)
            async for waiting in self._live(client):
                if waiting is None:
                    yield _HEARTBEAT
                elif waiting is Signal.WORKERS:
                    yield _named("workers", {})
                elif waiting.event.id > position:
                    yield self._frame(waiting)
            yield _named("bye", {"why": client.why_closed})
        finally:
            self.feed.leave(client)

    def _missed_from(self, newest_id: int) -> int | None:
        """None: from what the client has seen it cannot be gone on; it must read everything anew."""
        if self.last_id is None or not newest_id - MAX_BEHIND <= self.last_id <= newest_id:
            return None
        return self.last_id

    async def _live(self, client: Subscription) -> AsyncIterator[Waiting | None]:
        """Until it is closed; None whenever nothing has happened for a while."""
        while client.why_closed is None:
            left_s = self.until_s - self.clock.monotonic_s()
            if left_s <= 0:
                client.close("expired")
                return
            waiting = await client.next(min(HEARTBEAT_S, left_s))
            if client.why_closed is None:
                yield waiting

    def _frame(self, told: Told) -> bytes:
        return event_views.frame(told, self.wants.user, self.clock.now_ms())


def _named(name: str, data: dict[str, object], event_id: int | None = None, more: str = "") -> bytes:
    id_line = "" if event_id is None else f"id: {event_id}\n"
    return f"{more}{id_line}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


_PHRASES: Phrases = {403: "Access denied to this session", 404: "Session not found"}

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Follow what happens in calls",
        follow,
        StreamEvent | StreamReady | StreamBye,
        description=DESCRIPTION,
        query=EventsQuery,
        phrases=_PHRASES,
        answer_type=MEDIA_TYPE,
        raises=(Errors.TOO_MANY_CONNECTIONS,),
    ),
)
