"""Makes tests/data/webhooks anew from a real livekit-server: ``python -m tests.support.capture_webhooks``.

Each file is the sequence of bodies of one call, as they came, with every secret replaced by ``removed``.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from livekit import api, rtc

from scripts.dev.free_ports import free_port
from tests.support.livekit_server import LiveKitServer, running_livekit

DATA = Path(__file__).resolve().parents[1] / "data" / "webhooks"
ROOM = "support-user-1-1700000000-0123456789abcdef"
CALLER = "user-1"
AGENT = "ai-agent-0123456789ab"
_SECRETS = ("turnPassword",)


class Script:
    """The people of one captured call."""

    def __init__(self, server: LiveKitServer, livekit: api.LiveKitAPI) -> None:
        self._server = server
        self.livekit = livekit

    async def open(self) -> None:
        request = api.CreateRoomRequest(name=ROOM, empty_timeout=30, departure_timeout=3)
        await self.livekit.room.create_room(request)

    async def join(self, identity: str, *, is_agent: bool = False) -> rtc.Room:
        token = api.AccessToken(self._server.api_key, self._server.api_secret)
        token = token.with_identity(identity).with_name("Ann Example").with_ttl(timedelta(minutes=1))
        token = token.with_kind("agent" if is_agent else "standard")
        grants = api.VideoGrants(room_join=True, room=ROOM)
        room = rtc.Room()
        await room.connect(self._server.url, token.with_grants(grants).to_jwt())
        track = rtc.LocalAudioTrack.create_audio_track("voice", rtc.AudioSource(24_000, 1))
        await room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )
        await asyncio.sleep(0.5)
        return room


async def support_call(script: Script) -> None:
    """The caller hangs up after a while, the agent follows, the empty room is closed by the server."""
    caller = await script.join(CALLER)
    agent = await script.join(AGENT, is_agent=True)
    await asyncio.sleep(2.2)
    await caller.disconnect()
    await asyncio.sleep(1.2)
    await agent.disconnect()
    await asyncio.sleep(5)


async def caller_rejoins(script: Script) -> None:
    """The caller joins a second time from elsewhere, which puts out the first; then they hang up."""
    first = await script.join(CALLER)
    agent = await script.join(AGENT, is_agent=True)
    await asyncio.sleep(1.2)
    second = await script.join(CALLER)
    await asyncio.sleep(1.2)
    await second.disconnect()
    await agent.disconnect()
    await first.disconnect()
    await asyncio.sleep(5)


async def room_deleted(script: Script) -> None:
    """The room is deleted under both."""
    caller = await script.join(CALLER)
    agent = await script.join(AGENT, is_agent=True)
    await asyncio.sleep(1.2)
    await script.livekit.room.delete_room(api.DeleteRoomRequest(room=ROOM))
    await asyncio.sleep(1)
    await caller.disconnect()
    await agent.disconnect()


SCRIPTS: tuple[Callable[[Script], Awaitable[None]], ...] = (support_call, caller_rejoins, room_deleted)


async def capture(play: Callable[[Script], Awaitable[None]]) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    async def hook(request: web.Request) -> web.Response:
        bodies.append(without_secrets(json.loads(await request.read())))
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/webhook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        with (
            tempfile.TemporaryDirectory() as directory,
            running_livekit(Path(directory), webhook_url=f"http://127.0.0.1:{port}/webhook") as server,
        ):
            async with api.LiveKitAPI(server.http_url, server.api_key, server.api_secret) as livekit:
                script = Script(server, livekit)
                await script.open()
                await play(script)
    finally:
        await runner.cleanup()
    return bodies


def without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "removed" if key in _SECRETS else without_secrets(item) for key, item in value.items()}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


async def main() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    for play in SCRIPTS:
        bodies = await capture(play)
        name = getattr(play, "__name__", "call")
        (DATA / f"{name}.json").write_text(json.dumps(bodies, indent=1) + "\n")
        print(name, [body["event"] for body in bodies])


if __name__ == "__main__":
    asyncio.run(main())
