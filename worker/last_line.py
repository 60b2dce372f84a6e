"""The last thing that is heard in a call which ends by no choice of its people: a stored line, and no silence.

It needs nothing of what may have broken: neither the model nor the tasks of the call, only the room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared.call_report import AGENT_SPEAKER, Happened, HappenedKind, ReportEvent, Segment
from shared.clock import Clock
from shared.log import get_logger
from worker.clip import ITEM_PREFIX, Clip
from worker.mouth import Mouth
from worker.ports import CallRoom
from worker.waiting import first_of

LIMIT_S = 4.0
"""A fault's call is over within 5 s; a clip that is longer is cut."""
SEGMENT_ID = f"{ITEM_PREFIX}last"

_log = get_logger(__name__)


async def say_last(room: CallRoom, clip: Clip, clock: Clock, report: Callable[[ReportEvent], None]) -> None:
    """Say `clip` at once; returns when it was heard, after `LIMIT_S`, or when the room is gone. Never raises."""
    heard = asyncio.Event()
    mouth = Mouth(room, clock, on_first_sound=lambda _: None, on_heard=lambda _: heard.set())
    began_ms = clock.now_ms()
    try:
        room.stop_playing()
        mouth.open()
        mouth.say(SEGMENT_ID, clip.audio)
        mouth.finish(SEGMENT_ID)
        speaking = asyncio.ensure_future(mouth.run())
        waiting = asyncio.ensure_future(first_of(heard, clock, LIMIT_S))
        try:
            await _caption(room, clip.text)
            await asyncio.wait({speaking, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            speaking.cancel()
            waiting.cancel()
            await asyncio.gather(speaking, waiting, return_exceptions=True)
    except Exception as error:
        _log.warning("the last line could not be said", name=clip.name.value, error=type(error).__name__)
    report(Happened(HappenedKind.CLIP_PLAYED, clip.name.value))
    report(Segment(SEGMENT_ID, AGENT_SPEAKER, clip.text, began_ms, clock.now_ms()))


async def _caption(room: CallRoom, text: str) -> None:
    stream = await room.agent_caption(SEGMENT_ID)
    await stream.write(text)
    await stream.finish()
