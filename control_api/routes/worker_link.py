"""``WS /internal/worker``: the one connection of each worker process (`shared.worker_link`)."""

from __future__ import annotations

import asyncio

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from control_api.services.container import services
from control_api.services.workers import WorkerLink, WorkerRegistry
from shared import wire
from shared.log import get_logger
from shared.worker_link import PATH, Heartbeat, Hello, Welcome, parse_worker_message

log = get_logger(__name__)

PROTOCOL_ERROR = 1002
HELLO_WITHIN_S = 5.0


async def worker_link(socket: WebSocket) -> None:
    await socket.accept()
    registry = services(socket).workers
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = parse_worker_message(await socket.receive_text())
        if not isinstance(hello, Hello):
            raise wire.WireError("the first message must be hello")
    except (wire.WireError, TimeoutError) as error:
        log.warning("worker refused", why=str(error) or "no hello in time")
        await socket.close(PROTOCOL_ERROR)
        return
    except WebSocketDisconnect:
        return
    link = registry.connected(hello)
    try:
        await _serve(socket, registry, link)
    finally:
        registry.closed(link)


async def _serve(socket: WebSocket, registry: WorkerRegistry, link: WorkerLink) -> None:
    sender = asyncio.create_task(_send_commands(socket, link))
    try:
        while True:
            message = parse_worker_message(await socket.receive_text())
            if isinstance(message, Heartbeat):
                is_first = link.first_beat_s is None
                registry.heard(link, message)
                # Not before: who is welcome says that it is ready, and so its free slots must be known.
                if is_first:
                    await socket.send_text(wire.dumps(Welcome().to_wire()))
    except WebSocketDisconnect:
        pass
    except wire.WireError as error:
        log.warning("worker message cannot be read", worker_id=link.worker_id, why=str(error))
        await socket.close(PROTOCOL_ERROR)
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def _send_commands(socket: WebSocket, link: WorkerLink) -> None:
    while True:
        command = await link.outbox.get()
        await socket.send_text(wire.dumps(command.to_wire()))


ROUTES = (WebSocketRoute(PATH, worker_link),)
