"""What must be true after every run, whatever was broken in it: I1 to I8 of the fault table, written once.

- I1 every accepted call reaches exactly one final state with one reason, within its longest duration + 30 s
- I2 at most one agent speaks in a call at any time
- I3 no more than 7 s pass from the end of a caller's turn, or from an answer that breaks off, to the next sound
- I4 60 s after the end: no room, no Realtime session, no job, no temporary file, no task of that call
- I5 what the API has acknowledged is in the database
- I6 every recording that was asked for is ready, partial or failed, with a true duration
- I7 seconds of model use <= seconds of call + 5 %
- I8 no key, prompt, transcript or person's name in logs, metrics, webhooks or LiveKit metadata

Each check gives what is wrong, as sentences; nothing means that it holds.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations

import psutil
from livekit import api as livekit_api

from scripts.caller.hearing import Stretch
from scripts.faults.broken import Broken, until, until_answered
from scripts.faults.caller import Caller
from scripts.faults.lab import Lab
from scripts.faults.stack import MODEL_KEY
from scripts.faults.words import SECRET_WORDS
from shared.call_state import FINAL_STATES, EndReason

FINAL_WITHIN_S = 60.0
"""A caller who was lost may take 30 s to come back, and the end may take 30 s to be seen."""
GONE_WITHIN_S = 60.0
LONGEST_SILENCE_S = 7.0
BOTH_AT_ONCE_S = 0.2
"""What the caller's jitter buffer may still hold of an agent that is gone."""
IN_FLIGHT_S = 0.5
"""What was on its way to the caller when an answer was broken off."""
MODEL_SLACK_S = 0.5
"""Of a session: the second before it was ready is sent to it at once."""
RECORDED = frozenset({"ready", "partial", "failed", "uploading"})


async def one_final_state(lab: Lab) -> list[str]:
    wrong = []
    for call_id in lab.acknowledged:
        try:
            row = await lab.until_final(call_id, FINAL_WITHIN_S)
        except Broken as broken:
            wrong.append(f"call {call_id}: {broken}")
            continue
        if row["end_reason"] not in set(EndReason) or row["ended_at_ms"] is None:
            wrong.append(f"call {call_id} ended {row['status']} with reason {row['end_reason']}")
    return wrong


async def states_stay_final(lab: Lab, ended: dict[str, tuple[str, str]]) -> list[str]:
    """`ended` is what was seen after earlier runs, and is brought up to date."""
    now = {row["id"]: (row["status"], row["end_reason"]) for row in lab.rows("SELECT * FROM calls")}
    wrong = [f"call {id_} was {was}, and now is {now.get(id_)}" for id_, was in ended.items() if now.get(id_) != was]
    ended.update({id_: state for id_, state in now.items() if state[0] in FINAL_STATES})
    return wrong


async def one_voice_at_a_time(lab: Lab) -> list[str]:
    return [
        f"call {caller.call_id}: two agents were heard at once for {both_s:.1f} s"
        for caller in lab.callers
        for one, other in combinations(caller.phone.voices.values(), 2)
        if (both_s := overlap_s(one.sounds(), other.sounds())) > BOTH_AT_ONCE_S
    ]


async def no_long_silence(lab: Lab) -> list[str]:
    return [
        f"call {caller.call_id}: the caller heard nothing for {silence_s:.1f} s"
        for caller in lab.callers
        for silence_s in silences_s(caller, lab.excused)
        if silence_s > LONGEST_SILENCE_S
    ]


async def nothing_is_left(lab: Lab) -> list[str]:
    looks: dict[str, Callable[[], Awaitable[object]]] = {
        "rooms": lambda: _rooms(lab),
        "Realtime sessions": lambda: _sessions(lab),
        "jobs": lambda: _jobs(lab),
        "temporary files": lambda: _files(lab),
    }
    wrong = []
    for what, look in looks.items():

        async def is_gone(look: Callable[[], Awaitable[object]] = look) -> bool:
            return not await look()

        try:
            await until_answered(f"no {what} are left", is_gone, GONE_WITHIN_S)
        except Broken:
            wrong.append(f"{what} are left: {await look()}")
    return wrong


async def what_was_said_is_stored(lab: Lab) -> list[str]:
    stored = {row["id"] for row in lab.rows("SELECT id FROM calls")}
    wrong = [f"call {id_} was acknowledged and is not stored" for id_ in lab.acknowledged if id_ not in stored]
    with contextlib.closing(sqlite3.connect(f"file:{lab.stack.database}?mode=ro", uri=True)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return wrong if verdict == "ok" else [*wrong, f"the database is torn: {verdict}"]


async def recordings_have_an_end(lab: Lab) -> list[str]:
    def unfinished() -> list[str]:
        return [
            f"recording {row['egress_id']} is {row['state']}"
            for row in lab.rows("SELECT * FROM recordings")
            if row["state"] not in RECORDED and row["call_id"] in lab.acknowledged
        ]

    try:
        await until("every recording has an end", lambda: not unfinished(), FINAL_WITHIN_S)
    except Broken:
        return unfinished()
    return []


async def the_model_hears_no_more_than_the_call(lab: Lab) -> list[str]:
    """Audio is what a model's use costs: what all sessions of the run took in, against the time of all its calls."""
    sessions = await lab.sessions()
    used_s = sum(session["audioReceivedMs"] for session in sessions) / 1000
    call_s = lab.distant_s
    call_s += sum((c.left_s or lab.now_s()) - c.joined_s for c in lab.callers if c.joined_s is not None)
    if used_s <= call_s * 1.05 + MODEL_SLACK_S * len(sessions):
        return []
    return [f"the model was sent {used_s:.1f} s of audio in {call_s:.1f} s of calls"]


async def nothing_is_told(lab: Lab) -> list[str]:
    secret = {
        "a key": [*lab.stack.secrets.values(), MODEL_KEY],
        "words of a call or a name": list(SECRET_WORDS),
        "a token": ["eyJhbGciOi"],
    }
    texts = {part.name: part.log.read_text(errors="replace") for part in lab.stack.parts if part.log.exists()}
    texts.pop(lab.stack.livekit.name, None)  # not ours: it logs what people call themselves
    texts["the stored webhooks"] = "".join(row["payload"] for row in lab.rows("SELECT payload FROM webhook_inbox"))
    texts["LiveKit's metadata"] = "\n".join(lab.metadata)
    return [
        f"{where} hold {what}"
        for where, text in texts.items()
        for what, needles in secret.items()
        if any(needle.lower() in text.lower() for needle in needles if not needle.startswith("dev"))
    ]


# ------------------------------------------------------------------------------------------------------------ helpers


def overlap_s(one: Iterable[Stretch], other: Iterable[Stretch]) -> float:
    others = list(other)
    return sum(max(0.0, min(a.end_s, b.end_s) - max(a.start_s, b.start_s)) for a in one for b in others)


def silences_s(caller: Caller, excused: Iterable[tuple[float, float]]) -> list[float]:
    """How long the caller waited for a sound, each time that one was owed: after a turn, after a broken answer.

    A turn that follows before the sound has come begins the wait anew. Time in which nobody could be heard does not
    count, nor does the time after the call.
    """
    end_s = caller.left_s or caller.now_s()
    owed_s = [said.ended_s for said in caller.said] + _ends_of_broken(caller)
    waits = [(at_s, min(_next_sound_s(caller, at_s), _next_word_s(caller, at_s), end_s)) for at_s in sorted(owed_s)]
    return [to_s - at_s - _excused_s(at_s, to_s, excused) for at_s, to_s in waits if to_s > at_s]


def _next_sound_s(caller: Caller, at_s: float) -> float:
    return next((sound.start_s for sound in caller.sounds() if sound.end_s > at_s), float("inf"))


def _next_word_s(caller: Caller, at_s: float) -> float:
    return next((said.began_s for said in caller.said if said.began_s > at_s), float("inf"))


def _ends_of_broken(caller: Caller) -> list[float]:
    """The last sound of each answer that a fault broke off."""
    ends = []
    for at_s in caller.broken_off_s:
        before = [sound.end_s for sound in caller.sounds() if sound.start_s < at_s + IN_FLIGHT_S]
        ends += before[-1:]
    return ends


def _excused_s(from_s: float, to_s: float, excused: Iterable[tuple[float, float]]) -> float:
    return sum(max(0.0, min(to_s, end_s) - max(from_s, begin_s)) for begin_s, end_s in excused)


async def _rooms(lab: Lab) -> list[str]:
    listed = await lab.stack.rooms.room.list_rooms(livekit_api.ListRoomsRequest())
    return [room.name for room in listed.rooms]


async def _sessions(lab: Lab) -> int:
    return int((await lab.stack.model.stats())["connectionsOpen"])


async def _jobs(lab: Lab) -> list[str]:
    """A worker that is idle has all its slots and no connection to the model."""
    free = await lab.free_slots()
    left = [] if free >= lab.slots else [f"{free} of {lab.slots} slots are free"]
    for worker in lab.stack.workers:
        if worker.runs:
            left += [f"{worker.name} speaks to the model" for c in _connections(worker.process) if _is_model(lab, c)]
    return left


def _connections(process: psutil.Process) -> list[tuple[str, int]]:
    return [(c.status, c.raddr.port) for c in process.net_connections("tcp") if c.raddr]


def _is_model(lab: Lab, connection: tuple[str, int]) -> bool:
    status, port = connection
    return status == psutil.CONN_ESTABLISHED and port == lab.stack.proxies.model.port


async def _files(lab: Lab) -> list[str]:
    spooled = [path for path in lab.stack.spool_dir.rglob("*.jsonl") if path.stat().st_size]
    temporary = [path for path in lab.stack.temporary_dir.rglob("*") if path.is_file()]
    return [str(path.relative_to(lab.stack.data_dir)) for path in (*spooled, *temporary)]


@dataclass
class Invariants:
    """What held in all runs so far."""

    holds: dict[str, bool] = field(default_factory=dict)
    _ended: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def check(self, lab: Lab) -> list[str]:
        """After a run: what is wrong, each sentence with the name of its invariant."""
        checks: dict[str, Callable[[], Awaitable[list[str]]]] = {
            "I1": lambda: self._one_final_state(lab),
            "I2": lambda: one_voice_at_a_time(lab),
            "I3": lambda: no_long_silence(lab),
            "I4": lambda: nothing_is_left(lab),
            "I5": lambda: what_was_said_is_stored(lab),
            "I6": lambda: recordings_have_an_end(lab),
            "I7": lambda: the_model_hears_no_more_than_the_call(lab),
            "I8": lambda: nothing_is_told(lab),
        }
        found = []
        for name, look in checks.items():
            wrong = await look()
            self.holds[name] = self.holds.get(name, True) and not wrong
            found += [f"{name}: {sentence}" for sentence in wrong]
        return found

    async def _one_final_state(self, lab: Lab) -> list[str]:
        return await one_final_state(lab) + await states_stay_final(lab, self._ended)
