"""A microphone in which nothing can be heard, in fewer and longer frames. Pure.

Every frame costs the same on its way to the model, whatever is in it, and for more than half of a call the caller
listens. So after `STILL_MS` without a sound frames are gathered, `TOGETHER` at a time. The first that can be heard goes
on at once, with those before it: nothing audible is ever held back. `STILL_MS` is twice the silence that ends a turn at
the model's detector; until then it hears every frame as soon as it comes, because an answer waits for that.
"""

from __future__ import annotations

from worker.loudness import AUDIBLE_RMS, is_loud
from worker.ports.audio import FRAME_MS, Pcm

STILL_MS = 1000
TOGETHER = 3
"""Frames. With more of them the silence put in for a microphone that stops (`worker.tail`) would come too soon."""


class Stillness:
    def __init__(self) -> None:
        self._still_frames = 0
        self._gathered: list[Pcm] = []

    def push(self, frame: Pcm, *, may_wait: bool) -> Pcm | None:
        """The next frame, of `FRAME_MS`. Gives what is to go on now: it, behind those that were held back; or nothing.
        Where it may not wait, nothing is held back."""
        self._still_frames = 0 if is_loud(frame, AUDIBLE_RMS) else self._still_frames + 1
        waits = may_wait and self._still_frames * FRAME_MS > STILL_MS
        if not waits and not self._gathered:
            return frame
        self._gathered.append(frame)
        if waits and len(self._gathered) < TOGETHER:
            return None
        together = b"".join(self._gathered)
        self._gathered.clear()
        return together
