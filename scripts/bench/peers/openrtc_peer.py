"""OpenRTC: many `AgentSession`s as coroutines of one process."""

from __future__ import annotations

import logging
import os
import sys

os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")

from livekit.agents import Agent
from livekit.plugins import silero
from openrtc import AgentPool
from openrtc.runtime import prewarm

from scripts.bench.peers import common, session


class Assistant(Agent):
    def __init__(self) -> None:
        super().__init__(instructions=common.INSTRUCTIONS)


def serve() -> None:
    given = common.arguments()
    # Its loader fetches a turn detector from a hub, which an agent on a Realtime model does not use.
    prewarm._load_shared_runtime_dependencies = lambda: (silero, None)
    pool = AgentPool(
        agent=Assistant,
        default_llm=session.realtime_model(),
        default_greeting=common.GREETING,
        isolation="coroutine",
        max_concurrent_sessions=200,
        request_fnc=session.accept,
        agent_name=given.agent_name,
        port=0,
    )
    sys.argv[1:] = ["start"]  # it is a command line of its own
    pool.run()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    serve()
