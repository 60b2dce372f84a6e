"""The child's end of the pipe by which it knows that its supervisor lives (`worker.adapters.child_process`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def watch_lifeline(descriptor: int, on_cut: Callable[[], None]) -> None:
    """On the running loop: `on_cut` is called once, when the supervisor is gone."""
    loop = asyncio.get_running_loop()

    def cut() -> None:
        loop.remove_reader(descriptor)
        on_cut()

    loop.add_reader(descriptor, cut)
