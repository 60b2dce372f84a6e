"""What audio is at every port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Pcm = bytes | bytearray | memoryview
"""Mono s16le at 24 kHz (`shared.pcm`)."""

FRAME_MS = 20
"""Of a microphone. Longer frames cost less (each is offered to every stream of the process) and add half their length
of delay."""
LISTENER_FRAME_MS = 100
"""The same where nobody waits for an answer."""
MayWait = Callable[[], bool]
"""Whether frames in which nothing can be heard may come a little later, as one. Asked in any thread."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One queue of audio, at one moment."""

    waiting_ms: float = 0.0
    dropped_ms: float = 0.0
    """So far."""
