"""What models that think do, and what a service may refuse, in a call with real audio."""

from __future__ import annotations

import numpy as np

from scripts.caller.clips import spoken
from scripts.caller.hearing import Samples
from shared import pcm
from shared.call_report import AGENT_SPEAKER, CallEnded, Happened, HappenedKind, Segment, Turn
from shared.call_state import EndReason
from tests.integration.worker.listening import remember
from tests.integration.worker.stack import CALLER, Stack, until

QUESTION = spoken("Where is my order, please?")
WINDOW_MS = 100
LOW_HZ, HIGH_HZ = 440.0, 1000.0
TONE_MS = 1500


async def test_two_items_of_one_answer_are_heard_in_order_and_are_one_turn(stack: Stack) -> None:
    turn = {
        "hears": "Where is my order?",
        "preambles": [{"says": "Let me see.", "tone": {"hz": LOW_HZ, "ms": TONE_MS}}],
        "says": "It is there.",
        "tone": {"hz": HIGH_HZ, "ms": TONE_MS},
    }
    await stack.realtime.play({"turns": [turn]})
    held, phone = await stack.begin_call()
    memory = remember(phone)
    asked_s = await phone.microphone.say(QUESTION).ended_s
    (told,) = [await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)]
    assert (told.turn, told.interrupted, told.played_ms) == (1, False, 2 * TONE_MS)
    said = [one for one in stack.control.events(held.call_id, Segment) if one.speaker == AGENT_SPEAKER]
    assert [one.text for one in sorted(said, key=lambda one: one.start_ms)] == ["Let me see.", "It is there."]
    await until("all of it has arrived", lambda: not phone.hearing.is_sounding(phone.clock.monotonic_s(), 0.5))
    heard = tones(memory.between(asked_s, phone.clock.monotonic_s()))
    low, high = heard.count(LOW_HZ), heard.count(HIGH_HZ)
    assert [tone for tone in heard if tone is not None] == [LOW_HZ] * low + [HIGH_HZ] * high, (
        "first one, then the other"
    )
    for windows in (low, high):
        assert TONE_MS / WINDOW_MS - 2 <= windows <= TONE_MS / WINDOW_MS + 2
    assert len(stack.control.events(held.call_id, Turn)) == 1


async def test_a_call_whose_transcriber_is_refused_talks_on(stack: Stack) -> None:
    refuses = {"kind": "refuse_transcription", "at_connect": True, "code": "model_not_found"}
    await stack.realtime.play({"turns": [{"hears": "x", "says": "It is there."}], "faults": [refuses]})
    held, phone = await stack.begin_call()
    for number in (1, 2):
        asked_s = await phone.microphone.say(QUESTION).ended_s

        def is_answered(number: int = number) -> bool:
            return len(stack.control.events(held.call_id, Turn)) >= number

        await stack.control.wait_for("it is answered", is_answered)
        assert phone.hearing.first_sound_after(asked_s) is not None
    await phone.hang_up()
    assert (await stack.control.wait_for_report(held.call_id, CallEnded)).reason is EndReason.CALLER_HUNG_UP
    off = [one for one in stack.control.events(held.call_id, Happened) if one.kind is HappenedKind.TRANSCRIPTION_OFF]
    assert off == [Happened(HappenedKind.TRANSCRIPTION_OFF, "model_not_found")]
    assert {one.speaker for one in stack.control.events(held.call_id, Segment)} <= {AGENT_SPEAKER, CALLER}


async def test_a_session_that_is_refused_ends_the_call_with_the_services_code(stack: Stack) -> None:
    await stack.realtime.play(
        {"turns": [{"says": "Hello."}], "faults": [{"kind": "refuse_update", "at_connect": True}]}
    )
    held = await stack.open_call()
    await stack.join(held)
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=10)
    assert (ended.reason, ended.detail) == (EndReason.PROVIDER_DOWN, "invalid_value session.audio.output.voice")
    assert any("cannot go on" in one.text for one in stack.control.events(held.call_id, Segment))


def tones(audio: Samples) -> list[float | None]:
    """What sounds in each window: one of the two tones, or None; without windows in which one changes to the other."""
    size = pcm.SAMPLE_RATE_HZ * WINDOW_MS // 1000
    found: list[float | None] = []
    for at in range(0, len(audio) - size, size):
        window = audio[at : at + size].astype(np.float64)
        if np.sqrt(np.mean(window**2)) < 300:
            continue
        power = np.abs(np.fft.rfft(window * np.hanning(size)))
        hz = float(np.argmax(power)) * pcm.SAMPLE_RATE_HZ / size
        found.append(next((tone for tone in (LOW_HZ, HIGH_HZ) if abs(hz - tone) < 50), None))
    return found
