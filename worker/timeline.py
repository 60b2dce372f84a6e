"""Several voices on one clock, as blocks of samples for a file. Pure: time is an argument.

A file has no gaps and no timestamps of its own: what is not there is silence, and the hundredth second must be a
hundred seconds from the start. Voices come otherwise: in frames, in bursts when the loop was busy, from clocks that run
a little faster or slower, and not at all from who is muted or not there yet. So each voice has a *line*, whose next
frame belongs right behind the one before, and four rules say when that is not true:

1. *Late by less than `GAP_MS` is jitter.* The frame goes behind the one before.
2. *Late by more is silence, or a burst that has just begun.* Both begin with the same late frame. So it waits for
   `HOLD_MS`: in a burst the frames that follow come at once, and soon one of them is in time again; then nothing was
   missing. After a silence they stay late by the same amount, and that is how long it was.
3. *What is always late or always early has drifted.* The least lateness of every `DRIFT_FRAMES` frames is what remains
   without jitter. More than `DRIFT_MS` of it are corrected, by a moment of silence or by leaving out as much: between
   words, where nobody hears it. Who makes no pause of `PATIENT_MS` is corrected within a word.
4. *A block is due `LAG_MS` after its end.* Until then frames may come, wait, or be cut (the agent's voice is known
   before it is heard, and is cut when somebody interrupts it). What comes later is dropped and counted.

A look that comes late itself (`blocks`) makes nothing due, unless the one before was late too: the loop was blocked,
and the frames of that time are only about to come.

Positions are in samples at `pcm.SAMPLE_RATE_HZ`, counted from the start of the file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shared import pcm
from worker.loudness import is_loud

BLOCK_MS = 100
LAG_MS = 300
GAP_MS = 60
HOLD_MS = 60
DRIFT_MS = 20
DRIFT_FRAMES = 50
PATIENT_MS = 2_000
LATE_LOOK_MS = 250
FORGET_MS = 10_000
"""A line without a sound for so long is forgotten; it would begin anew anyway."""

Block = NDArray[np.int16]
"""(channels, samples)."""
_Pcm = bytes | bytearray | memoryview
_Sum = NDArray[np.int32]


def _samples(ms: float) -> int:
    return round(ms * pcm.SAMPLE_RATE_HZ / 1000)


_BLOCK, _GAP, _HOLD, _DRIFT, _FORGET, _PATIENT = map(
    _samples, (BLOCK_MS, GAP_MS, HOLD_MS, DRIFT_MS, FORGET_MS, PATIENT_MS)
)


class _Line:
    """One voice."""

    __slots__ = (
        "_begun",
        "_frames",
        "_least_ahead",
        "_least_waiting",
        "_next",
        "_owed",
        "_owed_from",
        "_placed",
        "_waiting",
        "_waiting_from",
        "_waiting_size",
        "channel",
        "late",
    )

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.late = 0
        """Samples that came after their block."""
        self._placed: deque[tuple[int, _Pcm]] = deque()
        """(position, samples), in order."""
        self._begun = False
        self._next = 0
        """Where the next frame belongs if it is in time. Before the line has begun: wherever the frame says."""
        self._waiting: list[_Pcm] = []
        self._waiting_from = self._waiting_size = self._least_waiting = 0
        self._frames = 0
        self._least_ahead = 0
        self._owed = self._owed_from = 0
        """Samples of silence to put in, or, below 0, to leave out: since when they wait for a pause."""

    def push(self, at: int, frame: _Pcm, done: int) -> None:
        """A frame that began at `at`, as far as the clock knows. `done`: blocks up to here are gone."""
        if not self._begun:
            self._begun, self._next, self._frames = True, at, 0
        behind = at - self._next - self._waiting_size
        if self._waiting or behind > _GAP:
            self._wait(at, behind, frame, done)
        else:
            self._place(frame, done)
            self._watch(behind)

    def _wait(self, at: int, behind: int, frame: _Pcm, done: int) -> None:
        if not self._waiting:
            self._waiting_from, self._least_waiting = at, behind
        self._waiting.append(frame)
        self._waiting_size += len(frame) // pcm.BYTES_PER_SAMPLE
        self._least_waiting = min(self._least_waiting, behind)
        if self._least_waiting <= _GAP:
            self._settle(0, done)
        elif at - self._waiting_from >= _HOLD:
            self._settle(self._least_waiting, done)

    def _settle(self, silence: int, done: int) -> None:
        """What waits belongs behind so much silence."""
        if not self._waiting:
            return
        waiting, self._waiting, self._waiting_size = self._waiting, [], 0
        self._next += silence
        self._owed = 0 if silence else self._owed
        self._frames = 0
        for frame in waiting:
            self._place(frame, done)

    def _place(self, frame: _Pcm, done: int) -> None:
        size = len(frame) // pcm.BYTES_PER_SAMPLE
        if self._owed and (self._next - self._owed_from >= _PATIENT or not is_loud(frame)):
            left_out = min(max(-self._owed, 0), size)
            self._next += max(self._owed, 0)
            self._owed = min(self._owed + left_out, 0)
            frame, size = frame[left_out * pcm.BYTES_PER_SAMPLE :], size - left_out
        if self._next < done and done:
            self.late += min(size, done - self._next)
        if self._next + size > done:
            self._placed.append((self._next, frame))
        self._next += size

    def _watch(self, behind: int) -> None:
        if self._owed:
            return
        self._least_ahead = behind if self._frames == 0 else min(self._least_ahead, behind)
        self._frames += 1
        if self._frames < DRIFT_FRAMES:
            return
        self._frames = 0
        if abs(self._least_ahead) >= _DRIFT:
            self._owed, self._owed_from = self._least_ahead, self._next

    def cut(self, at: int, done: int) -> None:
        """Nothing was heard from `at` on."""
        self._settle(self._least_waiting, done)
        while self._placed and self._placed[-1][0] >= at:
            self._placed.pop()
        if self._placed:
            start, frame = self._placed.pop()
            self._placed.append((start, frame[: (at - start) * pcm.BYTES_PER_SAMPLE]))
        self._begun, self._owed = False, 0

    def add_to(self, total: _Sum, start: int) -> bool:
        """Add the samples from `start` on to `total`; whether there were any."""
        end = start + len(total)
        if self._waiting and self._next + self._least_waiting < end:
            self._settle(self._least_waiting, start)
        some = False
        while self._placed and self._placed[0][0] < end:
            at, frame = self._placed[0]
            samples = np.frombuffer(frame, dtype="<i2")
            first, last = max(at, start), min(at + len(samples), end)
            if first < last:
                total[first - start : last - start] += samples[first - at : last - at]
                some = True
            if at + len(samples) > end:
                break
            self._placed.popleft()
        return some

    def is_forgotten(self, done: int) -> bool:
        return not self._placed and not self._waiting and self._next < done - _FORGET


class Timeline:
    """One file. `*_ms` are on one growing clock; `start_ms` is the file's first sample."""

    def __init__(self, *, channels: int, start_ms: float) -> None:
        self._channels = channels
        self._start_ms = start_ms
        self._lines: dict[str, _Line] = {}
        self._done = 0
        self._looked_ms = start_ms
        self._was_late = False
        self._silence = np.zeros((channels, _BLOCK), dtype=np.int16)
        self._late = 0

    @property
    def late_ms(self) -> float:
        """What came too late to be written, so far."""
        return (self._late + sum(line.late for line in self._lines.values())) * 1000 / pcm.SAMPLE_RATE_HZ

    def push(self, who: str, channel: int, begins_ms: float, frame: _Pcm) -> None:
        """A frame of somebody's voice, mono s16le at 24 kHz, that begins at `begins_ms`. It is kept, not copied."""
        line = self._lines.get(who)
        if line is None:
            line = self._lines[who] = _Line(channel)
        line.push(self._position(begins_ms), frame, self._done)

    def cut(self, who: str, at_ms: float) -> None:
        """What was announced of this voice is not heard from `at_ms` on."""
        if (line := self._lines.get(who)) is not None:
            line.cut(self._position(at_ms), self._done)

    def blocks(self, now_ms: float) -> Iterator[Block]:
        """The blocks that are due. To be asked for several times a second."""
        is_late, self._looked_ms = now_ms - self._looked_ms > LATE_LOOK_MS, now_ms
        self._was_late = is_late and not self._was_late
        if self._was_late:
            return
        while self._done + _BLOCK <= self._position(now_ms - LAG_MS):
            yield self._block(_BLOCK)
        self._forget()

    def rest(self, now_ms: float) -> Iterator[Block]:
        """Everything up to now: the file ends here. The last block may be shorter."""
        while (left := self._position(now_ms) - self._done) > 0:
            yield self._block(min(left, _BLOCK))

    def _block(self, size: int) -> Block:
        total = np.zeros((self._channels, size), dtype=np.int32)
        some = False
        for line in self._lines.values():
            some = line.add_to(total[line.channel], self._done) or some
        self._done += size
        if not some:
            return self._silence[:, :size]
        # Saturated, as in the mixer.
        return np.clip(total, -32768, 32767).astype(np.int16)

    def _forget(self) -> None:
        for who in [who for who, line in self._lines.items() if line.is_forgotten(self._done)]:
            self._late += self._lines.pop(who).late

    def _position(self, at_ms: float) -> int:
        return _samples(at_ms - self._start_ms)
