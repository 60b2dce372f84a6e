from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from worker.adapters import media_server


@pytest.mark.parametrize(("status", "there"), [(200, True), (404, True), (502, False)])
async def test_a_media_server_is_there_that_answers(status: int, there: bool) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        assert await media_server.is_there(http, url) is there
        await runner.cleanup()
        assert not await media_server.is_there(http, url)
