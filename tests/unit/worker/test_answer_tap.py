"""Which messages the plugin sees, and which go past it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, cast

import aiohttp
import pytest

from worker.adapters.answer_tap import AnswerTap

AUDIO = {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": "AAAA"}
DONE = {"type": "response.done", "response": {"id": "r"}}


class Socket:
    """A socket in whose buffer messages lie ready, as after a burst."""

    def __init__(self, *texts: str) -> None:
        self._messages: Iterator[aiohttp.WSMessage] = iter(
            [aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, text, None) for text in texts]
        )

    async def receive(self) -> aiohttp.WSMessage:
        return next(self._messages, aiohttp.WSMessage(aiohttp.WSMsgType.CLOSED, None, None))


def _tap(*texts: str) -> tuple[AnswerTap, list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []
    return AnswerTap(cast(aiohttp.ClientWebSocketResponse, Socket(*texts)), heard.append), heard


async def test_events_go_past_in_order_and_the_end_is_seen() -> None:
    tap, heard = _tap(json.dumps(AUDIO), json.dumps(DONE), json.dumps({"no": "type"}))
    assert (await tap.receive()).type is aiohttp.WSMsgType.CLOSED
    assert heard == [AUDIO, DONE, {"no": "type"}]


@pytest.mark.parametrize(
    "text",
    ['{"type": "response.done", ', '["response.done"]', "null", "7", '{"a":' * 100_000, '{"a": ' + "9" * 5_000 + "}"],
    ids=["not JSON", "a list", "null", "a number", "a well", "a number without an end"],
)
async def test_what_is_no_event_costs_nothing_beside_it(text: str) -> None:
    tap, heard = _tap(text, json.dumps(DONE))
    assert (await tap.receive()).type is aiohttp.WSMsgType.CLOSED
    assert heard == [DONE]


async def test_others_get_a_turn_after_each_piece() -> None:
    tap, heard = _tap(*[json.dumps(AUDIO)] * 3, json.dumps(DONE))
    seen: list[int] = []

    async def other() -> None:
        while len(heard) < 3:
            seen.append(len(heard))
            await asyncio.sleep(0)

    await asyncio.gather(tap.receive(), other())
    assert seen == [1, 2]
