"""How people talk: into each other's words, and not at all (rows 17 and 24)."""

from __future__ import annotations

from scripts.faults.broken import promise, until
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family

family = Family()

SILENT_MS = 200
HISTORY_MS = 200
TURN_ENDS_MS = 1500
ANSWER_MS = 300
"""From the end of a turn to the answer's first sound, with a model that answers at once."""
LISTENING_S = 2.0
MUTED_MS = 300
CROSSED = "response_cancel_not_active"
"""A cancellation that met the end of its response on the way: the protocol knows no way around it."""
SPEECH_KNOWN_MS = 300
"""The detector's own time to be sure that somebody speaks, before anybody can act on it (the model's, not ours)."""


@family.scenario(
    17,
    "the caller speaks into the answer after 0, 20, 100 and 500 ms",
    "silence at the caller within 200 ms of the detector's decision (300 ms of speech), no error, the history ends "
    "where the caller heard the answer end (+-200 ms)",
    worst_ms=SILENT_MS + SPEECH_KNOWN_MS,
    runs=1,
)
async def barge_in(lab: Lab) -> list[int]:
    caller = await lab.talking()
    times_ms = []
    for after_ms in (0, 20, 100, 500):
        said = await caller.say()
        first_s = await caller.heard_after(said.ended_s)
        await lab.clock.sleep(max(first_s + after_ms / 1000 - lab.now_s(), 0))
        quiet_s, began_s = await _interrupt(caller)
        times_ms.append(max(ms_between(began_s, quiet_s), 0))
        await _history_ends_at(lab, caller, heard_ms=ms_between(first_s, quiet_s))
        await caller.hear_out()
    errors = [error for session in await lab.sessions() for error in await _errors(lab, session["id"])]
    promise(not errors, f"the model answered with errors: {errors}")
    return times_ms


@family.scenario(
    24,
    "the caller mutes the microphone in the middle of a word",
    "the turn ends within 1.5 s (and is heard to be answered then); nothing goes to the model while muted",
    worst_ms=TURN_ENDS_MS + ANSWER_MS,
    runs=2,
)
async def mute(lab: Lab) -> int:
    caller = await lab.talking()
    caller.begin_to_say()
    await lab.clock.sleep(1.0)
    caller.phone.mute()
    muted_s = lab.now_s()
    answered_s = await caller.heard_after(muted_s)
    await caller.hear_out()
    before_ms = (await lab.sessions())[-1]["audioReceivedMs"]
    await lab.clock.sleep(LISTENING_S)
    sent_ms = (await lab.sessions())[-1]["audioReceivedMs"] - before_ms
    promise(sent_ms <= MUTED_MS, f"the model was sent {sent_ms:.0f} ms of a muted microphone in {LISTENING_S:g} s")
    caller.phone.unmute()
    await caller.ask()
    return ms_between(muted_s, answered_s)


async def _interrupt(caller: Caller) -> tuple[float, float]:
    """(when the agent fell silent, when the caller began to speak)."""
    said = await caller.say()

    def quiet_s() -> float | None:
        return caller.hearing.quiet_from(said.began_s, caller.now_s(), 0.3)

    return await until("the agent falls silent", quiet_s, 5), said.began_s


async def _history_ends_at(lab: Lab, caller: Caller, heard_ms: int) -> None:
    """Raises `Broken` when the model remembers having said more or less than the caller heard."""
    session = (await lab.sessions())[-1]
    remembered_ms = session["truncations"][-1]["audioEndMs"] if session["truncations"] else None
    promise(remembered_ms is not None, "the model was not told where its answer was cut")
    off_ms = abs((remembered_ms or 0) - heard_ms)
    promise(off_ms <= HISTORY_MS, f"the model remembers {remembered_ms} ms of an answer, {heard_ms} ms were heard")


async def _errors(lab: Lab, session_id: str) -> list[str]:
    """Each with what came before it."""
    log = await lab.stack.model.log_of(session_id)
    return [
        f"{entry.get('detail')} after {' '.join(before['type'] for before in log[max(at - 6, 0) : at])}"
        for at, entry in enumerate(log)
        if entry["type"] == "error" and entry.get("detail") != CROSSED
    ]
