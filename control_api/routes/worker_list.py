"""``GET /api/voice/workers``: the worker processes, their load and whether they are leaving; for admins."""

from __future__ import annotations

from starlette.requests import Request

from control_api.access import check_admin
from control_api.middleware.scope import signed_in
from control_api.routes.fields import Timestamp
from control_api.routes.registry import Model, Operation
from control_api.routes.session_views import iso, iso_or_none
from control_api.services.container import services
from control_api.services.workers import Replica, ReplicaState

PATH = "/api/voice/workers"


class WorkerItem(Model):
    worker_id: str
    state: ReplicaState
    """`full`: it takes no call now, or none at all while its model refuses them. `draining`: it ends when its last call
    does. `silent`: it is connected and says nothing. `gone`: its connection is closed, for a minute at most."""
    slots: int
    """Calls that it takes at once."""
    free_slots: int
    calls: int
    """In which its agents are."""
    recorders: int
    """Calls that it only hears."""
    recordings: int
    """That it writes now."""
    connected_at: Timestamp
    draining_since: Timestamp | None
    last_heard_at: Timestamp
    version: str | None
    """Of its program; null for one that is too old to say it."""


class WorkerList(Model):
    success: bool = True
    count: int
    slots: int
    """Of those that are connected."""
    free_slots: int
    workers: list[WorkerItem]
    """By their ids."""


async def list_workers(request: Request, _: object) -> WorkerList:
    check_admin(signed_in(request.scope))
    found = services(request)
    replicas = found.workers.replicas(found.clock.now_ms())
    connected = [replica for replica in replicas if replica.connected]
    return WorkerList(
        count=len(replicas),
        slots=sum(replica.slots for replica in connected),
        free_slots=sum(replica.free_slots for replica in connected),
        workers=[_item(replica) for replica in replicas],
    )


def _item(replica: Replica) -> WorkerItem:
    return WorkerItem(
        worker_id=replica.worker_id,
        state=replica.state,
        slots=replica.slots,
        free_slots=replica.free_slots,
        calls=replica.calls,
        recorders=replica.recorders,
        recordings=replica.recordings,
        connected_at=iso(replica.connected_ms),
        draining_since=iso_or_none(replica.draining_ms),
        last_heard_at=iso(replica.heard_ms),
        version=replica.version,
    )


OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "List the worker processes",
        list_workers,
        WorkerList,
        phrases={403: "Access denied"},
        description="Addition, for admins. Those that are connected to this API process, and those that were until a "
        "minute ago.",
    ),
)
