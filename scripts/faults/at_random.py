"""Calls under random faults, from a seed: some people talk, something breaks at a random moment, and is mended again.

Each round has a few calls and one fault, since a system that is promised to survive each fault is not promised to
survive all at once. After each round the invariants are looked at, as after every scenario.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from scripts.caller.problem import CallerProblem
from scripts.faults.broken import Broken, promise
from scripts.faults.caller import Caller
from scripts.faults.invariants import silences_s
from scripts.faults.lab import Lab
from scripts.faults.row import Row
from scripts.faults.runner import Runner
from scripts.faults.scenario import Scenario
from scripts.faults.words import LINES
from shared.call_state import FINAL_STATES, EndReason

ROUND_WITHIN_S = 150.0
ANSWERED_WITHIN_S = 45.0
"""After the fault is mended, a caller is answered, or the call has ended for a reason that the fault may have."""
LONGEST_WAIT_MS = 7000

Inject = Callable[[Lab, random.Random, Sequence[Caller]], Awaitable[None]]
"""Break something and mend it again."""


@dataclass(frozen=True, slots=True)
class RandomFault:
    row: int
    name: str
    inject: Inject
    may_end: frozenset[EndReason] = frozenset()
    silences_everybody: bool = False
    """Nobody can be heard while it lasts."""


async def kill_worker(lab: Lab, rng: random.Random, callers: Sequence[Caller]) -> None:
    worker = lab.worker_of(rng.choice(callers).call_id)
    now_s = lab.now_s()
    hit = [caller for caller in callers if lab.worker_of(caller.call_id) is worker]
    await worker.kill()
    for caller in hit:
        caller.note_broken_off(now_s)
    await lab.clock.sleep(rng.uniform(0, 3))
    await worker.launch()


async def wedge_worker(lab: Lab, rng: random.Random, callers: Sequence[Caller]) -> None:
    worker = lab.worker_of(rng.choice(callers).call_id)
    worker.wedge()
    await lab.clock.sleep(rng.uniform(0.2, 10))
    worker.unwedge()


async def kill_api(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    await lab.stack.api.kill()
    await lab.clock.sleep(rng.uniform(0, 8))
    await lab.stack.api.launch()


async def kill_livekit(lab: Lab, rng: random.Random, callers: Sequence[Caller]) -> None:
    await lab.stack.livekit.kill()
    await lab.clock.sleep(rng.uniform(0, 5))
    await lab.stack.livekit.start()
    # 20 s is what a call may take to be alive again: until then nobody is promised a sound.
    await asyncio.gather(*(_is_back(lab, caller) for caller in callers))


async def _is_back(lab: Lab, caller: Caller) -> None:
    with contextlib.suppress(Broken):
        await caller.heard_after(lab.now_s(), within_s=20)


async def model_is_down(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    seconds = rng.uniform(0.5, 15)
    await lab.stack.model.fault({"kind": "down", "for_s": seconds})
    await lab.clock.sleep(seconds)


async def model_closes(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    await lab.stack.model.fault({"kind": "close", "code": rng.choice((1000, 1001, 1006, 1011))})


async def model_is_half_open(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    lab.stack.proxies.model.is_black_hole = True
    await lab.clock.sleep(rng.uniform(1, 8))
    lab.stack.proxies.model.heal()


async def no_webhooks(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    lab.stack.proxies.webhooks.sever()
    await lab.clock.sleep(rng.uniform(1, 10))
    lab.stack.proxies.webhooks.heal()


async def api_loses_livekit(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    lab.stack.proxies.livekit_of_api.sever()
    await lab.clock.sleep(rng.uniform(1, 10))
    lab.stack.proxies.livekit_of_api.heal()


async def workers_lose_api(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    lab.stack.proxies.api_of_workers.cut(reset=rng.random() < 0.5)


async def callers_lose_signalling(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    lab.stack.proxies.signalling.cut(reset=rng.random() < 0.5)


async def agents_lose_signalling(lab: Lab, rng: random.Random, _: Sequence[Caller]) -> None:
    proxy = lab.stack.proxies.rooms_of_workers
    proxy.hold_s = rng.choice((0.0, rng.uniform(0.5, 5)))
    proxy.cut(reset=rng.random() < 0.5)
    await lab.clock.sleep(proxy.hold_s)
    proxy.heal()


FAULTS = (
    RandomFault(3, "a worker is killed", kill_worker),
    RandomFault(4, "a worker hangs for up to 10 s", wedge_worker),
    RandomFault(29, "the API is killed, back within 8 s", kill_api),
    RandomFault(
        8,
        "LiveKit is killed, back within 5 s",
        kill_livekit,
        may_end=frozenset({EndReason.MEDIA_SERVER_LOST}),
        silences_everybody=True,
    ),
    RandomFault(12, "the model is down for up to 15 s", model_is_down),
    RandomFault(12, "the model closes or resets all sessions", model_closes),
    RandomFault(11, "a black hole before the model for up to 8 s", model_is_half_open),
    RandomFault(26, "no webhook arrives for up to 10 s", no_webhooks),
    RandomFault(8, "the API cannot reach LiveKit for up to 10 s", api_loses_livekit),
    RandomFault(29, "the workers' connections to the API are cut", workers_lose_api),
    RandomFault(21, "the callers' signalling is cut", callers_lose_signalling),
    RandomFault(
        41,
        "the agents' signalling is cut, and resumed up to 5 s late",
        agents_lose_signalling,
        silences_everybody=True,
    ),
)


async def run(runner: Runner, seed: int, *, calls: int, at_once: int, until_s: float | None = None) -> None:
    """So many calls, or for as long as it is not `until_s` yet. The rows of `runner` say what came of each fault."""
    rng = random.Random(seed)  # noqa: S311 - a run must be repeatable
    rows = {fault: Row(_scenario(fault, rng, at_once)) for fault in FAULTS}
    done = 0
    while (runner.clock.monotonic_s() < until_s) if until_s is not None else (done < calls):
        fault = rng.choice(FAULTS)
        row = rows[fault]
        wrong = await runner.run_once(row)
        done += at_once
        runner.say(f"{done} calls; {fault.name}: {row.measured_ms[-at_once:]} ms, {'; '.join(wrong) or 'kept'}")
    runner.rows += [row for row in rows.values() if row.runs]


def _scenario(fault: RandomFault, rng: random.Random, at_once: int) -> Scenario:
    async def provoke(lab: Lab) -> list[int]:
        return await _round(lab, rng, fault, at_once)

    return Scenario(
        fault.row,
        f"at random: {fault.name}",
        "answered in the end, no silence of 7 s"
        if not fault.may_end
        else f"answered in the end, or ended {', '.join(sorted(fault.may_end))}",
        provoke,
        worst_ms=None if fault.silences_everybody else LONGEST_WAIT_MS,
        within_s=ROUND_WITHIN_S,
    )


async def _round(lab: Lab, rng: random.Random, fault: RandomFault, at_once: int) -> list[int]:
    """The longest silence of each call, in milliseconds."""
    callers = [await lab.talking() for _ in range(at_once)]
    mended = asyncio.Event()
    talks = [asyncio.create_task(_talk(lab, rng.uniform(0, 2), caller, mended, fault)) for caller in callers]
    try:
        await lab.clock.sleep(rng.uniform(0, 8))
        with lab.nobody_can_be_heard() if fault.silences_everybody else contextlib.nullcontext():
            await fault.inject(lab, rng, callers)
        mended.set()
        await asyncio.gather(*talks)
    finally:
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
    return [round(max(silences_s(caller, lab.excused), default=0.0) * 1000) for caller in callers]


async def _talk(lab: Lab, pause_s: float, caller: Caller, mended: asyncio.Event, fault: RandomFault) -> None:
    """Ask on and on, until a question is answered after everything is mended. Raises `Broken`."""
    await lab.clock.sleep(pause_s)
    mended_s: float | None = None
    while True:
        await lab.clock.sleep(0.1)
        if mended.is_set():
            mended_s = mended_s or lab.now_s()
            promise(lab.now_s() - mended_s < ANSWERED_WITHIN_S, "the caller is not answered any more")
        was_mended = mended.is_set()
        if caller.phone.over.is_set():
            await _ended_as_it_may(lab, caller, fault)
            return
        with contextlib.suppress(Broken, CallerProblem):
            await caller.ask(LINES[len(caller.said) % len(LINES)])
            if was_mended:
                return


async def _ended_as_it_may(lab: Lab, caller: Caller, fault: RandomFault) -> None:
    row = await lab.until_final(caller.call_id, 60)
    promise(row["status"] in FINAL_STATES, f"the call is {row['status']}")
    promise(EndReason(row["end_reason"]) in fault.may_end, f"the call ended {row['end_reason']}")
