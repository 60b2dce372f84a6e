"""livekit-agents with its `AgentSession`; ``--executor process`` is its default, ``thread`` its lighter one."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from argparse import Namespace

os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")

import uvloop
from livekit.agents import AgentServer, JobExecutorType

from scripts.bench.peers import common, session


async def serve(given: Namespace) -> None:
    executor = JobExecutorType.PROCESS if given.executor == "process" else JobExecutorType.THREAD
    # Its own measure of load refuses calls on a machine that the callers keep busy, too.
    server = AgentServer(job_executor_type=executor, load_fnc=lambda *_: 0.1, host="127.0.0.1", port=0)
    server.rtc_session(session.entrypoint, agent_name=given.agent_name, on_request=session.accept)
    running = asyncio.create_task(server.run(devmode=False))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.gather(running, return_exceptions=True)
    await server.aclose()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    uvloop.run(serve(common.arguments()))
