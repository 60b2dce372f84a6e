"""Several microphones as the one stream that the model hears. Pure: time is an argument.

A model has one ear. With one microphone its frames go there as they are: the same object, at once, nothing computed.
With several the mixer makes *rounds*: one frame of each microphone, added up, is one frame for the model. The whole
question is when a round is due, because microphones are independent: each comes in its own rhythm, in bursts when the
loop was busy, too late, or not at all (muted clients that send nothing are no error). There is no timer; the clock is
the arrival of frames, and four rules decide:

1. *A round is due when every live microphone has a frame.* Live is who was heard from in the last `LIVE_MS`. So frames
   that belong together meet, although one came 20 ms after the other, and who is silent is waited for once, for
   `LIVE_MS`, and then not at all until they are heard from again.
2. *Rounds are no faster than time.* One more than `BURST_MS` ahead of the clock has to wait. Without this, two
   microphones that take turns at stalling would be played one after the other instead of together, and the model
   would get more than a second of audio per second.
3. *A queue is short.* `QUEUE_FRAMES` per microphone; then the oldest is dropped. This bounds the delay.
4. *A queue that is never empty is delay and nothing else.* What arrived late stays late, since rounds go on in real
   time. So when a microphone had frames left over after every round of a second, the quietest of them is dropped:
   one such frame a second is not heard, and the delay goes back to where it was.

Both kinds of dropped audio are counted in `dropped_ms`.

The sum saturates (it is cut at the ends of the 16-bit range): two people who shout at the same time are no reason to
make everybody quieter all the time.

While mixing, each round's loudness per microphone is noted in `levels`: whose words they were is answered from there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared import pcm
from shared.ids import Identity
from worker.levels import Levels
from worker.ports import FRAME_MS, Pcm

LIVE_MS = 60
BURST_MS = 200
QUEUE_FRAMES = 10
TRIM_ROUNDS = 50

_Samples = NDArray[np.int16]


class _Microphone:
    __slots__ = ("heard_ms", "least_left", "queue", "rounds")

    def __init__(self) -> None:
        self.queue: deque[tuple[Pcm, float]] = deque()
        """Frames that wait for their round, with their power."""
        self.heard_ms: int | None = None
        self.rounds = 0
        """Rounds since `least_left` was begun anew."""
        self.least_left = QUEUE_FRAMES


class Mixer:
    """`now_ms` is milliseconds since 1970, as everywhere; it may jump."""

    def __init__(self) -> None:
        self._microphones: dict[Identity, _Microphone] = {}
        self._mixed_until_ms = 0
        self.levels = Levels()
        self.dropped_ms = 0.0

    def add(self, who: Identity) -> None:
        """A microphone, empty; adding one that is there starts it anew."""
        self._microphones[who] = _Microphone()

    def remove(self, who: Identity, now_ms: int) -> Sequence[Pcm]:
        """The microphone is gone. Gives what is due without it; all that waits, when there is one left."""
        gone = self._microphones.pop(who, None)
        if gone is not None:
            self.dropped_ms += FRAME_MS * len(gone.queue)
        if len(self._microphones) != 1:
            return self._rounds(now_ms)
        (left,) = self._microphones.values()
        waiting = [frame for frame, _ in left.queue]
        left.queue.clear()
        return waiting

    @property
    def only(self) -> Identity | None:
        """Whose microphone it is, while there is exactly one."""
        return next(iter(self._microphones)) if len(self._microphones) == 1 else None

    def waiting_ms(self, who: Identity) -> int:
        """How much of this microphone waits for its round."""
        return FRAME_MS * len(self._microphones[who].queue)

    def push(self, who: Identity, frame: Pcm, now_ms: int) -> Sequence[Pcm]:
        """A frame of `FRAME_MS` has come. Gives the frames for the model that are due now, oldest first."""
        microphone = self._microphones.get(who)
        if microphone is None:
            return ()
        if len(self._microphones) == 1:
            return (frame,)
        microphone.heard_ms = now_ms
        microphone.queue.append((frame, _power(frame)))
        if len(microphone.queue) > QUEUE_FRAMES:
            microphone.queue.popleft()
            self.dropped_ms += FRAME_MS
        return self._rounds(now_ms)

    def _rounds(self, now_ms: int) -> Sequence[Pcm]:
        mixed: list[Pcm] = []
        # After a pause the clock starts anew, and so it does when the machine's clock was set back.
        if not now_ms - BURST_MS <= self._mixed_until_ms <= now_ms + FRAME_MS:
            self._mixed_until_ms = now_ms - BURST_MS
        while self._mixed_until_ms <= now_ms and self._due(now_ms):
            mixed.append(self._round(now_ms))
            self._mixed_until_ms += FRAME_MS
        return mixed

    def _due(self, now_ms: int) -> bool:
        some = False
        for microphone in self._microphones.values():
            if microphone.queue:
                some = True
            elif microphone.heard_ms is not None and 0 <= now_ms - microphone.heard_ms < LIVE_MS:
                return False
        return some

    def _round(self, now_ms: int) -> Pcm:
        frames: list[Pcm] = []
        powers: list[tuple[Identity, float]] = []
        for who, microphone in self._microphones.items():
            if microphone.queue:
                frame, power = microphone.queue.popleft()
                frames.append(frame)
                powers.append((who, power))
            self._trim(microphone)
        self.levels.add(now_ms, powers)
        return frames[0] if len(frames) == 1 else mix(frames)

    def _trim(self, microphone: _Microphone) -> None:
        microphone.least_left = min(microphone.least_left, len(microphone.queue))
        microphone.rounds += 1
        if microphone.rounds < TRIM_ROUNDS:
            return
        if microphone.least_left > 0:
            quietest = min(range(len(microphone.queue)), key=lambda at: microphone.queue[at][1])
            del microphone.queue[quietest]
            self.dropped_ms += FRAME_MS
        microphone.rounds, microphone.least_left = 0, QUEUE_FRAMES


def mix(frames: Sequence[Pcm]) -> bytes:
    """The sum of `frames`, saturated; as long as the longest of them."""
    samples: list[_Samples] = [np.frombuffer(frame, dtype="<i2") for frame in frames]
    total = np.zeros(max(len(part) for part in samples), dtype=np.int32)
    for part in samples:
        total[: len(part)] += part
    return np.clip(total, -32768, 32767).astype("<i2").tobytes()


def _power(frame: Pcm) -> float:
    """Mean square of the samples."""
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    return float(np.dot(samples, samples)) / max(len(frame) // pcm.BYTES_PER_SAMPLE, 1)
