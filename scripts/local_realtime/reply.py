"""What a response is to contain, and its cutting into deltas. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from scripts.local_realtime.pcm import BYTES_PER_MS, duration_ms

DELTA_MS: Final = 200
"""The real service sends 100 to 200 ms at a time."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function that the model calls."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def encoded(self) -> str:
        """The arguments as the protocol has them: a JSON text."""
        return json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Delta:
    """One piece of audio, ready to send."""

    base64: str
    length_ms: float


class Clip:
    """Audio of an answer, mono s16le at 24 kHz, cut and encoded once however often it is sent."""

    def __init__(self, pcm: bytes, delta_ms: int = DELTA_MS) -> None:
        self.pcm = pcm
        self._delta_bytes = delta_ms * BYTES_PER_MS
        self._encoded: list[Delta] = []

    @property
    def length_ms(self) -> float:
        """How long it plays."""
        return duration_ms(self.pcm)

    def prepare(self) -> Clip:
        """Encode all of it now, so that sending costs nothing later."""
        self._encoded = list(self._encode())
        return self

    def deltas(self) -> Iterator[Delta]:
        """The pieces, in order."""
        yield from self._encoded or self._encode()

    def _encode(self) -> Iterator[Delta]:
        for at in range(0, len(self.pcm), self._delta_bytes):
            piece = self.pcm[at : at + self._delta_bytes]
            yield Delta(base64.b64encode(piece).decode("ascii"), duration_ms(piece))


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say and which functions to call; either may be missing."""

    text: str = ""
    clip: Clip | None = None
    calls: tuple[ToolCall, ...] = ()
    preambles: tuple[Reply, ...] = ()
    """Said before it, each as a message of its own."""


def spread(text: str, pieces: int) -> list[str]:
    """The words of ``text`` in ``pieces`` parts that join to the text, a little ahead of the audio."""
    words = text.split(" ")
    words = [word if at == 0 else f" {word}" for at, word in enumerate(words)]
    if pieces <= 1:
        return [text]
    per_piece = -(-len(words) // pieces)
    return ["".join(words[at * per_piece : (at + 1) * per_piece]) for at in range(pieces)]
