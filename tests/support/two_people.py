"""Two people in a call of the whole stack, without an agent, whose phones keep what they hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.caller.captions import Caption
from scripts.caller.hearing import Hearing, Samples
from scripts.caller.phone import Phone
from shared.clock import SystemClock
from shared.ids import CallId, Identity, recorder_identity
from tests.support.person import NAMES, until
from tests.support.stack import Stack, wait_for


class Tape(Hearing):
    """Everything that was heard, one frame behind the other, whenever they came."""

    def __init__(self) -> None:
        super().__init__()
        self._frames: list[Samples] = [np.zeros(0, dtype=np.int16)]

    def hear(self, samples: Samples, arrived_s: float) -> None:
        super().hear(samples, arrived_s)
        self._frames.append(samples.copy())

    @property
    def samples(self) -> Samples:
        return np.concatenate(self._frames)


@dataclass
class Talk:
    stack: Stack
    users: tuple[str, str]
    """Caller and callee."""
    session: dict[str, Any]
    """As `POST /session` answered."""
    phones: tuple[Phone, Phone]
    tapes: tuple[Tape, Tape]

    @property
    def call_id(self) -> str:
        return str(self.session["callId"])

    @property
    def room(self) -> str:
        return str(self.session["roomName"])

    def is_connected(self) -> bool:
        record = self.stack.record(self.call_id)
        return record is not None and record["status"] == "connected"

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """As the caller."""
        answer = await asyncio.to_thread(self.stack.api, method, path, body, user=self.users[0], admin=False)
        assert answer is not None, f"{method} {path} was refused"
        return answer

    async def record(self) -> dict[str, Any]:
        answer = await self.ask("GET", f"/api/voice/session?callId={self.call_id}&include=timeline")
        record: dict[str, Any] = answer["session"]
        return record

    async def events(self, kind: str) -> list[dict[str, Any]]:
        events = [entry["event"] for entry in (await self.record())["timeline"]]
        return [event for event in events if event["kind"] == kind]


@asynccontextmanager
async def two_people(stack: Stack, *, recorder_first: bool = False, **wishes: Any) -> AsyncIterator[Talk]:
    """Both are in the room, and the API knows it. `recorder_first`: the callee comes when the recorder is there."""
    caller, callee = (f"person-{next(NAMES)}" for _ in range(2))
    body = {"callType": "user-to-user", "calleeId": callee, "enableAiAgent": False, **wishes}
    opened = await asyncio.to_thread(stack.api, "POST", "/api/voice/session", body, user=caller, admin=False)
    assert opened is not None, "no call could be opened"
    session = opened["session"]
    body = {"roomName": session["roomName"]}
    answered = await asyncio.to_thread(stack.api, "POST", "/api/voice/token", body, user=callee, admin=False)
    assert answered is not None, "the call could not be answered"
    phones = (Phone(SystemClock(), _ignore), Phone(SystemClock(), _ignore))
    tapes = (Tape(), Tape())
    recorder = recorder_identity(CallId(session["callId"]))
    async with AsyncExitStack() as hanging_up:
        for phone, tape, token in zip(phones, tapes, (session["token"], answered["token"]), strict=True):
            phone.hearing = tape
            hanging_up.push_async_callback(phone.hang_up)
            await phone.join(session["livekitHost"], token)
            if recorder_first:
                await until(lambda: is_there(recorder, stack, session), "the recorder is there", 20)
        talk = Talk(stack, (caller, callee), session, phones, tapes)
        await asyncio.to_thread(wait_for, talk.is_connected, "the call is connected", 20)
        yield talk


def is_there(identity: Identity, stack: Stack, session: dict[str, Any]) -> bool:
    return identity in stack.people_in(session["roomName"])


async def all_have_heard(talk: Talk, gap_s: float, within_s: float) -> None:
    """Until each has heard something, and nothing more for `gap_s`."""

    def has_heard(tape: Tape) -> bool:
        return tape.last_sound_s() is not None and not tape.is_sounding(talk.phones[0].clock.monotonic_s(), gap_s)

    await until(lambda: all(map(has_heard, talk.tapes)), "both have heard it", within_s)


def _ignore(_caption: Caption, _words: str, _ended: bool) -> None:
    pass
