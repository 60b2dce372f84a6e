"""The way of the media between a worker and LiveKit is cut, and signalling lives (row 42)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from scripts.faults.broken import promise, until
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import Lab
from scripts.faults.lost_packets import LostPackets, lost_packets
from scripts.faults.part import Part
from scripts.faults.scenario import Family, Provoke
from scripts.faults.words import HEARD

family = Family()

HEARD_MS = 7000
NOTICED_S = 4.0
LOOK_SLACK_S = 0.6
"""A report on its way, and the look into the log."""
SHORT_S = 3
_DIRECTIONS = {"in": (False, True), "out": (True, False), "both": (True, True)}


def _cut(direction: str, seconds: int) -> Provoke:
    async def provoke(lab: Lab) -> int:
        losing = await _workers_that_lose(lab)
        caller = await lab.talking(turns=1)
        await lab.clock.sleep(random.random() * 2.5)  # noqa: S311
        worker = lab.worker_of(caller.call_id)
        sent, received = _DIRECTIONS[direction]
        at_s, path = lab.now_s(), losing[worker.name]
        path.lose(sent=sent, received=received)
        healing = asyncio.create_task(_heal(lab, path, at_s + seconds))
        try:
            said = await caller.say()
            heard_s = await caller.heard_after(said.ended_s, within_s=seconds + 15)
            await caller.hear_out()
            await _promise_noticed(lab, worker, caller, seconds=seconds)
        finally:
            await healing
        await _goes_on(caller, lab)
        return ms_between(said.ended_s, heard_s)

    provoke.__name__ = f"no_udp_{direction}_for_{seconds}_s"
    return provoke


async def _workers_that_lose(lab: Lab, workers: Sequence[Part] = ()) -> dict[str, LostPackets]:
    """These (all, if none are named), started so that their UDP can be taken away. The others are stopped."""
    workers = workers or lab.stack.workers
    found = {worker.name: await lost_packets(lab.stack.data_dir, worker.name) for worker in workers}
    for worker in lab.stack.workers:
        await worker.stop()
    for worker in workers:
        worker.with_settings(found[worker.name].environ)
        await worker.start()
    await lab.has_workers(workers=workers)
    return found


async def _heal(lab: Lab, path: LostPackets, at_s: float) -> None:
    try:
        await lab.clock.sleep(max(at_s - lab.now_s(), 0))
    finally:
        path.stop()


async def _promise_noticed(lab: Lab, worker: Part, caller: Caller, *, seconds: int) -> None:
    """A cut of some length brings another worker's agent; a short one may be over before it is noticed."""
    if seconds <= SHORT_S:
        return

    def lost_after_ms() -> int | None:
        found = lab.rows("SELECT data FROM call_events WHERE call_id = ? AND kind = 'happened'", caller.call_id)
        return 1 if any("path_lost" in str(row["data"]) for row in found) else None

    await until("the timeline tells that the path was lost", lost_after_ms, 5)
    promise(lab.worker_of(caller.call_id) is not worker, "the worker whose path is dead has the call again")


def _cut_of_the_only_worker(direction: str, seconds: int) -> Provoke:
    """The others are stopped before: who has lost the call is the only one who can take it again."""

    async def provoke(lab: Lab) -> int:
        only, *others = lab.stack.workers
        losing = await _workers_that_lose(lab, [only])
        try:
            caller = await lab.talking(turns=1)
            sent, received = _DIRECTIONS[direction]
            at_s, path = lab.now_s(), losing[only.name]
            path.lose(sent=sent, received=received)
            healing = asyncio.create_task(_heal(lab, path, at_s + seconds))
            try:
                await caller.hear_out()
            finally:
                await healing
            healed_s = lab.now_s()
            heard_s = await caller.heard_after(healed_s, within_s=30)
            await caller.hear_out()
            await _goes_on(caller, lab)
            return ms_between(healed_s, heard_s)
        finally:
            for other in others:
                await other.start()

    provoke.__name__ = f"no_udp_{direction}_for_{seconds}_s_and_no_other_worker"
    return provoke


async def _goes_on(caller: Caller, lab: Lab) -> None:
    await caller.ask()
    row = lab.row(caller.call_id)
    promise(row["status"] == "connected", f"the call is {row['status']}")
    remembered = [item.get("text") or "" for item in (await lab.sessions())[-1]["items"]]
    promise(any(HEARD in text for text in remembered), "the agent does not know the talk")


for _seconds in (3, 10, 45):
    for _direction in _DIRECTIONS:
        family.scenario(
            42,
            f"the worker's UDP is gone for {_seconds} s ({_direction}), its signalling lives",
            "a sound within 7 s: the same agent again, or another worker's, which knows the talk"
            if _seconds <= SHORT_S
            else "another worker's agent is heard within 7 s, knows the talk, and asks again or answers",
            worst_ms=HEARD_MS,
            within_s=120 + _seconds,
            long_runs=5,
        )(_cut(_direction, _seconds))

for _direction in _DIRECTIONS:
    family.scenario(
        42,
        f"the only worker's UDP is gone for 10 s ({_direction}), its signalling lives",
        "when it is back the same worker is heard within 7 s, and knows the talk",
        worst_ms=HEARD_MS,
        within_s=240,
        long_runs=3,
    )(_cut_of_the_only_worker(_direction, 10))
