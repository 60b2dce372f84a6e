"""Silence that nobody owes: answers that are none, and sound without an end (rows 43 and 44)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from scripts.caller.clips import Clip
from scripts.faults.broken import until
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import Lab
from scripts.faults.model import USUAL
from scripts.faults.scenario import Family
from scripts.faults.words import ANSWERS, HEARD
from shared import pcm
from worker.long_turn import LONGEST_S

family = Family()

SOUND_WITHIN_MS = 7000
IDLE_S = 15
NOISE_RMS = 1500
"""-27 dBFS: as loud as speech, which is what the loudness detector takes it for."""


async def _heard_again(caller: Caller, says: str, fault: Mapping[str, Any] | None, lab: Lab) -> int:
    """One more turn, which meets an answer that is none: milliseconds until the model itself is heard."""
    turns = [USUAL["turns"][0], {"hears": HEARD, "says": says}]
    faults = [] if fault is None else [{**fault, "at_turn": 2, "times": 1}]
    await lab.stack.model.play({**USUAL, "turns": turns, "then": "repeat_last", "faults": faults})
    said = await caller.say()
    first_s = await caller.heard_after(said.ended_s)
    return ms_between(said.ended_s, first_s)


@family.scenario(
    43,
    "the model completes an answer without a sound",
    "as a failed answer: asked again, a sound within 7 s, told in the timeline",
    worst_ms=SOUND_WITHIN_MS,
)
async def empty_answer(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    heard_ms = await _heard_again(caller, "", None, lab)
    await caller.hear_out()
    await _told(lab, caller, "answer_failed", "no_sound")
    return heard_ms


@family.scenario(
    43,
    "an answer ends `incomplete` 0.8 s into its words",
    "gone on with: a sound within 7 s of the break; the record shows the cut",
    worst_ms=SOUND_WITHIN_MS,
)
async def incomplete_answer(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await _heard_again(caller, ANSWERS[0], {"kind": "break_off", "after_ms": 800, "then": "incomplete"}, lab)
    await _told(lab, caller, "answer_failed", "max_output_tokens")
    cut = await until("the record shows a cut", lambda: _cut_ms(lab, caller), 10)
    await until("the rest of the answer is on record", lambda: _answers_since(lab, caller, cut), 10)
    (rest_ms,) = _answers_since(lab, caller, cut)[:1]
    await caller.hear_out()
    return max(rest_ms - cut, 0)


@family.scenario(
    44,
    f"{LONGEST_S + 8:g} s of pink noise under a loudness detector",
    f"the agent speaks again within 7 s of the longest turn ({LONGEST_S:g} s)",
    worst_ms=SOUND_WITHIN_MS,
    within_s=120.0,
)
async def endless_noise(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await _without_words(lab)
    noise = caller.phone.microphone.say(_noise(LONGEST_S + 8))
    began_s = await noise.began_s
    first_s = await caller.heard_after(began_s + 1.0, within_s=LONGEST_S + 12)
    await _told(lab, caller, "turn_too_long", None)
    await noise.ended_s
    await caller.hear_out()
    return max(ms_between(began_s, first_s) - round(LONGEST_S * 1000), 0)


@family.scenario(
    44,
    "noise interrupts the agent, and goes on",
    "an interruption that brings no words is none for long: the agent is heard again within 7 s",
    worst_ms=SOUND_WITHIN_MS,
)
async def noise_interrupts(lab: Lab) -> int:
    caller = await lab.talking()
    said = await caller.say()
    await caller.heard_after(said.ended_s)
    await _without_words(lab)
    noise = caller.phone.microphone.say(_noise(12.0))
    began_s = await noise.began_s
    quiet_s = await until("the agent falls silent", lambda: caller.hearing.quiet_from(began_s, caller.now_s(), 0.3), 5)
    first_s = await caller.heard_after(quiet_s + 0.1, within_s=12)
    await noise.ended_s
    await caller.hear_out()
    return ms_between(quiet_s, first_s)


@family.scenario(
    44,
    f"nothing but noise (idle limit {IDLE_S} s)",
    "`idle_timeout` when the longest turn is over and held no words, at most 10 s later",
    worst_ms=10_000,
    within_s=120.0,
    api_settings={"VOICE_IDLE_TIMEOUT_S": str(IDLE_S)},
)
async def noise_is_idle(lab: Lab) -> int:
    caller = await lab.talking()
    await _without_words(lab)
    noise = caller.phone.microphone.say(_noise(LONGEST_S + 15))
    began_s = await noise.began_s
    await lab.ended(caller, reason="idle_timeout", within_s=LONGEST_S + 15)
    return max(ms_between(began_s, lab.now_s()) - round(LONGEST_S * 1000), 0)


async def _without_words(lab: Lab) -> None:
    """The transcriber finds no words in what is said from now on."""
    turn = {"hears": "", "says": ANSWERS[1]}
    await lab.stack.model.play({**USUAL, "turns": [turn], "then": "repeat_last"})


def _noise(seconds: float) -> Clip:
    """Pink: as much of it in each octave."""
    count = round(seconds * pcm.SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(44).standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    sound = np.fft.irfft(spectrum, count)
    sound *= NOISE_RMS / np.sqrt(np.mean(sound**2))
    return Clip("noise", np.clip(sound, -32768, 32767).astype("<i2").tobytes())


async def _told(lab: Lab, caller: Caller, what: str, detail: str | None) -> None:
    """The timeline says so."""

    def is_told() -> bool:
        events = lab.rows("SELECT * FROM call_events WHERE call_id = ?", caller.call_id)
        return any(what in str(dict(event)) and (detail or "") in str(dict(event)) for event in events)

    await until(f"the timeline says {what}", is_told, 10)


def _cut_ms(lab: Lab, caller: Caller) -> int | None:
    """When the answer that broke off ended, by the record."""
    cut = lab.rows("SELECT end_ms FROM segments WHERE call_id = ? AND is_cut ORDER BY start_ms", caller.call_id)
    return int(cut[-1]["end_ms"]) if cut else None


def _answers_since(lab: Lab, caller: Caller, at_ms: int) -> list[int]:
    """When the agent's segments since then began."""
    found = lab.rows(
        "SELECT start_ms FROM segments WHERE call_id = ? AND speaker = 'agent' AND start_ms >= ? ORDER BY start_ms",
        caller.call_id,
        at_ms,
    )
    return [int(row["start_ms"]) for row in found]
