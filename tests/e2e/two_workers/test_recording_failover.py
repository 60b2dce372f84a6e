"""The worker that records a call is killed while somebody speaks: what was said before and after is in one file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from scripts.caller.clips import Clip, spoken
from scripts.caller.hearing import Samples, loud_blocks
from shared import pcm
from shared.clock import SystemClock
from tests.e2e.two_workers.test_failover import worker_of
from tests.support.person import Person, person_in_a_call, until
from tests.support.sound import find_stretched
from tests.support.stack import Stack
from worker.adapters.audio_file import decode

QUESTION = spoken("Where is my order, please?")
STORY = spoken(
    "I must tell you how it all began. Last Monday I ordered a green umbrella for my mother, since hers was blown away"
    " on the bridge. On Tuesday somebody rang at my door, and when I opened it nobody was there any more. On Wednesday"
    " my neighbour found a parcel behind the hedge, but it was a lamp, and on Thursday another lamp came."
)
THANKS = spoken("Nobody told me that it would be blue.")
KILLED_AT_S = 5.0
"""After the story's beginning: it goes on while nobody records, and long after."""
LOST_S = 2.0
"""So much of what was heard before the kill may be missing."""
TAKEN_OVER_WITHIN_S = 7.0
"""The next agent, and then its recording."""
NEAR_S = 1.0
JOINED_WITHIN_S = 90.0
PAUSE_S = 0.5
"""Within the story they are shorter."""
ALIKE = 0.75
"""Of 20 seconds that were said, each was 0.85 and more like itself in the file, also where a jitter buffer had put in
150 ms. What is not there reaches 0.46 where nobody speaks and 0.69 in a whole story by the same voice."""
AROUND_S = 5.0
"""A sound is looked for so far from where it should be, or where nobody spoke before it."""
HEAD = pcm.SAMPLE_RATE_HZ
"""A sound is found by its first second."""
CALLER, AGENT = 0, 1
SILENT = 300


class File:
    """A recording as a player hears it. Its `zero_s` on the clock of the phone is where the first clip that was said is
    found in it, which it was no later than `said_within_s` after the file's beginning."""

    def __init__(self, content: bytes, folder: Path, clip: Clip, began_s: float, said_within_s: float) -> None:
        path = folder / "recording.mp4"
        path.write_bytes(content)
        self.channels = np.concatenate(list(decode(path)), axis=1)
        self.zero_s = began_s - self._find(clip, 0.0, said_within_s)

    @property
    def duration_s(self) -> float:
        return float(self.channels.shape[1] / pcm.SAMPLE_RATE_HZ)

    def when(self, clip: Clip, began_s: float) -> float:
        """The caller said it; `began_s` is when it should be."""
        at_s = began_s - self.zero_s
        return self.zero_s + self._find(clip, max(at_s - AROUND_S, 0.0), at_s + AROUND_S)

    def _find(self, clip: Clip, from_s: float, to_s: float) -> float:
        start, end = round(from_s * pcm.SAMPLE_RATE_HZ), round(to_s * pcm.SAMPLE_RATE_HZ) + HEAD
        head = np.frombuffer(clip.audio, dtype="<i2")[:HEAD]
        found = find_stretched(head, self.channels[CALLER, start:end])
        assert found.likeness > max(ALIKE, found.elsewhere), (clip.text, found)
        return from_s + found.delay_ms / 1000

    def between(self, channel: int, from_s: float, to_s: float) -> Samples:
        start, end = (round((at_s - self.zero_s) * pcm.SAMPLE_RATE_HZ) for at_s in (from_s, to_s))
        found: Samples = self.channels[channel, max(start, 0) : max(end, 0)]
        return found

    def longest_silence(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Of the caller: from when to when."""
        loud_s = [from_s + start_ms / 1000 for start_ms in loud_blocks(self.between(CALLER, from_s, to_s))]
        return max(pairwise(loud_s), key=lambda pair: pair[1] - pair[0])


async def test_what_was_said_before_and_after_a_kill_is_in_one_file_at_its_time(stack: Stack, tmp_path: Path) -> None:
    called_s = SystemClock().monotonic_s()
    async with person_in_a_call(stack) as person:
        await until(lambda: "active" in recording_states(person), "it is recorded", 10)
        await person.hears_silence()
        question_s = await says(person, QUESTION)
        story_s = await person.phone.microphone.say(STORY).began_s
        await until(lambda: person.now_s() >= story_s + KILLED_AT_S, "the story has begun", 30)
        stack.kill(worker_of(stack, person.call_id))
        killed_s = person.now_s()
        await until(lambda: not person.phone.microphone.busy, "the story is told", 60)
        await person.hears_silence(gap_s=2.0)
        thanks_s = await says(person, THANKS)
        assert person.record["recoveries"] == 1
        hung_up_s = person.now_s()
        await person.phone.hang_up()
        gone_s = person.now_s()

    await until(lambda: joined(person) is not None, "the parts are joined", JOINED_WITHIN_S)
    recording = joined(person)
    assert recording is not None
    async with httpx2.AsyncClient() as http:
        answer = await http.get(person.record["recordingUrl"])
    assert answer.status_code == 200
    assert len(answer.content) == recording["sizeBytes"]
    file = File(answer.content, tmp_path, QUESTION, question_s, question_s - called_s)
    assert recording["status"] == "partial", "seconds are missing"
    assert recording["durationMs"] == pytest.approx(file.duration_s * 1000, abs=200)
    assert hung_up_s - NEAR_S < file.zero_s + file.duration_s < gone_s + NEAR_S

    for clip, began_s in ((STORY, story_s), (THANKS, thanks_s)):
        found_s = file.when(clip, began_s)
        print(f"{clip.text[:20]!r}: {found_s - began_s:+.3f} s")
        assert found_s == pytest.approx(began_s, abs=NEAR_S), clip.text
    gap_begins_s, gap_ends_s = file.longest_silence(story_s, story_s + STORY.length_ms / 1000)
    print(f"nobody recorded from {gap_begins_s - killed_s:+.2f} s to {gap_ends_s - killed_s:+.2f} s after the kill")
    assert -LOST_S - PAUSE_S < gap_begins_s - killed_s < NEAR_S
    assert PAUSE_S < gap_ends_s - killed_s < TAKEN_OVER_WITHIN_S
    for from_s, to_s in ((file.zero_s, killed_s - LOST_S), (gap_ends_s, gone_s)):
        assert np.abs(file.between(AGENT, from_s, to_s).astype(np.int32)).max() > SILENT, "the agent is in both parts"


async def says(person: Person, clip: Clip) -> float:
    """When it began; returns when the answer is over."""
    speech = person.phone.microphone.say(clip)
    await person.hears(await speech.ended_s, 20)
    await person.hears_silence()
    return await speech.began_s


def recording_states(person: Person) -> list[str]:
    answer = person.stack.api("GET", f"/api/voice/session?callId={person.call_id}&include=timeline")
    events = [entry["event"] for entry in answer["session"]["timeline"]] if answer else []
    return [event["state"] for event in events if event["kind"] == "recording"]


def joined(person: Person) -> dict[str, Any] | None:
    """The call's only recording, as soon as its link is one to a file of two parts."""
    answer = person.stack.api("GET", f"/api/voice/recording?roomName={person.session['roomName']}")
    (recording,) = answer["recordings"] if answer else (None,)
    is_joined = recording is not None and ".parts-" in (recording["recordingUrl"] or "")
    return recording if is_joined else None
