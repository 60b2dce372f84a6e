"""The input audio buffer: bytes with a place in audio time. Pure."""

from __future__ import annotations

from typing import Final

from scripts.local_realtime.pcm import BYTES_PER_MS

MAX_BUFFER_MS: Final = 10 * 60 * 1000
"""29 MB. A client that never commits loses its oldest audio."""


class InputBuffer:
    """Mono s16le at 24 kHz. Times are milliseconds of audio since the session began."""

    def __init__(self) -> None:
        self._audio = bytearray()
        self._received_bytes = 0

    @property
    def end_ms(self) -> float:
        """All audio ever received."""
        return self._received_bytes / BYTES_PER_MS

    @property
    def length_ms(self) -> float:
        """What is in the buffer now."""
        return len(self._audio) / BYTES_PER_MS

    def append(self, pcm: bytes) -> None:
        """Add audio at the end."""
        self._audio += pcm
        self._received_bytes += len(pcm)
        if len(self._audio) > MAX_BUFFER_MS * BYTES_PER_MS:
            self.drop_before(int(self.end_ms) - MAX_BUFFER_MS)

    def drop_before(self, at_ms: float) -> None:
        """Forget what is older."""
        start_ms = self.end_ms - self.length_ms
        del self._audio[: max(0, int(at_ms - start_ms)) * BYTES_PER_MS]

    def copy(self) -> bytes:
        """All of it."""
        return bytes(self._audio)

    def take_until(self, at_ms: float) -> bytes:
        """Remove and return what is older than ``at_ms``; newer audio stays."""
        start_ms = self.end_ms - self.length_ms
        cut = min(len(self._audio), max(0, int(at_ms - start_ms)) * BYTES_PER_MS)
        taken = bytes(self._audio[:cut])
        del self._audio[:cut]
        return taken

    def clear(self) -> None:
        """Forget all of it."""
        self._audio.clear()
