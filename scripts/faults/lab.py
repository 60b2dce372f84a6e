"""What one run of a scenario may use: the stack, people who call, and the looks into what became of their calls."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import aiohttp
from livekit import api as livekit_api

from scripts.caller.api import VoiceApi
from scripts.caller.phone import Phone
from scripts.faults.broken import promise, until, until_answered
from scripts.faults.caller import Caller
from scripts.faults.distant_caller import DistantCaller, distant_caller
from scripts.faults.part import Part
from scripts.faults.stack import Stack
from scripts.faults.words import CALLER_NAME, PROMPT
from shared.call_state import FINAL_STATES
from shared.clock import Clock

SESSION = "/api/voice/session"
_ANSWER_WITHIN = aiohttp.ClientTimeout(total=10)
_numbers = itertools.count(1)


class Lab:
    def __init__(self, stack: Stack, clock: Clock) -> None:
        self.stack = stack
        self.clock = clock
        self.callers: list[Caller] = []
        self.acknowledged: list[str] = []
        """Ids of calls that the API said it has opened."""
        self.excused: list[tuple[float, float]] = []
        """When LiveKit could not be reached, or the caller had no network: nobody can be heard then."""
        self.metadata: list[str] = []
        """What anybody in the rooms could read about room and participants."""

        self.distant_s = 0.0
        """How long callers that are not among `callers` were in their calls, together: those in processes of their own,
        and those that are forgotten."""
        self._sessions_before: frozenset[str] = frozenset()

    async def begin(self) -> None:
        """Everything that is looked at from here on belongs to this run."""
        await self.has_workers()
        self._sessions_before = frozenset(session["id"] for session in await self.stack.model.sessions())

    async def sessions(self) -> list[dict[str, Any]]:
        """The Realtime sessions of this run (the newest 200 of them)."""
        sessions = await self.stack.model.sessions()
        return [session for session in sessions if session["id"] not in self._sessions_before]

    def now_s(self) -> float:
        return self.clock.monotonic_s()

    # ------------------------------------------------------------------------------------------------ as people

    def new_user(self) -> str:
        return f"user-{next(_numbers)}"

    def api_of(self, user: str) -> VoiceApi:
        token = self.stack.issuer.token(user, name=CALLER_NAME)
        return VoiceApi(self.stack.http, self.stack.api_url, token, self.clock)

    async def open_call(self, user: str | None = None, **wishes: Any) -> Caller:
        """A call whose caller has not joined yet. Raises `CallerProblem`."""
        user = user or self.new_user()
        asked_s = self.now_s()
        api = self.api_of(user)
        call = await api.open_call({"systemPrompt": PROMPT, **wishes})
        self.acknowledged.append(call.call_id)
        caller = Caller(user, api, call, asked_s, self.clock, Phone(self.clock, lambda *_: None))
        self.callers.append(caller)
        return caller

    async def call(self, user: str | None = None, **wishes: Any) -> Caller:
        """A call whose caller is in the room."""
        caller = await self.open_call(user, **wishes)
        await caller.join()
        return caller

    async def talking(self, turns: int = 0) -> Caller:
        """A call in which the agent has greeted, and `turns` questions have been answered."""
        caller = await self.call()
        await caller.agent_comes()
        await caller.talk(turns)
        await self.until_status(caller.call_id, "connected", within_s=5)
        await self._note_metadata(caller.room)
        return caller

    @contextlib.asynccontextmanager
    async def distant_caller(self, *, talk_s: float) -> AsyncIterator[DistantCaller]:
        """A caller in a process of its own, who talks for about so long."""
        user = self.new_user()
        token = self.stack.issuer.token(user, name=CALLER_NAME)
        screen = self.stack.data_dir / f"{user}.txt"
        async with distant_caller(screen, api_url=self.stack.api_url, token=token, talk_s=talk_s) as caller:
            self.acknowledged.append(caller.call_id)
            began_s = self.now_s()
            try:
                yield caller
            finally:
                self.distant_s += self.now_s() - began_s

    def forget(self, caller: Caller) -> None:
        """One of many, who has hung up."""
        if caller.joined_s is not None:
            self.distant_s += (caller.left_s or self.now_s()) - caller.joined_s
        self.callers.remove(caller)

    async def hang_up_all(self) -> None:
        for caller in self.callers:
            if caller.joined_s is not None:
                await caller.hang_up()

    # --------------------------------------------------------------------------------------------- as an operator

    async def ask_api(
        self, method: str, path: str, body: object = None, *, user: str = "operator", admin: bool = True
    ) -> tuple[int, Any]:
        """(status, parsed body); status 0 while nobody answers."""
        token = self.stack.issuer.token(user, name=CALLER_NAME, is_admin=admin)
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.stack.api_url}{path}"
        try:
            async with self.stack.http.request(
                method, url, json=body, headers=headers, timeout=_ANSWER_WITHIN
            ) as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return 0, None

    async def free_slots(self) -> int:
        """What the API knows of; -1 while it does not answer."""
        _, ready = await self.ask_api("GET", "/readyz")
        return int(ready["workers"]["freeSlots"]) if ready else -1

    async def has_workers(self, within_s: float = 60.0, *, workers: Sequence[Part] = ()) -> None:
        """These (all, if none are named) are known to the API and to LiveKit, and idle. Raises `Broken`."""
        for worker in workers or self.stack.workers:
            await until_answered(f"{worker.name} is ready", worker.is_ready, within_s)

        async def look() -> bool:
            return await self.free_slots() >= self.slots

        await until_answered(f"{self.slots} slots are free", look, within_s)

    @property
    def slots(self) -> int:
        """Of all workers that run."""
        return sum(int(worker.spec.environ["VOICE_WORKER_SLOTS"]) for worker in self.stack.workers if worker.runs)

    def row(self, call_id: str) -> dict[str, Any]:
        """The call as it is stored. Raises `Broken` for one that is not."""
        rows = self.rows("SELECT * FROM calls WHERE id = ?", call_id)
        promise(bool(rows), f"call {call_id} is not in the database")
        return rows[0]

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """A look into the API's database, beside the API."""
        with contextlib.closing(sqlite3.connect(f"file:{self.stack.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    async def until_status(self, call_id: str, status: str, within_s: float) -> dict[str, Any]:
        """The row as soon as it says so. Raises `Broken`."""

        def look() -> dict[str, Any] | None:
            row = self.row(call_id)
            return row if row["status"] == status else None

        return await until(f"the call is {status}", look, within_s)

    async def until_final(self, call_id: str, within_s: float) -> dict[str, Any]:
        """The row as soon as the call has ended. Raises `Broken`."""

        def look() -> dict[str, Any] | None:
            row = self.row(call_id)
            return row if row["status"] in FINAL_STATES else None

        return await until("the call has ended", look, within_s)

    async def ended(self, caller: Caller, *, reason: str, within_s: float = 30.0) -> dict[str, Any]:
        """The row of a call that must end, and for this reason. Raises `Broken`."""
        row = await self.until_final(caller.call_id, within_s)
        promise(row["end_reason"] == reason, f"the call ended {row['end_reason']}, not {reason}")
        return row

    @contextlib.contextmanager
    def nobody_can_be_heard(self) -> Iterator[None]:
        began_s = self.now_s()
        try:
            yield
        finally:
            self.excused.append((began_s, self.now_s()))

    def worker_of(self, call_id: str) -> Part:
        """The worker process that claimed the call last. Raises `Broken`."""
        epochs = {
            worker: line["epoch"]
            for worker in self.stack.workers
            for line in worker.log_lines()
            if line.get("call_id") == call_id and line["event"] == "call claimed"
        }
        promise(bool(epochs), "no worker says that it has claimed the call")
        return max(epochs, key=lambda worker: epochs[worker])

    async def _note_metadata(self, room: str) -> None:
        listed = await self.stack.rooms.room.list_rooms(livekit_api.ListRoomsRequest(names=[room]))
        people = await self.stack.rooms.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
        self.metadata += [one.metadata for one in listed.rooms]
        for one in people.participants:
            self.metadata += [one.metadata, *one.attributes.values()]
