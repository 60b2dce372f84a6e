"""``POST /v1/audio/transcriptions``, OpenAI's interface, which many services and servers of one's own speak.

Asked to, OpenAI's newer models tell their words while they find them, as events; services that do not know the question
answer as ever, with one JSON object. Both are taken.
"""

from __future__ import annotations

import io
import json
import wave
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

from shared import pcm
from shared.service_address import service_url
from worker.ports import Transcriber, TranscriberUnavailable

TIMEOUT_S = 60.0
MAX_ANSWER_BYTES = 256 * 1024


class HttpTranscriber(Transcriber):
    def __init__(
        self, *, http: aiohttp.ClientSession, base_url: str, api_key: str, model: str, streaming: bool
    ) -> None:
        """`base_url`: see `shared.service_address`. `streaming`: ask for words while they are found."""
        self._http = http
        self._url = service_url(base_url, "audio/transcriptions")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._model = model
        self._streaming = streaming

    async def transcribe(self, audio: bytes, on_words: Callable[[str], None]) -> str:
        try:
            async with self._http.post(
                self._url,
                data=self._form(audio),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as answer:
                if answer.status != 200:
                    raise TranscriberUnavailable(f"status {answer.status}")
                if answer.content_type == "text/event-stream":
                    return await _streamed(answer, on_words)
                return _text_of(await _whole(answer))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise TranscriberUnavailable(type(error).__name__) from None

    def _form(self, audio: bytes) -> aiohttp.FormData:
        form = aiohttp.FormData()
        form.add_field("model", self._model)
        form.add_field("response_format", "json")
        if self._streaming:
            form.add_field("stream", "true")
        form.add_field("file", _wav(audio), filename="speech.wav", content_type="audio/wav")
        return form


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too long")
    return bytes(data)


def _text_of(body: bytes) -> str:
    value = json.loads(body)
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise ValueError("an answer without a text")
    return text


async def _streamed(answer: aiohttp.ClientResponse, on_words: Callable[[str], None]) -> str:
    words = ""
    async for event in _events(answer):
        match event.get("type"):
            case "transcript.text.delta":
                words += str(event.get("delta", ""))
                on_words(words)
            case "transcript.text.done":
                return str(event.get("text", words))
            case "error":
                raise TranscriberUnavailable("an error in the stream")
            case _:
                pass
    raise TranscriberUnavailable("the stream broke off")


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The objects behind ``data:``. A line that is too long is a `ValueError` of the client's."""
    size_bytes = 0
    async for line in answer.content:
        size_bytes += len(line)
        if size_bytes > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too long")
        if line.startswith(b"data:") and (data := line.removeprefix(b"data:").strip()) != b"[DONE]":
            value = json.loads(data)
            if isinstance(value, dict):
                yield value


def _wav(audio: bytes) -> bytes:
    """A file of mono s16le at 24 kHz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(pcm.BYTES_PER_SAMPLE)
        file.setframerate(pcm.SAMPLE_RATE_HZ)
        file.writeframes(audio)
    return buffer.getvalue()
