"""From settings to a running stack: checks, secrets, configuration, supervisor, screen."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.bootstrap import livekit_server
from scripts.dev import ports, secrets_file
from scripts.dev.guardian import Guardian
from scripts.dev.keeper import Surroundings
from scripts.dev.livekit_config import livekit_config
from scripts.dev.problem import StackProblem
from scripts.dev.screen import screen
from scripts.dev.settings import StackSettings
from scripts.dev.specs import api_url, child_environ, stack_specs
from scripts.dev.stack_file import StackInfo
from scripts.dev.supervisor import Supervisor
from shared.clock import Clock, SystemClock

_PARENT_LOOK_S = 0.5


async def run_stack(settings: StackSettings, root: Path, *, parent_pid: int | None = None) -> None:
    """Until a signal says stop, or `parent_pid` is no longer the parent. Raises `StackProblem`."""
    binary = _find_livekit(root) if settings.starts_livekit else None
    clock = SystemClock()
    with _alone(settings.run_dir), _stop_signals() as (stop, at_once):
        ports.check_free(settings.ports_in_use())
        secrets = secrets_file.ensure(settings.data_dir / "dev/secrets.env")
        stack = _Stack(settings, child_environ(settings, secrets))
        stack.write_livekit_config()
        _fresh_logs(settings.logs_dir)
        with contextlib.closing(Guardian()) as guardian:
            around = Surroundings(settings.logs_dir, root, guardian, clock, _say, on_change=stack.write_info)
            supervisor = stack.supervisor = Supervisor(stack_specs(settings, secrets, binary), around)
            orphaned = asyncio.create_task(_stop_when_orphaned(parent_pid, stop, clock), name="orphaned")
            _say("Starting; logs are in " + _short(settings.logs_dir))
            try:
                await supervisor.run(stop, at_once, stack.announce)
            finally:
                orphaned.cancel()
                stack.forget()
                _say("Stopped: nothing is left running.")


class _Stack:
    """What the world outside is told about this stack."""

    def __init__(self, settings: StackSettings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._ready = False
        self.supervisor: Supervisor | None = None

    @property
    def _info_path(self) -> Path:
        return self._settings.run_dir / "stack.json"

    def write_livekit_config(self) -> None:
        if not self._settings.starts_livekit:
            return
        config = livekit_config(
            port=self._settings.ports["livekit"].number,
            udp_port=self._settings.ports["livekit_udp"].number,
            api_key=self._environ["LIVEKIT_API_KEY"],
            api_secret=self._environ["LIVEKIT_API_SECRET"],
            webhook_url=f"{api_url(self._settings)}/api/voice/webhook",
        )
        secrets_file.write_private(self._settings.run_dir / "livekit.yaml", config)

    def write_info(self) -> None:
        StackInfo(
            api_url=api_url(self._settings),
            livekit_url=self._environ["LIVEKIT_HOST"],
            livekit_api_key=self._environ["LIVEKIT_API_KEY"],
            livekit_api_secret=self._environ["LIVEKIT_API_SECRET"],
            dev_issuer_dir=self._environ["VOICE_DEV_ISSUER_DIR"],
            logs_dir=str(self._settings.logs_dir),
            supervisor_pid=os.getpid(),
            ports={name: port.number for name, port in self._settings.ports.items()},
            pids=self.supervisor.pids() if self.supervisor else {},
            script=str(self._settings.script) if self._settings.script else None,
            ready=self._ready,
        ).write(self._info_path)

    def announce(self) -> None:
        self._ready = True
        self.write_info()
        model = "local, no key needed" if self._settings.starts_realtime else "OpenAI, with your OPENAI_API_KEY"
        livekit_url = self._environ["LIVEKIT_HOST"]
        logs = _short(self._settings.logs_dir)
        _say(screen(api_url=api_url(self._settings), livekit_url=livekit_url, model=model, logs_dir=logs))

    def forget(self) -> None:
        self._info_path.unlink(missing_ok=True)


def _find_livekit(root: Path) -> Path:
    found = livekit_server.find(root)
    if found is None:
        raise StackProblem("livekit-server is neither on PATH nor in .tools/bin: `make livekit` finds or builds it.")
    return found


@contextlib.contextmanager
def _alone(run_dir: Path) -> Iterator[None]:
    """One stack per data directory: two would share a database and secrets."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackProblem(
                f"Another `make run` (pid {lock.read().strip()}) uses {_short(run_dir.parent)}: stop it, or use "
                f"--data-dir and other ports."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.contextmanager
def _stop_signals() -> Iterator[tuple[asyncio.Event, asyncio.Event]]:
    """(stop, at once): the first signal sets the first event, the next one the second."""
    stop, at_once = asyncio.Event(), asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            at_once.set()
        else:
            _say("Stopping ...")
        stop.set()

    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, on_signal)
    try:
        yield stop, at_once
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _stop_when_orphaned(parent_pid: int | None, stop: asyncio.Event, clock: Clock) -> None:
    while parent_pid is not None and os.getppid() == parent_pid:
        await clock.sleep(_PARENT_LOOK_S)
    if parent_pid is not None:
        stop.set()


def _fresh_logs(logs_dir: Path) -> None:
    """A log begins with the run; the run before keeps one generation."""
    logs_dir.mkdir(parents=True, exist_ok=True)
    for log in logs_dir.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say(text: str) -> None:
    print(text, flush=True)
