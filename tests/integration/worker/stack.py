"""A worker process between a real LiveKit server, the local Realtime server and the tests' own internal API."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from scripts.caller.captions import Caption
from scripts.caller.phone import Phone
from shared.call_report import AgentJoined
from shared.call_spec import CallSpec, JobRole
from shared.claims import Claim
from shared.clock import SystemClock
from shared.ids import CallId, Identity, RoomName, agent_identity, recorder_identity
from shared.worker_link import CommandKind, HeldCall
from tests.fakes.internal_api import FakeInternalApi
from tests.integration.worker.rooms import Rooms
from tests.integration.worker.worker_process import RunningWorker
from tests.support.until import patient
from tests.support.until import until as wait_until

CALLER = Identity("user_caller")
CALLEE = Identity("user_callee")


class Stack:
    """``async with Stack(worker) as stack``: its API is there, the worker is connected and ready."""

    def __init__(self, worker: RunningWorker) -> None:
        self.worker = worker
        self.livekit = worker.livekit
        self.realtime = worker.realtime
        self.control = FakeInternalApi(port=worker.api_port)
        self.rooms = Rooms(worker.livekit)
        self._phones: list[Phone] = []

    async def __aenter__(self) -> Self:
        await self.control.start()
        try:
            await self.worker.until_ready()
        except BaseException:
            await self.control.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for phone in self._phones:
            await phone.hang_up()
        try:
            if error is None and self.worker.runs:
                await self._end_calls()
        finally:
            await self.control.stop()

    async def _end_calls(self) -> None:
        """What a test began, it ends: the next one uses the same worker and the same model."""
        if not self.control.runs:
            await self.control.start()
        self.control.behave()
        for room in {claim.room_name for claim in self.control.calls.values()}:
            await self.rooms.close(room)
        told = len(self.control.heartbeats)
        await self.control.wait_for(
            "no call is left", lambda: any(not beat.calls for beat in self.control.heartbeats[told:])
        )
        await until("all is reported", lambda: not self.worker.untold())

    async def session(self) -> dict[str, Any]:
        """The one session that the model has, as its stand-in tells of it: those of the tests before are shared with
        this one's process, and may still be on their way out."""

        async def open_now() -> list[dict[str, Any]] | None:
            sessions = [one for one in (await self.realtime.stats())["sessions"] if one["open"]]
            return sessions if len(sessions) == 1 else None

        found = await wait_until(open_now, "the model has one session")
        assert found is not None
        return found[0]

    # ----------------------------------------------------------------------------------------------- the calls

    async def open_call(self, *, by_offer: bool = False, **claim: object) -> HeldCall:
        """A room and a dispatch, as the API makes them; fields of the claim can be given. `by_offer`: the worker is
        asked directly."""
        call_id = CallId(f"0190{secrets.token_hex(14)}")
        room = RoomName(f"support-{secrets.token_hex(6)}")
        defaults: dict[str, object] = {
            "call_id": call_id,
            "epoch": 1,
            "room_name": room,
            "caller_identity": CALLER,
            "agent_identity": agent_identity(call_id),
            "livekit_url": self.livekit.url,
            "token": self.rooms.agent_token(agent_identity(call_id), room),
            "system_prompt": "You are a test.",
            "greeting": "",
            "voice": "alloy",
            "model": "gpt-realtime-2.1",
            "max_duration_s": 600,
            "idle_timeout_s": 120,
            "reconnect_grace_s": 30,
        }
        held = self.control.add(Claim(**{**defaults, **claim}))  # type: ignore[arg-type]
        await self.rooms.make(self._room_of(held))
        if by_offer:
            await self.control.command(CommandKind.TAKE_CALL, held, roomName=self._room_of(held))
        else:
            await self.dispatch(held)
        return held

    async def open_call_of_people(self, call_type: str = "user-to-user", **claim: object) -> HeldCall:
        """A call without an agent, and a recorder in it."""
        call_id = CallId(f"0190{secrets.token_hex(14)}")
        room = RoomName(f"{call_type}-{secrets.token_hex(6)}")
        recorder = recorder_identity(call_id)
        defaults: dict[str, object] = {
            "call_id": call_id,
            "room_name": room,
            "agent_identity": recorder,
            "token": self.rooms.recorder_token(recorder, room),
            "role": JobRole.RECORDER,
            "call_type": call_type,
            "callee_identity": CALLEE,
        }
        held = await self.open_call(by_offer=False, **{**defaults, **claim})
        await until("the recorder is in the room", lambda: self._log_lines(held, "recorder joined") == 1)
        return held

    async def dispatch(self, held: HeldCall) -> None:
        claim = self.control.calls[held]
        spec = CallSpec(held.call_id, claim.room_name, held.epoch, claim.role)
        await self.rooms.dispatch(claim.room_name, spec.to_metadata())

    async def another_agent(self, held: HeldCall) -> HeldCall:
        """Dispatch the next epoch's agent to the same call."""
        again = self.control.add(replace(self.control.calls[held], epoch=held.epoch + 1))
        await self.dispatch(again)
        return again

    async def join(self, held: HeldCall, who: Identity | None = None) -> Phone:
        """The caller (or `who`) joins the call's room with an open, silent microphone."""
        phone = Phone(SystemClock(), _ignore)
        self._phones.append(phone)
        claim = self.control.calls[held]
        heard = self._log_lines(held, "microphone is heard")
        await phone.join(self.livekit.url, self.rooms.caller_token(who or claim.caller_identity, claim.room_name))
        if claim.role is JobRole.RECORDER:
            # LiveKit connects the two a moment later: what is said before is heard by nobody.
            await until("the recorder hears it", lambda: self._log_lines(held, "microphone is heard") > heard)
        return phone

    async def begin_call(self, *, by_offer: bool = False, **claim: object) -> tuple[HeldCall, Phone]:
        """A call in which the caller and the agent are."""
        held = await self.open_call(by_offer=by_offer, **claim)
        phone = await self.join(held)
        await self.control.wait_for_report(held.call_id, AgentJoined)
        await until("the agent's track is there", phone.agent_here.is_set)
        return held, phone

    async def begin_call_of_two(self, call_type: str, **claim: object) -> tuple[HeldCall, Phone, Phone]:
        """A call in which the caller, the callee and the agent are."""
        held, caller = await self.begin_call(by_offer=False, call_type=call_type, callee_identity=CALLEE, **claim)
        callee = await self.join(held, CALLEE)
        await until("the agent's track is there", callee.agent_here.is_set)
        # LiveKit tells the others of a newcomer a moment later, and never of one who has gone by then.
        await until("the agent knows of both", lambda: self._log_lines(held, "person joined") == 2)
        return held, caller, callee

    def _log_lines(self, held: HeldCall, message: str) -> int:
        return sum(held.call_id in line and message in line for line in self.worker.log.splitlines())

    async def people_in(self, held: HeldCall) -> list[str]:
        return await self.rooms.people_in(self._room_of(held))

    async def remove_from_room(self, held: HeldCall, identity: str) -> None:
        await self.rooms.remove(self._room_of(held), identity)

    async def close_room(self, held: HeldCall) -> None:
        await self.rooms.close(self._room_of(held))

    def _room_of(self, held: HeldCall) -> RoomName:
        return self.control.calls[held].room_name


def _ignore(_caption: Caption, _words: str, _ended: bool) -> None:
    pass


async def until(what: str, condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait until `condition()` holds; says what did not come true."""
    deadline = asyncio.get_running_loop().time() + patient(limit_s)
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"within {limit_s} s it did not come true that {what}"
        await asyncio.sleep(0.01)
