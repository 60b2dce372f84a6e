"""Sends one reply as the deltas of a response, faster than it plays, and stops when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from scripts.local_realtime.reply import Reply, spread
from scripts.local_realtime.response import Response
from scripts.local_realtime.session import Session
from scripts.local_realtime.usage import OUTPUT_MS_PER_TOKEN

_AT_ONCE_MS = 400
"""Sent without pacing, so that playing can begin."""

Flush = Callable[[], Awaitable[None]]


async def send_reply(
    session: Session, response: Response, reply: Reply, flush: Flush, pace: float, stop_after_ms: float | None = None
) -> bool:
    """Send ``reply`` as the content of ``response``; the caller finishes the response.

    ``pace`` is how many times faster than real time, 0 for no limit. ``stop_after_ms`` breaks off
    when that much audio was sent. Returns False when it broke off or the response's token limit
    was reached; a cancelled response just ends early.
    """
    phases = [(said, "commentary") for said in reply.preambles]
    if reply.text or reply.clip is not None:
        phases.append((reply, "final_answer"))
    for said, phase in phases:
        named = phase if reply.preambles else None
        if not await _send_message(session, response, said, named, flush, pace, stop_after_ms):
            return False
    in_parallel = session.config.get("parallel_tool_calls") is not False
    for call in reply.calls if in_parallel else reply.calls[:1]:
        response.call(session.new_id("item"), session.new_id("call"), call.name, call.encoded())
        await flush()
    return True


async def _send_message(
    session: Session,
    response: Response,
    reply: Reply,
    phase: str | None,
    flush: Flush,
    pace: float,
    stop_after_ms: float | None,
) -> bool:
    response.open_message(session.new_id("item"), phase)
    if response.options.modality == "text" or reply.clip is None:
        return await _send_text(response, reply.text, flush)
    deltas = list(reply.clip.deltas())
    limit_ms = _limit_ms(response, stop_after_ms)
    for words, delta in zip(spread(reply.text, len(deltas)), deltas, strict=True):
        if not response.active:
            return True
        if response.audio_ms >= limit_ms:
            return False
        response.say(words)
        response.play(delta.base64, delta.length_ms, reply.clip.pcm)
        await flush()
        ahead = pace > 0 and response.audio_ms > _AT_ONCE_MS
        # even without a pace the loop must turn, or a cancel could never be read
        await asyncio.sleep(delta.length_ms / 1000 / pace if ahead else 0)
    response.close_message()
    return True


async def _send_text(response: Response, text: str, flush: Flush) -> bool:
    for words in spread(text, max(1, len(text) // 20)):
        response.say(words)
        await flush()
        await asyncio.sleep(0)
    response.close_message()
    return True


def _limit_ms(response: Response, stop_after_ms: float | None) -> float:
    tokens = response.options.max_output_tokens
    allowed_ms = float("inf") if isinstance(tokens, str) else tokens * OUTPUT_MS_PER_TOKEN
    return min(allowed_ms, float("inf") if stop_after_ms is None else stop_after_ms)
