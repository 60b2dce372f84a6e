"""The signalling of an agent or a recorder is cut, and resumed late: they are not given anybody's track (row 41)."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np

from scripts.caller.hearing import BLOCK_MS, loud_blocks
from scripts.caller.phone import Phone
from scripts.faults.broken import Broken, promise, until
from scripts.faults.caller import Caller, clip_of, ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family
from scripts.faults.words import LINES
from shared import pcm
from worker.adapters.audio_file import decode

family = Family()

HOLD_S = 3.5
"""The SDK waits 3 s to be told who is in the room. Media stand still meanwhile: from 4 s on that is row 42."""
HEARD_WITHIN_MS = 2000
FROZEN_S = 14.0
RECORDED: dict[str, Any] = {"enableAiAgent": False, "enableRecording": True, "enableTranscription": False}
"""By a recorder, since there is no agent."""
ANSWERED_WITHIN_S = 30.0
"""Who noticed that LiveKit was frozen takes up to 15 s to be back."""
END_S = 12
"""Of the recording: what was said last is in here, and nothing of what was said before the cut."""
ARRIVES_S = 0.5
LOUD = 0.3
"""Of a sentence at least this share is sound."""


@family.scenario(
    41,
    f"the agent's signalling is cut, and of the resumed connection all but the first frame comes {HOLD_S:g} s late",
    "the caller is heard within 2 s of that, by the same agent (by another one, if the media stood still for 4 s)",
    worst_ms=HEARD_WITHIN_MS,
    runs=3,
)
async def deaf_agent(lab: Lab) -> int | None:
    caller = await lab.talking(turns=1)
    known = caller.agents_heard()
    mended_ms = await _cut_and_mended(lab, caller)
    if mended_ms is None:
        await caller.new_agent_heard(known, within_s=15)
        await caller.hear_out()
    await caller.ask()
    promise(mended_ms is None or caller.agents_heard() == known, "another agent was heard")
    return mended_ms


@family.scenario(
    41,
    f"the same of a recorder's signalling, in a call that it records ({HOLD_S:g} s)",
    "whoever speaks is heard within 2 s of that, and is in the recording",
    worst_ms=HEARD_WITHIN_MS,
    runs=2,
)
async def deaf_recorder(lab: Lab) -> int | None:
    callee = lab.new_user()
    caller = await lab.call(callType="user-to-user", calleeId=callee, **RECORDED)
    answered = await lab.api_of(callee).answer(caller.call)
    other = Phone(lab.clock, lambda *_: None)
    await other.join(answered.livekit_url, answered.token)
    try:
        await until("it is recorded", lambda: _recording(lab, caller, "active"), 20)
        mended_ms = await _cut_and_mended(lab, caller, microphones=2)
        spoke_s = [await _speak(lab, phone) for phone in (other, caller.phone)]
        await caller.hang_up()
        row = await until("the recording is stored", lambda: _recording(lab, caller, "ready"), 30)
    finally:
        await other.hang_up()
    path = lab.stack.data_dir / "recordings" / (row["file_path"] or row["path"])
    audio = np.concatenate(list(decode(path)), axis=1)[:, -pcm.SAMPLE_RATE_HZ * END_S :]
    for who, channel, seconds in zip(("callee", "caller"), (1, 0), spoke_s, strict=True):
        loud_s = len(loud_blocks(audio[channel])) * BLOCK_MS / 1000
        promise(loud_s >= LOUD * seconds, f"of {seconds:.1f} s of the {who}'s words {loud_s:.1f} s are recorded")
    return mended_ms


async def _speak(lab: Lab, phone: Phone) -> float:
    """For how many seconds. Nobody is to answer."""
    speech = phone.microphone.say(clip_of(LINES[0]))
    began_s, ended_s = await speech.began_s, await speech.ended_s
    await lab.clock.sleep(max(ended_s + ARRIVES_S - lab.now_s(), 0))
    return ended_s - began_s


@family.scenario(
    41,
    f"LiveKit is frozen for {FROZEN_S:g} s (`SIGSTOP`)",
    "whoever publishes a microphone is heard afterwards, and the caller answered",
    within_s=150,
)
async def frozen(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    with lab.nobody_can_be_heard():
        lab.stack.livekit.wedge()
        await lab.clock.sleep(FROZEN_S)
        lab.stack.livekit.unwedge()
        back_s = lab.now_s()
        answered_s = await _answered_again(lab, caller)
    await caller.hear_out()
    await caller.ask()
    return ms_between(back_s, answered_s)


async def _answered_again(lab: Lab, caller: Caller) -> float:
    """When. Raises `Broken`."""
    deadline_s = lab.now_s() + ANSWERED_WITHIN_S
    while lab.now_s() < deadline_s:
        said = await caller.say()
        with contextlib.suppress(Broken):
            return await caller.heard_after(said.ended_s, within_s=3)
    raise Broken("the caller is not answered any more")


async def _cut_and_mended(lab: Lab, caller: Caller, *, microphones: int = 1) -> int | None:
    """Milliseconds from the moment in which everybody was told to the worker until it heard them again, as the call's
    timeline says. None when the worker has given its job back. Raises `Broken`."""
    proxy = lab.stack.proxies.rooms_of_workers
    let_go = proxy.let_go
    proxy.hold_s = HOLD_S
    proxy.cut(reset=True)
    await until("the resumed connection was held up", lambda: proxy.let_go > let_go, HOLD_S + 20)
    told_ms = lab.clock.now_ms()
    proxy.hold_s = 0.0

    def is_mended() -> bool:
        return len(_told(lab, caller, "microphone_back")) == microphones or bool(_told(lab, caller, "path_lost"))

    await until("the timeline tells of an end of it", is_mended, 20)
    back = _told(lab, caller, "microphone_back")
    return max(back) - told_ms if len(back) == len(_told(lab, caller, "microphone_lost")) == microphones else None


def _told(lab: Lab, caller: Caller, what: str) -> list[int]:
    """When it happened, by the call's timeline."""
    rows = lab.rows("SELECT at_ms, data FROM call_events WHERE call_id = ? ORDER BY id", caller.call_id)
    return [row["at_ms"] for row in rows if json.loads(row["data"]).get("what") == what]


def _recording(lab: Lab, caller: Caller, state: str) -> dict[str, Any] | None:
    rows = lab.rows("SELECT * FROM recordings WHERE call_id = ? AND state = ?", caller.call_id, state)
    return rows[0] if rows else None
