"""The peer: a Starlette application that does nothing but answer the same JSON, served by the same server.

``python -m scripts.bench_api.bare PORT FILE``; the answer is the JSON in FILE, rendered for each request.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from control_api.http_limits import HttpLimits
from control_api.server import listen, serve


def bare_app(answer: object) -> Starlette:
    async def get(_: Request) -> JSONResponse:
        return JSONResponse(answer)

    return Starlette(routes=[Route("/api/voice/session", get)])


async def main(port: int, answer: object) -> None:
    app = bare_app(answer)
    with listen("127.0.0.1", port) as listener:
        await serve(app, listener, HttpLimits())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())))
