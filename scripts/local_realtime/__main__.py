"""Command line: ``python -m scripts.local_realtime``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from aiohttp import web

from scripts.local_realtime.server import Options, Server


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local_realtime", description="An offline OpenAI Realtime server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    parser.add_argument("--key", help="accept only this API key")
    parser.add_argument("--threads", type=int, default=1, help="threads for the recogniser")
    return parser.parse_args(argv)


async def _serve(arguments: argparse.Namespace) -> None:
    from scripts.local_realtime.hearing import Recogniser, load_whisper
    from scripts.local_realtime.mind import LiveMind
    from scripts.local_realtime.protocol import client_event_adapters

    recogniser = Recogniser(load_whisper(arguments.threads), arguments.threads)
    mind = LiveMind(recogniser)
    mind.probability()(bytes(1536))  # loads the network before the first caller needs it
    client_event_adapters()
    server = Server(mind, Options(key=arguments.key))
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.3)
    await runner.setup()
    site = web.TCPSite(runner, arguments.host, arguments.port)
    await site.start()
    port = runner.addresses[0][1]
    print(f"local_realtime ready on ws://{arguments.host}:{port}/v1/realtime", flush=True)  # noqa: T201
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    await runner.cleanup()
    recogniser.close()


def main(argv: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM. Returns the exit code."""
    arguments = _arguments(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    try:
        import uvloop
    except ImportError:
        asyncio.run(_serve(arguments))
    else:
        uvloop.run(_serve(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
