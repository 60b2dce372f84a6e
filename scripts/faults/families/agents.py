"""The process with the call's agent dies or hangs, and another one takes over (rows 3 and 4)."""

from __future__ import annotations

import random

from scripts.faults.broken import promise
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family
from scripts.faults.words import HEARD

family = Family()

_MOMENTS = ("in silence", "in the caller's words", "in the agent's answer")


@family.scenario(
    3,
    "`kill -9` of the worker, at any moment of the talk",
    "an agent that knows the call so far is heard again within 3 s (p95); never two",
    p95_ms=3000,
    runs=3,
    long_runs=60,
)
async def killed(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await _come_to(random.choice(_MOMENTS), lab, caller)  # noqa: S311
    known, at_s = caller.agents_heard(), lab.now_s()
    await lab.worker_of(caller.call_id).kill()
    caller.note_broken_off(at_s)
    heard_s = await caller.new_agent_heard(known, within_s=15)
    await _goes_on(lab, caller)
    return ms_between(at_s, heard_s)


@family.scenario(
    4,
    "the worker hangs (`SIGSTOP`), and wakes up 12 s later",
    "noticed in 4 s, another agent is heard within 7 s; the former one never speaks again",
    worst_ms=7000,
    runs=2,
    long_runs=40,
)
async def wedged(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await _come_to(random.choice(_MOMENTS), lab, caller)  # noqa: S311
    worker = lab.worker_of(caller.call_id)
    known, at_s = caller.agents_heard(), lab.now_s()
    worker.wedge()
    caller.note_broken_off(at_s)
    heard_s = await caller.new_agent_heard(known, within_s=15)
    await lab.clock.sleep(max(at_s + 12 - lab.now_s(), 0))
    worker.unwedge()
    await _goes_on(lab, caller)
    return ms_between(at_s, heard_s)


async def _come_to(moment: str, lab: Lab, caller: Caller) -> None:
    """Let the talk come to this moment, and a random time into it."""
    if moment == "in the caller's words":
        caller.begin_to_say()
    if moment == "in the agent's answer":
        said = await caller.say()
        await caller.heard_after(said.ended_s)
    await lab.clock.sleep(random.random() * 1.5)  # noqa: S311


async def _goes_on(lab: Lab, caller: Caller) -> None:
    """The call is the same call, its new agent knows what was said, and answers. Raises `Broken`."""
    await caller.hear_out()
    await caller.ask()
    row = lab.row(caller.call_id)
    promise(row["status"] == "connected", f"the call is {row['status']}")
    record = await caller.record()
    promise(record["recoveries"] == 1, f"the record tells of {record['recoveries']} recoveries")
    remembered = [item.get("text") or "" for item in (await lab.sessions())[-1]["items"] if item["fromClient"]]
    promise(any(HEARD in text for text in remembered), f"the new agent was told {len(remembered)} things, not the talk")
