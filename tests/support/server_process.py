"""Somebody else's server that a test starts: on the loopback interface, at a port of its own, stopped by its own pid.

It can be stopped and started again at the same port, which is how outages are provoked.
"""

from __future__ import annotations

import os
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scripts.dev.free_ports import free_port

READY_WITHIN_S = 10.0
LOOK_S = 0.02


@dataclass
class ServerProcess(ABC):
    binary: Path
    directory: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    @abstractmethod
    def options(self) -> list[str]:
        """What it is started with."""

    @property
    def secrets(self) -> dict[str, str]:
        """What it is told by its environment, which nobody else sees."""
        return {}

    @abstractmethod
    def answers(self) -> bool:
        """Whether it is ready. Raises `OSError` while nobody listens."""

    def start(self) -> None:
        """Returns when it answers."""
        assert self._process is None, "it is already running"
        with (self.directory / f"{self.binary.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self.binary), *self.options], env=os.environ | self.secrets, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(timeout=5)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            with suppress(OSError):
                if self.answers():
                    return
            time.sleep(LOOK_S)
        self.stop()
        raise RuntimeError(f"{self.binary.name} did not answer on port {self.port} in {READY_WITHIN_S} s")
