"""Webhooks: first kept, then applied.

The request stores the event by its id and is answered; a task applies what is stored, in the order in which it came,
each event in one transaction with the change that it makes. What a crash left over is applied at the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from control_api.call_facts import merge_presence, merge_room
from control_api.egress_facts import read_egress
from control_api.ports import CallStore, CallTx, Closer
from control_api.records import Call, InboxEvent, Presence, Room
from control_api.services.egress_recorder import heard_of_egress
from control_api.services.record import put_stay, settle_and_save
from control_api.webhook_events import WebhookFact, read, sanitise
from shared.clock import Clock
from shared.ids import is_notice_identity
from shared.log import get_logger
from shared.wire import is_unicode

log = get_logger(__name__)

BATCH = 100
RETRY_S = 1.0
ROOM_OLDER_THAN_CALL_MS = 60_000
"""A room made so long before a call is not that call's (the two machines' clocks may differ by as much)."""


def inbox_event(payload: Mapping[str, Any], body: bytes, received_ms: int) -> InboxEvent:
    event_id = payload.get("id")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= 128 or not is_unicode(event_id):
        event_id = "sha256:" + hashlib.sha256(body).hexdigest()
    return InboxEvent(event_id, received_ms, sanitise(payload))


class WebhookInbox:
    def __init__(self, store: CallStore, closer: Closer, clock: Clock) -> None:
        self._store = store
        self._closer = closer
        self._clock = clock
        self._arrived = asyncio.Event()
        self._on_connected: Callable[[], None] = lambda: None

    def tell_connected(self, listener: Callable[[], None]) -> None:
        """Call it when a webhook has shown that a call is connected whose sound is to be kept."""
        self._on_connected = listener

    async def put(self, event: InboxEvent) -> bool:
        """False for an event that was here before. When this returns, the event is on disk."""
        is_new = await self._store.write(lambda tx: tx.add_inbox(event))
        self._arrived.set()
        return is_new

    async def run(self) -> None:
        """Applies for ever; begins with what was left."""
        while True:
            self._arrived.clear()
            try:
                while await self.apply_some():
                    pass
            except Exception:
                log.exception("the webhook inbox could not be read")
                await self._clock.sleep(RETRY_S)
                continue
            await self._arrived.wait()

    async def apply_some(self) -> int:
        events = await self._store.read(lambda tx: tx.unapplied(BATCH))
        # Writes keep the order in which they are asked for, and those that wait together share a commit.
        await asyncio.gather(*(self._apply(event) for event in events))
        return len(events)

    async def _apply(self, event: InboxEvent) -> None:
        now_ms = self._clock.now_ms()
        try:
            over = await self._store.write(lambda tx: apply_event(tx, event, now_ms))
        except Exception:
            # One event that cannot be applied must not hold up the others; the upkeep repairs what it said.
            log.exception("webhook not applied", event_id=event.event_id, webhook=event.payload.get("event"))
            await self._store.write(lambda tx: tx.mark_applied(event.event_id, now_ms))
            return
        if over is None:
            return
        call, what = over
        if call.is_final:
            log.info(what, call_id=call.id, status=call.status.value, end_reason=call.end_reason)
            self._closer.close_soon([call])
        elif call.recording_enabled or call.transcription_enabled:
            self._on_connected()


def apply_event(tx: CallTx, event: InboxEvent, now_ms: int) -> tuple[Call, str] | None:
    """A call that is over or connected with this event, and what happened to it."""
    tx.mark_applied(event.event_id, now_ms)
    egress = read_egress(event.payload.get("egressInfo"))
    if egress is not None:
        heard_of_egress(tx, egress, None, event.received_ms)
    fact = read(event.payload, event.received_ms)
    call = None if fact is None else _call_of(tx, fact)
    if fact is None:
        return None
    if call is None:
        return _came_too_late(tx, fact)
    store_fact(tx, call, fact)
    after = settle_and_save(tx, call)
    if after.is_final:
        return None if call.is_final else (after, "call ended")
    is_connected = call.connected_at_ms is None and after.connected_at_ms is not None
    return (after, "call connected") if is_connected else None


def _call_of(tx: CallTx, fact: WebhookFact) -> Call | None:
    """By the room's SID; by its name only for an incarnation of the room that was not heard of before."""
    room = tx.room(fact.room_sid)
    if room is not None:
        return tx.call(room.call_id)
    call = tx.call_in(fact.media_room)
    if call is None or call.is_final or fact.room_created_ms is None:
        return None
    return call if fact.room_created_ms >= call.created_at_ms - ROOM_OLDER_THAN_CALL_MS else None


def _came_too_late(tx: CallTx, fact: WebhookFact) -> tuple[Call, str] | None:
    """LiveKit makes a deleted room again for somebody who was about to join it. Alone there, they would wait for the
    next look at all rooms; so the ended call's room is closed once more, which tells them why."""
    if fact.joined_ms is None or fact.left_ms is not None:
        return None
    call = tx.call_in(fact.media_room)
    if call is None or not call.is_final:
        return None
    return tx.save_call(replace(call, room_closed=False)), "somebody came to a call that is over"


def store_fact(tx: CallTx, call: Call, fact: WebhookFact) -> None:
    old_room = tx.room(fact.room_sid)
    created_ms = fact.room_created_ms
    if created_ms is not None:
        room = merge_room(old_room, Room(fact.room_sid, call.id, created_ms, fact.room_finished_ms))
        if room != old_room:
            tx.put_room(room)
    if fact.participant_sid is None or fact.identity is None or is_notice_identity(fact.identity):
        return
    old = next((one for one in tx.presence(call.id) if one.participant_sid == fact.participant_sid), None)
    new = Presence(
        fact.participant_sid, call.id, fact.room_sid, fact.identity, fact.joined_ms, fact.left_ms, fact.left_why
    )
    merged = merge_presence(old, new)
    if merged != old:
        put_stay(tx, call, old, merged)
