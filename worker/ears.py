"""The microphones of the people in a call: one reader each, all into the mixer, and what comes out to the model.

Of a microphone that is muted nothing goes to the model, whatever the room still delivers of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared.clock import Clock
from shared.ids import Identity
from worker.mixer import Mixer
from worker.ports import CallRoom, Pcm
from worker.tail import SILENCE, Tail


class Ears:
    def __init__(
        self,
        room: CallRoom,
        clock: Clock,
        *,
        hear: Callable[[Pcm], None],
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None] | None],
    ) -> None:
        """`start` runs a reader in the call's task group, if that still takes any."""
        self._room = room
        self._clock = clock
        self._to_model = hear
        self._start = start
        self._mixer = Mixer()
        self._tail = Tail()
        self.is_hushed = False
        """The model is given silence in place of what is heard (`worker.long_turn`)."""
        self._muted: set[str] = set()
        self._track_ids: dict[Identity, str] = {}
        """The newest track of everybody who ever had one: captions name it also after it has gone."""
        self._open: dict[str, tuple[Identity, asyncio.Task[None] | None]] = {}

    def open(self, who: Identity, track_id: str) -> None:
        """Listen to a person's microphone. One voice each: a new track of a person replaces the one before."""
        for other, (owner, _) in list(self._open.items()):
            if owner == who:
                self.close(other)
        self._mixer.add(who)
        self._track_ids[who] = track_id
        self._open[track_id] = who, self._start(self._read(who, track_id))

    def close(self, track_id: str) -> None:
        """The track is gone. Closing one that is not open changes nothing."""
        if (opened := self._open.pop(track_id, None)) is None:
            return
        self._muted.discard(track_id)
        who, reader = opened
        if reader is not None:
            reader.cancel()
        for frame in self._mixer.remove(who, self._clock.now_ms()):
            self._hear(frame)

    def mute(self, track_id: str, muted: bool) -> None:
        """The person has muted the track, or taken that back."""
        if muted and track_id in self._open:
            self._muted.add(track_id)
        else:
            self._muted.discard(track_id)

    def tick(self) -> None:
        """To be called several times a second: silence where nothing comes any more."""
        for _ in range(self._tail.due(self._clock.now_ms())):
            self._to_model(SILENCE)

    def track_of(self, who: Identity) -> str | None:
        return self._track_ids.get(who)

    def speaker(self, start_ms: int, end_ms: int) -> Identity | None:
        """Whose words they are that were heard between two moments (milliseconds since 1970), as far as can be known:
        who was loudest in the mix (`worker.levels`), else the only one with a microphone."""
        return self._mixer.levels.loudest(start_ms, end_ms) or self._mixer.only

    @property
    def dropped_ms(self) -> float:
        """What was too late to be mixed, so far."""
        return self._mixer.dropped_ms

    def _is_alone(self) -> bool:
        """Frames of several are mixed as they come: who waits for one waits for the others."""
        return len(self._open) == 1

    async def _read(self, who: Identity, track_id: str) -> None:
        async for frame in self._room.microphone(track_id, self._is_alone):
            if track_id in self._muted:
                continue
            for mixed in self._mixer.push(who, frame, self._clock.now_ms()):
                self._hear(mixed)

    def _hear(self, frame: Pcm) -> None:
        self._tail.heard(self._clock.now_ms())
        self._to_model(bytes(len(frame)) if self.is_hushed else frame)
