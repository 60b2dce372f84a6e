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


async def test_audio_goes_past_and_the_rest_is_seen_in_order() -> None:
    tap, heard = _tap(json.dumps(AUDIO), json.dumps(AUDIO), json.dumps(DONE), json.dumps(AUDIO))
    assert json.loads((await tap.receive()).data) == DONE
    assert heard == [AUDIO, AUDIO]
    assert (await tap.receive()).type is aiohttp.WSMsgType.CLOSED
    assert heard == [AUDIO, AUDIO, AUDIO]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"type": "error", "error": {"message": "no response.output_audio.delta"}}),
        '{"type": "response.output_audio.delta", "delta": ',
        '["response.output_audio.delta"]',
        json.dumps({"delta": "A" * 500, "type": "response.output_audio.delta"}),
    ],
    ids=["another type", "not JSON", "not an object", "the type comes late"],
)
async def test_what_is_not_surely_audio_is_left_to_the_plugin(text: str) -> None:
    tap, heard = _tap(text)
    assert (await tap.receive()).data == text
    assert heard == []


async def test_others_get_a_turn_after_each_piece() -> None:
    tap, heard = _tap(*[json.dumps(AUDIO)] * 3, json.dumps(DONE))
    seen: list[int] = []

    async def other() -> None:
        while len(heard) < 3:
            seen.append(len(heard))
            await asyncio.sleep(0)

    await asyncio.gather(tap.receive(), other())
    assert seen == [1, 2]
