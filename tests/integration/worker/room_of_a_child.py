"""A process with one `LiveKitRoom`, whose UDP the test can take away. It tells what happens, a word a line."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from shared.clock import SystemClock
from worker.adapters import media_server
from worker.adapters.livekit_room import LiveKitRoom
from worker.ports import PathGap, PathLost, RoomEvent


async def main(url: str, token: str) -> None:
    clock, lost = SystemClock(), asyncio.Event()

    def on_event(event: RoomEvent) -> None:
        match event:
            case PathLost():
                print(f"lost {clock.monotonic_s() - event.alive_s:.2f}", flush=True)
                lost.set()
            case PathGap():
                print("gap", flush=True)

    async with aiohttp.ClientSession() as http:

        async def is_server_there() -> bool:
            is_there = await media_server.is_there(http, url)
            print("there" if is_there else "away", flush=True)
            return is_there

        room = LiveKitRoom(url, token, clock, is_server_there=is_server_there)
        await room.join(on_event)
        print("joined", flush=True)
        await lost.wait()
        await room.leave()
        print("left", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
