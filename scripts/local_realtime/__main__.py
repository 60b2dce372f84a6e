"""Command line: ``python -m scripts.local_realtime``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from aiohttp import web

from scripts.local_realtime import logs
from scripts.local_realtime.hearing import HearingError
from scripts.local_realtime.protocol import client_event_adapters
from scripts.local_realtime.script import Script, ScriptError, load_script
from scripts.local_realtime.server import Options, Server
from scripts.local_realtime.voice import VoiceError
from scripts.local_realtime.wav import AudioFileError

log = logging.getLogger("scripts.local_realtime")


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local_realtime", description="An offline OpenAI Realtime server.")
    parser.add_argument("--host", default="127.0.0.1", help="default: loopback only")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    parser.add_argument("--script", type=Path, metavar="FILE", help="YAML: what it hears, says and does wrong")
    parser.add_argument("--control", action="store_true", help="serve /control/ on the same port")
    parser.add_argument("--key", help="accept only this API key; default: any")
    parser.add_argument("--threads", type=int, default=1, choices=(1, 2), help="threads of the recogniser")
    parser.add_argument("--strict", action="store_true", help="check every frame that is sent; slow")
    parser.add_argument("--log", choices=("plain", "json"), default="plain", help="form of the lines on stderr")
    return parser.parse_args(argv)


async def serve(arguments: argparse.Namespace, script: Script) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    options = Options(arguments.key, arguments.control, arguments.threads, arguments.strict)
    server = Server(options)
    await server.load(script)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, arguments.host, arguments.port).start()
        port = runner.addresses[0][1]
        sys.stdout.write(f"local_realtime ready on ws://{arguments.host}:{port}/v1/realtime\n")
        sys.stdout.flush()
        # a deterministic server answers handshakes before the SDK's models are imported
        await asyncio.to_thread(client_event_adapters)
        await stop.wait()
    finally:
        await runner.cleanup()


def main(argv: list[str] | None = None) -> int:
    """Run. Returns the exit code: 0 after a signal, 2 for a wrong script, 1 when something is missing."""
    arguments = _arguments(argv)
    logs.set_up(arguments.log)
    try:
        script = Script() if arguments.script is None else load_script(arguments.script)
    except ScriptError as error:
        log.error("the script is wrong: %s", error)
        return 2
    try:
        try:
            import uvloop
        except ImportError:
            asyncio.run(serve(arguments, script))
        else:
            uvloop.run(serve(arguments, script))
    except (HearingError, VoiceError, AudioFileError, OSError) as error:
        log.error("cannot start: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
