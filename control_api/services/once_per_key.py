"""Work that is done once for each ``Idempotency-Key``, however often and however simultaneously it is asked for.

The first request leads: it reserves the key on disk, works, stores the answer. Those that come meanwhile follow: they
wait for the leader and get what it got. Nothing is stored when the work fails; the next request with the key leads a
repeat, and the use case completes what is there under the ids that derive from the reservation.

For one process, as `room_locks`: several API processes need a lease in the reservation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from control_api.idempotency import Attempt, KeyedRequest, Reservation
from control_api.ports import CallStore
from shared.clock import Clock
from shared.errors import Errors, VoiceError

Admit = Callable[[], Awaitable[None]]
Work = Callable[[Attempt], Awaitable[str | None]]
"""Returns what is to be stored; None: nothing, each request does it by itself. May raise: nothing is stored either."""


class _LeaderGone(Exception):
    """The leader was cancelled, or has nothing to share: a follower has to lead."""


@dataclass(slots=True)
class _Flight:
    fingerprint: str
    landed: asyncio.Future[Reservation]


class OncePerKey:
    """`_flights` holds one entry for each key that is worked on now: no more than there are requests under way."""

    def __init__(self, store: CallStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._flights: dict[str, _Flight] = {}

    async def run(self, request: KeyedRequest, admit: Admit, work: Work) -> Reservation | None:
        """None when this request did the work itself; else the reservation with the answer of the one that did.
        `admit` may refuse (by raising) before anything is written. Raises what the work raises, and `VoiceError`."""
        while True:
            flight = self._flights.get(request.id)
            if flight is None:
                return await self._lead(request, admit, work)
            _check_same(flight.fingerprint, request)
            with suppress(_LeaderGone):
                return await asyncio.shield(flight.landed)

    async def _lead(self, request: KeyedRequest, admit: Admit, work: Work) -> Reservation | None:
        flight = _Flight(request.fingerprint, asyncio.get_running_loop().create_future())
        self._flights[request.id] = flight
        try:
            kept = await self._kept(request)
            if kept is not None and kept.answer is not None:
                flight.landed.set_result(kept)
                return kept
            await admit()
            done = await self._do(request, kept, work)
            if done.answer is not None:
                flight.landed.set_result(done)
            return None
        except Exception as error:
            flight.landed.set_exception(error)
            raise
        finally:
            del self._flights[request.id]
            if not flight.landed.done():
                flight.landed.set_exception(_LeaderGone())
            if not flight.landed.cancelled():
                flight.landed.exception()  # looked at, also when nobody follows

    async def _kept(self, request: KeyedRequest) -> Reservation | None:
        kept = await self._store.read(lambda tx: tx.reservation(request.id))
        if kept is None or not kept.is_alive(self._clock.now_ms()):
            return None
        _check_same(kept.fingerprint, request)
        return kept

    async def _do(self, request: KeyedRequest, kept: Reservation | None, work: Work) -> Reservation:
        if kept is None:
            reserved = Reservation(request.id, request.fingerprint, self._clock.now_ms())
            await self._store.write(lambda tx: tx.put_reservation(reserved))
        else:
            reserved = kept
        attempt = Attempt(reserved, is_repeat=kept is not None)
        answer = await work(attempt)
        done = replace(reserved, call_id=attempt.call_id, answer=answer)
        if answer is not None:
            await self._store.write(lambda tx: tx.put_reservation(done))
        return done


def _check_same(fingerprint: str, request: KeyedRequest) -> None:
    if fingerprint != request.fingerprint:
        raise VoiceError(
            Errors.IDEMPOTENCY_KEY_REUSED,
            "This Idempotency-Key was used for a request with another body; make a new key for a new request.",
        )
