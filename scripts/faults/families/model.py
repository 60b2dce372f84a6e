"""The model's service fails (rows 11 to 16, 18 and 20)."""

from __future__ import annotations

from scripts.faults.caller import ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family

family = Family()


@family.scenario(
    12,
    "the model is down for 1 s, in the caller's turn",
    "the call lives, the turn is answered, the history is restored",
    worst_ms=7000,
    runs=2,
)
async def down_for_a_second(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await lab.stack.model.fault({"kind": "down", "for_s": 1})
    said = await caller.say()
    return ms_between(said.ended_s, await caller.heard_after(said.ended_s))
