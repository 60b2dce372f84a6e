"""``POST /v1/audio/transcriptions``, as OpenAI's SDKs call it."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import BodyPartReader, web

from scripts.local_realtime.hearing import DEFAULT_PROMPT, Recogniser
from scripts.local_realtime.pcm import duration_ms
from scripts.local_realtime.usage import transcription_usage
from scripts.local_realtime.wav import AudioFileError, read_audio

MAX_FILE_BYTES: Final = 25 * 1024 * 1024
"""OpenAI's limit."""
_FORMATS: Final = ("json", "text", "verbose_json")


class HasRecogniser(Protocol):
    """Where the recogniser comes from."""

    async def recogniser(self) -> Recogniser:
        """Loaded at the first call."""


@dataclass
class _Form:
    file: bytes | None = None
    model: str = ""
    response_format: str = "json"
    prompt: str = DEFAULT_PROMPT
    stream: str = "false"

    @property
    def is_streamed(self) -> bool:
        """As at OpenAI: the question is ignored by the old model."""
        return self.stream == "true" and not self.model.startswith("whisper")


class _Refused(Exception):
    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class Transcriptions:
    """The endpoint."""

    def __init__(self, hearing: HasRecogniser) -> None:
        self._hearing = hearing

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A multipart form in, a transcription out: as one object, or as events."""
        try:
            form = await _read_form(request)
            pcm = await asyncio.to_thread(_decode, form)
        except _Refused as error:
            body = {"message": str(error), "type": "invalid_request_error", "param": error.param, "code": None}
            return web.json_response({"error": body}, status=400)
        recogniser = await self._hearing.recogniser()
        text = await recogniser.submit(pcm, form.prompt)
        if form.is_streamed:
            return await _stream(request, text, transcription_usage(form.model, duration_ms(pcm), text))
        return _response(form, text, duration_ms(pcm))


def _decode(form: _Form) -> bytes:
    if form.file is None:
        raise _Refused("Missing required parameter: 'file'.", "file")
    if not form.model:
        raise _Refused("Missing required parameter: 'model'.", "model")
    if form.response_format not in _FORMATS:
        raise _Refused(f"response_format is one of {', '.join(_FORMATS)} here.", "response_format")
    try:
        return read_audio(form.file)
    except AudioFileError as error:
        raise _Refused(f"Invalid file format: {error}.", "file") from None


async def _read_form(request: web.Request) -> _Form:
    if not request.content_type.startswith("multipart/"):
        raise _Refused("The body must be multipart/form-data.", "file")
    form = _Form()
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "file":
            form.file = await _read_file(part)
        elif part.name in ("model", "response_format", "prompt", "stream"):
            setattr(form, part.name, (await part.text()).strip())
        else:
            await part.release()  # language and temperature change nothing here
    return form


async def _read_file(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(65_536):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise _Refused(f"Maximum content size limit ({MAX_FILE_BYTES}) exceeded.", "file")
    return bytes(data)


async def _stream(request: web.Request, text: str, usage: dict[str, Any]) -> web.StreamResponse:
    """Word by word; the recogniser here knows them all at once."""
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await answer.prepare(request)
    deltas = [{"type": "transcript.text.delta", "delta": word} for word in re.findall(r"\s*\S+", text)]
    for event in (*deltas, {"type": "transcript.text.done", "text": text, "usage": usage}):
        await answer.write(f"data: {json.dumps(event)}\n\n".encode())
    await answer.write_eof()
    return answer


def _response(form: _Form, text: str, audio_ms: float) -> web.Response:
    if form.response_format == "text":
        return web.Response(text=text + "\n")
    usage = transcription_usage(form.model, audio_ms, text)
    if form.response_format == "json":
        return web.json_response({"text": text, "usage": usage})
    seconds = round(audio_ms / 1000, 3)
    segment = {
        "id": 0, "seek": 0, "start": 0.0, "end": seconds, "text": text, "tokens": [], "temperature": 0.0,
        "avg_logprob": 0.0, "compression_ratio": 1.0, "no_speech_prob": 0.0,
    }  # fmt: skip
    segments = [segment] if text else []
    body = {"task": "transcribe", "language": "english", "duration": seconds, "text": text, "segments": segments}
    return web.json_response({**body, "usage": usage})
