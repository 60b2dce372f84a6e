"""What a scenario raises when a promise is not kept, and how it waits: for something, with a limit and a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

LOOK_S = 0.02
ASK_S = 0.1

T = TypeVar("T")


class Broken(Exception):
    """A promise was not kept. The text is a sentence."""


def promise(kept: bool, else_: str) -> None:
    """Raises `Broken`."""
    if not kept:
        raise Broken(else_)


async def until(why: str, look: Callable[[], T | None], within_s: float) -> T:
    """The first true value that `look` gives. Raises `Broken`, with `why` and what was seen last."""

    async def ask() -> T | None:
        return look()

    return await until_answered(why, ask, within_s, every_s=LOOK_S)


async def until_answered(
    why: str, ask: Callable[[], Awaitable[T | None]], within_s: float, *, every_s: float = ASK_S
) -> T:
    """The same for something that must be asked for."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + within_s
    while not (seen := await ask()):
        if loop.time() > deadline_s:
            raise Broken(f"not within {within_s:g} s: {why} (last seen: {seen!r})")
        await asyncio.sleep(every_s)
    return seen
