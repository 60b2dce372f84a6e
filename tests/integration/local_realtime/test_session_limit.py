"""A session's cap, earlier than the service's."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from tests.support.local_realtime import running_server


async def test_a_session_is_told_of_its_end_and_meets_it() -> None:
    script = {"turns": [{"says": "Yes."}], "session_limit_s": 1}
    async with running_server(script) as server, aiohttp.ClientSession() as http:
        headers = {"Authorization": "Bearer any"}
        async with http.ws_connect(f"{server.http_url}/v1/realtime?model=gpt-realtime", headers=headers) as socket:
            created = await socket.receive_json()
            assert created["session"]["expires_at"] - time.time() < 1.5
            async with asyncio.timeout(5):
                event = await socket.receive_json()
            assert (event["type"], event["error"]["code"]) == ("error", "session_expired")
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
