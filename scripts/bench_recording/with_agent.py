"""What a recording adds to calls with the agent: the same calls without and with, in turns."""

from __future__ import annotations

from statistics import median

from scripts.bench.rounds import Round, run_round
from scripts.bench.systems import Stage, worker
from scripts.bench_recording.rows import Row
from scripts.caller.plans import Wishes, prepare
from scripts.caller.problem import CallerProblem

CORES, MB = 0.009, 4.0
"""More than the call itself."""
WARM_UP_S = 5.0


async def measure(stage: Stage, calls: int, seconds: float, rounds: int) -> list[Row]:
    """Raises `CallerProblem` when a round could not be measured."""
    lines = prepare(Wishes(seconds=seconds))
    taken: dict[bool, list[Round]] = {False: [], True: []}
    # What is loaded once, and the buffers of as many calls, are nobody's cost.
    await run_round(
        worker(anew=False, enableRecording=True), stage, prepare(Wishes(seconds=WARM_UP_S)), calls, WARM_UP_S
    )
    for number in range(rounds):
        for is_recorded in (False, True) if number % 2 == 0 else (True, False):
            one = await run_round(worker(anew=False, enableRecording=is_recorded), stage, lines, calls, seconds)
            if not one.window_s:
                raise CallerProblem("The calls were never there all at once.")
            taken[is_recorded].append(one)
    cores = {kind: median(one.cpu_s / one.window_s / calls for one in some) for kind, some in taken.items()}
    mb = {kind: median(one.mb_per_call for one in some) for kind, some in taken.items()}
    share = (
        f"{calls} calls; {cores[False]:.3f} without, {cores[True]:.3f} with it, {cores[True] / cores[False]:.2f} times"
    )
    return [
        Row("a recorded call with the agent, on top of the call", cores[True] - cores[False], "cores", CORES, share),
        Row(
            "the same in memory, per further call",
            mb[True] - mb[False],
            "MB",
            MB,
            f"{mb[False]:.1f} without, {mb[True]:.1f} with it",
        ),
    ]
