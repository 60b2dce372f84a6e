"""With `RECORDING_NOTICE=spoken` people hear that they are recorded, with an agent or without, and the file has it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np

from scripts.caller.clips import without_silence
from shared import pcm
from shared.ids import CallId, notice_identity, recorder_identity
from tests.support.person import Person, person_in_a_call, until
from tests.support.sound import best_match
from tests.support.stack import Stack, wait_for
from tests.support.two_people import Tape, all_have_heard, two_people
from worker.adapters import clip_files
from worker.adapters.audio_file import decode
from worker.clip import ClipName

NOTICE = clip_files.load()[ClipName.RECORDED]
GREETING = "Hello, this is the support line."
RIGHT = 1
HEAD = pcm.SAMPLE_RATE_HZ
SOUND = np.frombuffer(without_silence(NOTICE.audio), dtype="<i2")[:HEAD]
PAUSE_S = 0.8
ALIKE = 0.3
SOON_MS = 2500


async def test_it_comes_before_the_greeting_and_is_in_the_file(stack: Stack) -> None:
    async with person_in_a_call(stack, callType="support", enableRecording=True) as person:
        await until(lambda: len(said_by_agent(person)) == 2, "the agent has said both", 20)
        assert said_by_agent(person) == [NOTICE.text, GREETING]
    audio = await asyncio.to_thread(recording_of, stack, person.call_id)
    delay_ms, likeness = best_match(SOUND, audio[RIGHT])
    print(f"{delay_ms:.0f} ms into the file, likeness {likeness:.2f}")
    assert likeness > ALIKE
    assert delay_ms < SOON_MS
    assert 0 <= await asyncio.to_thread(begins_ms, stack, person.call_id) < SOON_MS


async def test_a_recording_that_is_started_in_the_middle_is_told_then(stack: Stack) -> None:
    async with person_in_a_call(stack, callType="support", enableRecording=False) as person:
        await until(lambda: said_by_agent(person) == [GREETING], "it greets", 20)
        body = {"roomName": person.session["roomName"]}
        assert await asyncio.to_thread(stack.api, "POST", "/api/voice/recording", body) is not None
        await until(lambda: said_by_agent(person) == [GREETING, NOTICE.text], "it says that it is recorded", 20)


async def test_two_people_without_an_agent_hear_it_and_who_says_it_is_nobody(stack: Stack) -> None:
    async with two_people(stack, recorder_first=True, enableRecording=True, enableTranscription=True) as talk:
        await all_have_heard(talk, PAUSE_S, 20)
        heard = [best_match(SOUND, tape.samples)[1] for tape in talk.tapes]
        print(f"heard with likeness {heard}")
        assert min(heard) > ALIKE
        speaker = notice_identity(CallId(talk.call_id))
        await until(lambda: speaker not in stack.people_in(talk.room), "who said it is gone", 5)
        assert [phone.others for phone in talk.phones] == [{talk.users[1]}, {talk.users[0]}]
    audio = await asyncio.to_thread(recording_of, stack, talk.call_id)
    delay_ms, likeness = best_match(SOUND, audio[RIGHT])
    print(f"{delay_ms:.0f} ms into the file, likeness {likeness:.2f}")
    assert likeness > ALIKE
    came = {event["identity"] for event in await talk.events("participant_joined")}
    assert came == {*talk.users, recorder_identity(CallId(talk.call_id))}
    assert {event["identity"] for event in await talk.events("recordingConsent")} == set(talk.users)
    assert [(one["what"], one["detail"]) for one in await talk.events("happened")] == [("clip_played", "recorded")]
    assert not await talk.events("agent_joined")
    record = await talk.record()
    assert (record["agentStatus"], record["transcriptSegments"]) == (None, [])
    assert 0 <= await asyncio.to_thread(begins_ms, stack, talk.call_id) < SOON_MS


async def test_two_people_are_told_of_each_recording_that_is_started_in_the_middle(stack: Stack) -> None:
    async with two_people(stack, enableRecording=False, enableTranscription=False) as talk:
        for tapes in (Tape(), Tape()), (Tape(), Tape()):
            talk.tapes = tapes
            for phone, tape in zip(talk.phones, tapes, strict=True):
                phone.hearing = tape
            await talk.ask("POST", "/api/voice/recording", {"roomName": talk.room})
            await all_have_heard(talk, PAUSE_S, 20)
            assert min(best_match(SOUND, tape.samples)[1] for tape in tapes) > ALIKE
            await talk.ask("DELETE", f"/api/voice/recording?roomName={talk.room}")


def said_by_agent(person: Person) -> list[str]:
    segments = person.record.get("transcriptSegments") or []
    return [segment["text"] for segment in segments if segment["speaker"] == "agent"]


def begins_ms(stack: Stack, call_id: str) -> int:
    """How long after the call was connected, as its record says when the file is ready."""

    def told() -> list[int]:
        record = stack.api("GET", f"/api/voice/session?callId={call_id}")["session"]
        offset_ms = record["recordingStartOffsetMs"]
        return [] if offset_ms is None else [offset_ms]

    (found,) = wait_for(told, "the recording is ready", 30)
    print(f"recorded from {found} ms after it was connected on")
    return found


def recording_of(stack: Stack, call_id: str) -> np.ndarray:
    """(channels, samples) of the file, when it is stored."""

    def files() -> list[Path]:
        return list((stack.data_dir / "recordings").glob(f"{call_id}/*.mp4"))

    (path,) = wait_for(files, "the recording is stored", 30)
    return np.concatenate(list(decode(path)), axis=1)
