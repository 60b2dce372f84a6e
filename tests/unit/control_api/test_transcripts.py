"""What was said, as text, as captions, and by the API."""

from __future__ import annotations

from typing import Any

import pytest

from control_api.transcript_texts import Line, as_srt, as_text, as_vtt, in_recording
from shared.call_report import AGENT_SPEAKER, NOT_UNDERSTOOD, WRITTEN_PREFIX, Report, Segment
from shared.ids import CallId
from tests.fakes.recorder import fake_recording
from tests.support.api_client import RECORDING, TRANSCRIPT, Api, an_api, error_of
from tests.support.calls import T0
from tests.support.recordings import ended, started, stored

LINES = [
    Line("Ann", "Hello,\n  is   this <b>you</b> & me?", 0, 1_400),
    Line("AI", "Yes, how can", 3_723_004, 3_723_204, is_cut=True),
]


def test_text_has_one_line_for_each_stretch_of_speech() -> None:
    assert as_text(LINES) == "Ann: Hello, is this <b>you</b> & me?\nAI: Yes, how can —"
    assert as_text([]) == ""


def test_spaces_that_are_meant_stay_and_lines_do_not() -> None:
    lines = [Line("山田\u3000太郎", "東京\u3000大阪\u2028京都", 0, 1), Line("علی\u200cرضا", "Bonjour\u00a0!", 1, 2)]
    assert as_text(lines) == "山田\u3000太郎: 東京\u3000大阪 京都\nعلی\u200cرضا: Bonjour\u00a0!"


def test_vtt_names_the_voice_and_cannot_be_broken_out_of() -> None:
    assert as_vtt([*LINES, Line("x>\n\nNOTE", "-->", 4_000_000, 4_001_000)]) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.400\n<v Ann>Hello, is this &lt;b&gt;you&lt;/b&gt; &amp; me?\n\n"
        "01:02:03.004 --> 01:02:03.504\n<v AI>Yes, how can —\n\n"
        "01:06:40.000 --> 01:06:41.000\n<v x&gt; NOTE>--&gt;\n"
    )
    assert as_vtt([]) == "WEBVTT\n"


def test_srt_counts_from_one() -> None:
    assert as_srt(LINES) == (
        "1\n00:00:00,000 --> 00:00:01,400\nAnn: Hello, is this <b>you</b> & me?\n\n"
        "2\n01:02:03,004 --> 01:02:03,504\nAI: Yes, how can —\n\n"
    )


def test_lines_on_the_clock_of_a_recording_are_those_that_are_heard_in_it() -> None:
    lines = [Line("Ann", str(at), at, at + 1_000) for at in (0, 29_500, 35_000, 41_000)]
    assert in_recording(lines, 30_000, 11_000) == [Line("Ann", "29500", 0, 500), Line("Ann", "35000", 5_000, 6_000)]
    assert in_recording(lines, 0, None) == lines
    assert in_recording(lines[:1], -200, None) == [Line("Ann", "0", 200, 1_200)]


async def a_talk(api: Api) -> int:
    call = await api.called()
    await api.parts.clock.advance(1)
    await api.parts.joins(call, "user-1")
    await api.parts.agent_joins(call)
    zero_ms = (await api.parts.call(call.id)).connected_at_ms or T0
    said = [
        Segment("a", "user-1", "What is seven times six?", zero_ms + 500, zero_ms + 1_500),
        Segment("b", AGENT_SPEAKER, "Seven times six", zero_ms + 2_000, zero_ms + 3_000, is_cut=True),
    ]
    reports = [Report(call.id, 1, seq, zero_ms, event) for seq, event in enumerate(said, start=10)]
    await api.parts.services.reports.take(reports)
    return zero_ms


async def get(api: Api, user: str = "ann", **params: Any) -> Any:
    return await api.request("GET", TRANSCRIPT, user=user, params={"roomName": "r1"} | params)


async def test_as_json() -> None:
    async with an_api() as api:
        await a_talk(api)
        answer = (await get(api)).json()
        assert answer["transcript"] == "Ann: What is seven times six?\nAI: Seven times six —"
        assert answer["segments"][1] == {
            "segmentId": "b",
            "speaker": "agent",
            "text": "Seven times six",
            "startMs": 2_000,
            "endMs": 3_000,
            "isCut": True,
            "isUnclear": False,
        }
        assert answer["segments"] == (await api.shown())["transcriptSegments"]
        by_id = (await get(api, callId=answer["callId"])).json()
        assert by_id == answer


async def test_words_that_nobody_knows_are_told_from_words() -> None:
    async with an_api() as api:
        zero_ms = await a_talk(api)
        call_id = CallId((await api.shown())["callId"])
        said = [
            Segment("c", "user-1", NOT_UNDERSTOOD, zero_ms + 4_000, zero_ms + 5_000),
            Segment(f"{WRITTEN_PREFIX}1", "user-1", NOT_UNDERSTOOD, zero_ms + 6_000, zero_ms + 6_000),
        ]

        async def unclear() -> list[str]:
            return [one["segmentId"] for one in (await get(api)).json()["segments"] if one["isUnclear"]]

        reports = [Report(call_id, 1, seq, zero_ms, event) for seq, event in enumerate(said, start=20)]
        await api.parts.services.reports.take(reports)
        assert await unclear() == ["c"], "what is written is no riddle"
        late = Segment("c", "user-1", "Forty-two, please.", zero_ms + 4_000, zero_ms + 5_000)
        await api.parts.services.reports.take([Report(call_id, 1, 30, zero_ms, late)])
        assert await unclear() == []


@pytest.mark.parametrize(
    ("wanted", "media_type", "beginning"),
    [
        ("txt", "text/plain; charset=utf-8", "Ann: What is"),
        ("vtt", "text/vtt; charset=utf-8", "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n<v Ann>What is"),
        ("srt", "application/x-subrip; charset=utf-8", "1\n00:00:00,500 --> 00:00:01,500\nAnn: What is"),
    ],
)
async def test_as_a_file(wanted: str, media_type: str, beginning: str) -> None:
    async with an_api() as api:
        await a_talk(api)
        answer = await get(api, format=wanted)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
        assert answer.text.startswith(beginning)
        assert answer.headers["Content-Disposition"].endswith(f'.{wanted}"')
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_text_that_was_put_in_its_place_is_the_text_and_the_times_stay() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_talk(api)
        await api.request("PATCH", RECORDING, json={"roomName": "r1", "transcript": "Corrected."})
        assert (await get(api)).json()["transcript"] == "Corrected."
        assert (await get(api, format="txt")).text == "Corrected."
        assert "Seven times six" in (await get(api, format="vtt")).text


async def a_recorded_talk(api: Api) -> list[str]:
    """Recorded twice: from 1.8 s on, and for a moment later."""
    zero_ms = await a_talk(api)
    ids = []
    for begins_ms in (1_800, 9_000):
        await api.parts.clock.advance(1)
        answer = await api.request("POST", RECORDING, json={"roomName": "r1"})
        ids.append(answer.json()["recording"]["egressId"])
        await api.request("DELETE", RECORDING, params={"roomName": "r1"})
        path = f"c/{ids[-1]}.mp4"
        told = (started(ids[-1], started_ms=zero_ms + begins_ms), ended(ids[-1]), stored(ids[-1], path=path))
        await api.parts.told(*told)
    return ids


async def test_captions_are_on_the_clock_of_the_recording_that_is_handed_out() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        first, second = await a_recorded_talk(api)
        assert (await get(api, format="vtt")).text == "WEBVTT\n", "of the newest: nothing was said in it"
        of_first = (await get(api, format="vtt", egressId=first)).text
        assert of_first.startswith("WEBVTT\n\n00:00:00.200 --> 00:00:01.200\n<v AI>Seven")
        assert (await get(api, format="srt", egressId=first)).text.startswith("1\n00:00:00,200 --> 00:00:01,200\nAI: ")
        assert "00:00:00.500 --> 00:00:01.500" in (await get(api, format="vtt", clock="call")).text
        assert (await get(api, format="txt")).text.startswith("Ann: What is"), "a text has no times: all of it"
        assert (await get(api)).json()["segments"][0]["startMs"] == 500
        assert error_of(await get(api, format="vtt", egressId="EG_x"))[:2] == (404, "Session not found")
        assert error_of(await get(api, format="vtt", clock="sun"))[0] == 400
        shown = await api.shown()
        recordings = (await api.request("GET", RECORDING, params={"roomName": "r1"})).json()["recordings"]
        assert {one["egressId"]: one["startOffsetMs"] for one in recordings} == {first: 1_800, second: 9_000}
        assert shown["recordingStartOffsetMs"] == 9_000


async def test_the_clock_of_a_file_of_somebody_else_is_not_known() -> None:
    _, _, backend = fake_recording()
    async with an_api(recording=backend) as api:
        await a_recorded_talk(api)
        noted = {"roomName": "r1", "recordingUrl": "https://elsewhere.example/a.mp3"}
        await api.request("PATCH", RECORDING, json=noted)
        assert (await api.shown())["recordingStartOffsetMs"] is None
        assert "00:00:00.500 --> 00:00:01.500" in (await get(api, format="vtt")).text


async def test_what_is_not_there() -> None:
    async with an_api() as api:
        assert error_of(await api.request("GET", TRANSCRIPT)) == (400, "Missing roomName", "invalid_request")
        assert error_of(await get(api)) == (404, "Session not found", "not_found")
        await api.called()
        assert (await get(api)).json()["segments"] == []
        assert (await get(api, format="vtt")).text == "WEBVTT\n"
        assert error_of(await get(api, format="pdf"))[0] == 400
