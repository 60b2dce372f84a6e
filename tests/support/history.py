"""A database as it is after some months: calls that were answered, missed and broken, with their words and figures."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np

from control_api.call_events import (
    AgentJoinedEvent,
    AnyEvent,
    ConnectedEvent,
    CreatedEvent,
    EndedEvent,
    HappenedEvent,
    TurnEvent,
)
from control_api.history_ports import CallFilter
from control_api.ports import CallTx
from control_api.recording_records import Recording
from control_api.records import Call, CallType, Instructions, StoredSegment, StoredTurn, StoredUsage
from shared.agent_state import AgentState
from shared.call_report import HappenedKind, Usage
from shared.call_state import CallState, EndReason
from shared.ids import CallId, EgressId, Identity, RoomName, media_room
from shared.recording_order import FileType, peaks_path
from shared.recording_state import RecordingState
from worker.adapters.audio_file import AudioFile
from worker.peaks import peaks_of

NAMES = ("Ann Lee", "Bob Stone", "Chioma Eze", "Dmitri Orlov", "Elif Kaya", "Farid Haddad", "Grace Kim", "Hugo Martin")
QUESTIONS = (
    "Hello, my parcel has not come yet.",
    "I would like to change the address of my order.",
    "Can you tell me when the shop opens on Saturday?",
    "The invoice has the wrong name on it.",
)
ANSWERS = (
    "I am sorry to hear that. Let me look it up for you.",
    "Of course. What is the new address, please?",
    "On Saturday we are open from nine to four.",
    "Thank you, I have corrected it and sent it again.",
)
TURNS = 4
TONE_MS = 1_000
TALKS_EVERY = 4
"""So many calls had no words for one that had some: it is the words that take long to write."""


def fill(tx: CallTx, *, now_ms: int, past: int, live: int, span_ms: int, seed: int = 7) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same calls each time
    for number in range(past):
        _past_call(tx, chance, number, now_ms - span_ms + span_ms * number // past)
    for number in range(live):
        tx.insert_call(_live_call(number, now_ms - 1_000 * number), Instructions())


def record_newest(tx: CallTx, folder: Path) -> None:
    """The newest two that were completed have a short recording in this folder, the first of them with its waveform."""
    calls = tx.page(CallFilter(status=CallState.COMPLETED), limit=2, offset=0).calls
    for call, has_peaks in zip(calls, (True, False), strict=True):
        path = f"{call.id}/EG_{call.id}.mp4"
        _write_tone(folder / path)
        recording = Recording(
            EgressId(f"EG_{call.id}"),
            call.id,
            call.room_name,
            "mp4",
            path,
            call.created_at_ms,
            state=RecordingState.READY,
            ended_ms=call.ended_at_ms,
            file_path=path,
            peaks_path=peaks_path(path) if has_peaks else None,
            duration_ms=TONE_MS,
        )
        tx.insert_recording(recording)


def _write_tone(path: Path) -> None:
    tone = np.sin(np.arange(TONE_MS * 24) / 10) * 8_000
    block = np.stack([tone, tone]).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = AudioFile(path, FileType.MP4, 2)
    file.write(block)
    file.close()
    Path(peaks_path(str(path))).write_text(peaks_of(2, [block]))


def _a_call(number: int, at_ms: int, room: str) -> Call:
    call_id = CallId(str(UUID(int=(at_ms << 80) | (7 << 76) | (2 << 62) | number)))
    return Call(
        id=call_id,
        room_name=RoomName(room),
        call_type=CallType.SUPPORT,
        caller_id=Identity(f"user-{number % 97}"),
        caller_name=NAMES[number % len(NAMES)],
        created_at_ms=at_ms,
        media_room=media_room(RoomName(room), call_id),
        opened_at_ms=at_ms + 30,
    )


def _live_call(number: int, at_ms: int) -> Call:
    """Of people: nobody's worker has to be there for it to go on."""
    return replace(
        _a_call(number, at_ms, f"live-{number:04d}"),
        call_type=CallType.CONFERENCE,
        ai_enabled=False,
        status=CallState.CONNECTED,
        connected_at_ms=at_ms,
        people_joined_ms=at_ms,
        caller_joined_ms=at_ms,
    )


def _past_call(tx: CallTx, chance: random.Random, number: int, at_ms: int) -> None:
    call = replace(_a_call(number, at_ms, f"past-{number:05d}"), room_closed=True, end_decided=True)
    luck = chance.random()
    if luck < 0.06:
        missed = replace(call, status=CallState.MISSED, end_reason=EndReason.CALLER_HUNG_UP, ended_at_ms=at_ms + 4_000)
        tx.insert_call(missed, Instructions())
        return
    broke = luck > 0.97
    connected_ms, ended_ms = at_ms + 900, at_ms + 900 + chance.randrange(20_000, 240_000)
    ended = replace(
        call,
        status=CallState.FAILED if broke else CallState.COMPLETED,
        end_reason=EndReason.PROVIDER_DOWN if broke else EndReason.CALLER_HUNG_UP,
        connected_at_ms=connected_ms,
        ended_at_ms=ended_ms,
        agent_state=AgentState.DISCONNECTED,
        agent_epoch=1,
        agent_joined_ms=at_ms + 600,
    )
    tx.insert_call(ended, Instructions())
    _talk(tx, chance, ended, connected_ms, broke, turns=0 if number % TALKS_EVERY else TURNS)


def _talk(tx: CallTx, chance: random.Random, call: Call, connected_ms: int, broke: bool, turns: int) -> None:
    told: list[tuple[int, AnyEvent]] = [
        (0, CreatedEvent(ai_enabled=True, recording_enabled=False, transcription_enabled=True)),
        (600, AgentJoinedEvent(epoch=1, after_ms=600)),
        (900, ConnectedEvent(after_ms=900)),
    ]
    for turn in range(turns):
        at_ms = connected_ms + 4_000 * turn
        response_ms = int(chance.lognormvariate(6.5, 0.25))
        which = chance.randrange(len(QUESTIONS))
        tx.put_segment(StoredSegment(call.id, f"q{turn}", call.caller_id, QUESTIONS[which], at_ms + 300, at_ms + 1_800))
        tx.put_segment(StoredSegment(call.id, f"a{turn}", "agent", ANSWERS[which], at_ms + 2_200, at_ms + 3_900))
        tx.put_turn(StoredTurn(call.id, 1, turn, response_ms, False, 1_700))
        tx.put_usage(StoredUsage(call.id, 1, turn, Usage(900, 180, 300, 700, audio_output_tokens=150)))
        answered = TurnEvent(epoch=1, turn=turn, response_ms=response_ms, interrupted=False, played_ms=1_700)
        told.append((at_ms - call.created_at_ms + 2_200, answered))
    if broke:
        told.append((17_000, HappenedEvent(epoch=1, what=HappenedKind.MODEL_AWAY, detail="closed")))
    if call.end_reason is not None:
        told.append(
            ((call.ended_at_ms or 0) - call.created_at_ms, EndedEvent(status=call.status, reason=call.end_reason))
        )
    for after_ms, event in told:
        tx.add_event(call.id, call.created_at_ms + after_ms, event)
