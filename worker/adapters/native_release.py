"""Letting go of native objects without letting them stop the event loop.

Rarely (once in some hundred calls on a busy machine, livekit 1.1.21) the native thread behind an audio source does not
end, and dropping its handle then blocks forever. On the loop that would be the end of all calls of the process; in a
thread of its own it is one lost thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from shared.log import get_logger

WITHIN_S = 1.0

_log = get_logger(__name__)


async def release(drop: Callable[[], None], what: str) -> bool:
    """Run `drop` in a daemon thread; False when it was not done within `WITHIN_S`, and is left to itself."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def work() -> None:
        try:
            drop()
        finally:
            # The loop may be gone when a drop that blocked comes back after all.
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.set)

    threading.Thread(target=work, name=f"release {what}", daemon=True).start()
    try:
        async with asyncio.timeout(WITHIN_S):
            await done.wait()
    except TimeoutError:
        _log.warning("a native object does not let go", what=what)
        return False
    return True
