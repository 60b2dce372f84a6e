"""How many calls this process takes. Slots are reserved when a job is offered, long before its call runs: LiveKit's
own load figure is refreshed every 0.5 s and loses bursts of jobs without a word. Pure."""

from __future__ import annotations

from collections.abc import Callable

from shared.worker_link import HeldCall


class Capacity:
    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.draining = False
        self.is_shut: Callable[[], bool] = lambda: False
        """Whether calls would meet with nothing but a refusal of the model."""
        self._held: dict[HeldCall, None] = {}

    @property
    def free(self) -> int:
        """Slots that may still be reserved; 0 while draining, and while the model refuses all calls."""
        return 0 if self.draining or self.is_shut() else self.slots - len(self._held)

    @property
    def held(self) -> tuple[HeldCall, ...]:
        """The calls that have a slot, oldest first."""
        return tuple(self._held)

    def reserve(self, call: HeldCall) -> bool:
        """Take a slot for `call`; False when there is none, or when the call has one already."""
        return self.free > 0 and self._take(call)

    def reserve_without_model(self, call: HeldCall) -> bool:
        """The same for a job that needs no model (a recorder): whether that refuses calls is nothing to it."""
        return not self.draining and self._take(call)

    def _take(self, call: HeldCall) -> bool:
        if len(self._held) >= self.slots or call in self._held:
            return False
        self._held[call] = None
        return True

    def release(self, call: HeldCall) -> None:
        """Give the slot back. Releasing twice changes nothing."""
        self._held.pop(call, None)
