"""Letting go of a native audio source, and of the process, without waiting for what does not let go.

Rarely (once in some hundred calls on a busy machine, livekit 1.1.21) the native thread of a source does not end, and
`AudioSource.aclose` then blocks forever. That must not stop the event loop with all its other calls.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import NoReturn

from livekit import rtc

WITHIN_S = 3.0


async def release(source: rtc.AudioSource) -> bool:
    """Close `source` in a thread of its own; False when it has not let go within `WITHIN_S`."""
    loop = asyncio.get_running_loop()
    released = asyncio.Event()

    def close() -> None:
        asyncio.run(source.aclose())
        loop.call_soon_threadsafe(released.set)

    threading.Thread(target=close, name="release", daemon=True).start()
    try:
        async with asyncio.timeout(WITHIN_S):
            await released.wait()
    except TimeoutError:
        return False
    return True


def leave(status: int) -> NoReturn:
    """End the process without the native library's clean-up, which can block."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
