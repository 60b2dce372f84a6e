"""What waits in a call's queues of audio, and what they have dropped. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from worker.ports import Queued

QUEUES = ("to_model", "to_room")


@dataclass(frozen=True, slots=True)
class AudioFlow:
    to_model: Queued = field(default_factory=Queued)
    """Of the microphones. A session that takes over begins to count anew."""
    to_room: Queued = field(default_factory=Queued)
    """Of answers, which come faster than they are spoken."""

    def of(self, queue: str) -> Queued:
        return self.to_model if queue == "to_model" else self.to_room


class Drops:
    """Adds up what calls drop: each look tells what has come since the last one."""

    def __init__(self, tell: Callable[[str, float], None]) -> None:
        """`tell` is given the queue and seconds."""
        self._tell = tell
        self._known: dict[str, AudioFlow] = {}

    def look(self, job_id: str, flow: AudioFlow) -> None:
        before = self._known.get(job_id, AudioFlow())
        for queue in QUEUES:
            new_ms = flow.of(queue).dropped_ms - before.of(queue).dropped_ms
            if new_ms > 0:
                self._tell(queue, new_ms / 1000)
        self._known[job_id] = flow

    def last_look(self, job_id: str, flow: AudioFlow) -> None:
        self.look(job_id, flow)
        del self._known[job_id]
