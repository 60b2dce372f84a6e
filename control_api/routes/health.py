"""``/healthz``: this process runs. ``/readyz``: it can do its work, or what is missing, by name."""

from __future__ import annotations

import asyncio
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from control_api.http_errors import JsonResponse
from control_api.ports import LiveKitRefused, LiveKitUnavailable
from control_api.routes.registry import Model, Operation
from control_api.services.container import Services, services
from shared.log import get_logger
from shared.model_names import as_words, endings

log = get_logger(__name__)

CHECK_WITHIN_S = 2.0
CLOCKS_DIFFER_S = 30.0
"""Tokens and webhooks are good within a minute of each other's clocks; this tells of it in time."""


class Alive(Model):
    status: Literal["ok"] = "ok"


class Workers(Model):
    seen: int
    free_slots: int


class Ready(Model):
    status: Literal["ready", "not_ready"]
    reasons: dict[str, str]
    """What is missing (``database``, ``livekit``) -> why, in a word."""
    degraded: dict[str, str]
    """Addition. What is not as it should be, although calls can be served -> what, in a word. ``clock``: it differs
    from LiveKit's by more than tokens allow for. ``storage``: the store of recordings does not answer. ``model``: the
    service shuts `VOICE_MODEL` down within 60 days (``ends_2027-01-20``)."""
    workers: Workers
    """For information: no worker does not make the API unready."""


async def healthz(_: Request, __: None) -> Alive:
    return Alive()


async def readyz(request: Request, _: None) -> Response:
    found = services(request)
    database, livekit, clock, storage = await asyncio.gather(
        _database(found), _livekit(found), _clock(found), _storage(found)
    )
    missing = {"database": database, "livekit": livekit}
    reasons = {name: why for name, why in missing.items() if why is not None}
    ending = endings({"model": found.costs.default_model}, found.clock.now_ms())
    weak = {"clock": clock, "storage": storage, **as_words(ending)}
    views = found.workers.views().values()
    ready = Ready(
        status="not_ready" if reasons else "ready",
        reasons=reasons,
        degraded={name: why for name, why in weak.items() if why is not None},
        workers=Workers(seen=sum(view.connected for view in views), free_slots=sum(view.free_slots for view in views)),
    )
    return JsonResponse(ready.model_dump_json(by_alias=True).encode(), 503 if reasons else 200)


async def _database(found: Services) -> str | None:
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            # A write: it waits for the write lock, and behind every write that is under way.
            await found.store.write(lambda tx: tx.mark_applied("readiness check", 0))
    except TimeoutError:
        return "too_slow"
    except Exception:
        log.exception("database is not usable")
        return "unusable"
    return None


async def _livekit(found: Services) -> str | None:
    if found.livekit is None:
        return "not_configured"
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            await found.livekit.gateway.list_rooms()
    except (LiveKitUnavailable, TimeoutError):
        return "unreachable"
    except LiveKitRefused:
        return "refused"
    return None


async def _clock(found: Services) -> str | None:
    if found.livekit is None:
        return None
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            ahead_s = await found.livekit.gateway.clock_ahead_s()
    except (LiveKitUnavailable, TimeoutError):
        return None
    if abs(ahead_s) <= CLOCKS_DIFFER_S:
        return None
    return "behind_livekit" if ahead_s > 0 else "ahead_of_livekit"


async def _storage(found: Services) -> str | None:
    """Calls go on without it: what they record waits with the workers."""
    try:
        async with asyncio.timeout(CHECK_WITHIN_S):
            answers = await found.recordings.store_answers()
    except TimeoutError:
        answers = False
    return None if answers else "unreachable"


OPERATIONS = (
    Operation("GET", "/healthz", "Whether this process runs", healthz, Alive, is_public=True),
    Operation(
        "GET", "/readyz", "Whether calls can be served", readyz, Ready, is_public=True, other_answers={503: Ready}
    ),
)
