"""An agent is asked for: whether one comes, and whether it is one only (rows 1 and 2)."""

from __future__ import annotations

import asyncio

from livekit import api as livekit_api

from scripts.faults.broken import promise, until
from scripts.faults.caller import ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family
from shared.call_spec import CallSpec
from shared.ids import AGENT_NAME, CallId, RoomName, is_agent_identity

family = Family()


@family.scenario(
    1,
    "no worker runs when the call is opened; one starts then (cold start)",
    "claimed within 5 s of the worker's start",
    p95_ms=5000,
    runs=2,
)
async def cold_start(lab: Lab) -> int:
    for worker in lab.stack.workers:
        await worker.kill()
    caller = await lab.call()
    await lab.stack.worker.start()
    started_s = lab.now_s()
    await until("an agent has claimed the call", lambda: lab.row(caller.call_id)["agent_claimed_ms"], 10)
    claimed_s = lab.now_s()
    await caller.agent_comes()
    await caller.talk(1)
    return max(ms_between(started_s, claimed_s), 0)


@family.scenario(
    1,
    "a healthy worker is there",
    "the agent is in the call within 5 s (p99)",
    p95_ms=5000,
    runs=3,
    long_runs=100,
)
async def usual_start(lab: Lab) -> int:
    caller = await lab.call()
    return await caller.agent_comes()


@family.scenario(
    1, "no worker ever comes", "`no_agent` after 15 s, and the caller's client is told", worst_ms=18_000, long_runs=3
)
async def no_worker(lab: Lab) -> int:
    for worker in lab.stack.workers:
        await worker.kill()
    caller = await lab.call()
    over_s = await caller.until_over(within_s=25)
    await lab.ended(caller, reason="no_agent")
    promise(caller.phone.told_reason == "no_agent", f"the client was told {caller.phone.told_reason}")
    return ms_between(caller.asked_s, over_s)


@family.scenario(
    2,
    "ten dispatches at once, two workers",
    "one claim, one agent, one Realtime session",
    runs=3,
    long_runs=50,
)
async def many_dispatches(lab: Lab) -> None:
    caller = await lab.open_call()
    room = RoomName(caller.room)
    spec = CallSpec(CallId(caller.call_id), room, epoch=1).to_metadata()
    request = livekit_api.CreateAgentDispatchRequest(agent_name=AGENT_NAME, room=room, metadata=spec)
    rooms = lab.stack.rooms
    await asyncio.gather(*(rooms.agent_dispatch.create_dispatch(request) for _ in range(10)))
    await caller.join()
    await caller.agent_comes()
    await caller.talk(1)
    listed = await rooms.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
    agents = [one.sid for one in listed.participants if is_agent_identity(one.identity)]
    promise(len(agents) == 1, f"{len(agents)} agents are in the room")
    sessions = len(await lab.sessions())
    promise(sessions == 1, f"{sessions} Realtime sessions were opened")
    claims = [
        line
        for worker in lab.stack.workers
        for line in worker.log_lines()
        if line.get("call_id") == caller.call_id and line["event"] == "call claimed"
    ]
    promise(len(claims) == 1, f"{len(claims)} workers believe that they have the call")
