"""The whole system, started as `make run` starts it, on ports and data of its own; and a caller, as `make call` is one.

Everything is a process of its own and is reached as a user or an operator reaches it: the API over HTTP, the
processes by signals to the ids that the stack file names, the logs as files.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psutil
from livekit import api as livekit_api

from control_api.adapters.dev_issuer import open_dev_issuer
from scripts.dev.free_ports import ports_of_a_stack
from scripts.dev.stack_file import StackInfo
from tests.support.livekit_server import require_livekit_server
from tests.support.until import patient

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 30.0
STOP_WITHIN_S = 60.0
LOOK_S = 0.05
UNHURRIED = {"VOICE_RATE_READ_PER_15_MIN": "100000", "VOICE_RATE_ADMIN_READ_PER_15_MIN": "100000"}
"""A test looks many times a second, which the limit of reads is there to prevent."""

_T = TypeVar("_T")


def wait_for(look: Callable[[], _T | None], why: str | Callable[[], str], within_s: float) -> _T:
    """What `look` returns as soon as that is something true; fails with `why` and what was seen last."""
    deadline = time.monotonic() + patient(within_s)
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            reason = why if isinstance(why, str) else why()
            raise AssertionError(f"not within {within_s} s: {reason}; last seen: {seen!r}")
        time.sleep(LOOK_S)


@dataclass
class Caller:
    """One run of the simulated caller."""

    process: subprocess.Popen[str]
    screen: Path
    """What it shows to people."""

    def result(self, within_s: float = 120.0) -> dict[str, Any]:
        """Its JSON document, when it has ended; it must be able to give one, whatever became of the call."""
        out, _ = self.process.communicate(timeout=within_s)
        assert out, f"the caller said nothing on stdout; it showed: {self.screen.read_text()}"
        document: dict[str, Any] = json.loads(out)
        return document

    def call_id(self, within_s: float = 20.0) -> str:
        """Of a single call, as soon as it is opened."""
        found = wait_for(
            lambda: re.search(r"Call ([0-9a-f-]{36}) in room", self.screen.read_text()), "a call is open", within_s
        )
        return found.group(1)


@dataclass
class Stack:
    data_dir: Path
    script: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    _process: subprocess.Popen[bytes] | None = None
    _callers: list[Caller] = field(default_factory=list)
    refused: str = ""
    """Why the API last gave no answer, or one of an error."""

    @property
    def info(self) -> StackInfo:
        info = StackInfo.read(self.data_dir / "run" / "stack.json")
        assert info is not None, "the stack file cannot be read"
        return info

    def start(self) -> None:
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("VOICE_", "LIVEKIT_"))}
        environ.pop("OPENAI_API_KEY", None)
        argv = [sys.executable, "-m", "scripts.dev", "--data-dir", str(self.data_dir)]
        argv += ["--env-file", str(self.data_dir / "none.env"), "--stop-with-parent"]
        argv += ["--workers", str(self.workers)]
        argv += ["--script", str(self.script)] if self.script else []
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "stack.log").open("ab") as log:
            self._process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=environ | UNHURRIED | ports_of_a_stack(self.workers) | dict(self.settings),
                stdout=log,
                stderr=log,
            )
        wait_for(self._is_ready, f"the stack is ready (see {self.data_dir})", READY_WITHIN_S)

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the stack ended by itself:\n{(self.data_dir / 'stack.log').read_text()[-3000:]}")
        info = StackInfo.read(self.data_dir / "run" / "stack.json")
        return info is not None and info.ready

    def stop(self) -> str:
        """Ctrl-C; returns what it printed. Nothing of it may be left running."""
        for caller in self._callers:
            if caller.process.poll() is None:
                caller.process.kill()
            caller.process.communicate()
        process, self._process = self._process, None
        assert process is not None, "the stack is not running"
        mine = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_WITHIN_S)
        finally:
            process.kill()
            process.wait()
        left = [child for child in mine if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        assert not left, f"still running after Ctrl-C: {left}"
        assert process.returncode == 0
        return (self.data_dir / "stack.log").read_text()

    # ------------------------------------------------------------------------------------------------ as a caller

    def call(self, *arguments: str) -> Caller:
        argv = [sys.executable, "-m", "scripts.caller", "--json", "--data-dir", str(self.data_dir), *arguments]
        screen = self.data_dir / f"caller-{len(self._callers)}.txt"
        with screen.open("w") as err:
            process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=err, text=True)
        caller = Caller(process, screen)
        self._callers.append(caller)
        return caller

    # ---------------------------------------------------------------------------------------------- as an operator

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Signal a process of the stack by its id; returns the id."""
        pid = self.info.pids[name]
        os.kill(pid, how)
        return pid

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        text = (self.data_dir / "logs" / f"{name}.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def api(self, method: str, path: str, body: Any = None, *, user: str = "operator", admin: bool = True) -> Any:
        """The parsed answer; None while the API does not answer or answers with an error."""
        token = open_dev_issuer(Path(self.info.dev_issuer_dir)).token(user, name="Operator", is_admin=admin)
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.info.api_url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            self.refused = f"{error.code} {error.read().decode(errors='replace')}"
            return None
        except (urllib.error.URLError, OSError, ValueError) as error:
            self.refused = repr(error)
            return None

    def has_a_worker(self, within_s: float = 60.0) -> None:
        """Returns when a worker has room for a call: one that was ended is started again, which takes its time."""

        self.has_free_slots(1, within_s)

    def has_free_slots(self, number: int, within_s: float = 60.0) -> None:
        wait_for(lambda: self.free_slots() >= number, f"workers have {number} free slots", within_s)

    def free_slots(self) -> int:
        """Of all workers together; 0 while the API does not answer."""
        ready = self.api("GET", "/readyz")
        return int(ready["workers"]["freeSlots"]) if ready else 0

    def worker_readiness(self, name: str) -> tuple[int, list[str]]:
        """What its ``/readyz`` says: the status, and what is missing; 0 while nobody answers."""
        port = self.info.ports[name.replace("worker", "worker_health")]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return answer.status, []
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())["missing"]
        except OSError:
            return 0, []

    def people_in(self, room_name: str) -> list[str]:
        """The identities in a room, agents among them, as LiveKit lists them."""

        async def identities() -> list[str]:
            info = self.info
            url = info.livekit_url.replace("ws://", "http://")
            async with livekit_api.LiveKitAPI(url, info.livekit_api_key, info.livekit_api_secret) as client:
                listed = await client.room.list_participants(livekit_api.ListParticipantsRequest(room=room_name))
            return [one.identity for one in listed.participants]

        with ThreadPoolExecutor(1) as thread:  # the caller's loop may be running
            return thread.submit(asyncio.run, identities()).result()

    def record(self, call_id: str) -> dict[str, Any] | None:
        answer = self.api("GET", f"/api/voice/session?callId={call_id}")
        return answer["session"] if answer else None

    def connected(self, caller: Caller, within_s: float = 20.0) -> dict[str, Any]:
        """The record of a single call, as soon as it is connected."""
        call_id = caller.call_id(within_s)

        def look() -> dict[str, Any] | None:
            record = self.record(call_id)
            return record if record and record["status"] == "connected" else None

        return wait_for(look, f"call {call_id} is connected", within_s)

    def final_record(self, call_id: str, within_s: float) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            record = self.record(call_id)
            return record if record and record["status"] in ("completed", "missed", "failed") else None

        return wait_for(look, "the call has ended", within_s)


@contextmanager
def running_stack(
    data_dir: Path, *, script: Path | None = None, settings: Mapping[str, str] | None = None, workers: int = 1
) -> Iterator[Stack]:
    """A ready stack that is stopped as with Ctrl-C when the block ends, and of which nothing may be left then."""
    require_livekit_server()
    stack = Stack(data_dir, script, settings or {}, workers)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
