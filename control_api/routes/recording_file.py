"""``GET /api/voice/recording/file``: a recording that lies in a folder of ours, or a waveform, by a signed link.

The link stands where a bucket's own signed link would: it needs no sign-in and is no part of the published
description.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from control_api.http_errors import error_response
from control_api.middleware.scope import request_id
from control_api.recording_links import ROUTE, BadLink, check_link
from control_api.services.container import services
from control_api.services.recordings import Recordings
from shared.errors import Errors, VoiceError

_TYPES = {"mp4": "audio/mp4", "ogg": "audio/ogg", "json": "application/json"}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def recording_file(request: Request) -> Response:
    try:
        return await _file(request)
    except VoiceError as error:
        return error_response(error, request_id=request_id(request.scope))


async def _file(request: Request) -> Response:
    """Ranges are answered by Starlette: a player seeks by them."""
    found = services(request)
    key, links = found.recordings.link_key, found.recordings.links
    if key is None:
        raise VoiceError(Errors.NOT_FOUND, "There is nothing at this path.")
    path, expires, signature = (request.query_params.get(name, "") for name in ("path", "expires", "signature"))
    try:
        check_link(key, path, expires, signature, found.clock.now_ms() / 1000)
    except BadLink as error:
        raise VoiceError(Errors.FORBIDDEN, "This link is not good (any more).", why=str(error)) from None
    if links is None:
        return await _waveform(found.recordings, path)
    file = await asyncio.to_thread(links.files.find, path)
    if file is None:
        raise _gone()
    name = f"recording-{file.name}"
    media_type = _TYPES.get(file.suffix.removeprefix("."), "application/octet-stream")
    return FileResponse(file, headers=_HEADERS, media_type=media_type, filename=name, content_disposition_type="inline")


async def _waveform(recordings: Recordings, path: str) -> Response:
    """Of a bucket; the recording itself is fetched from there."""
    content = await recordings.waveform(path)
    if content is None:
        raise _gone()
    return Response(content, headers=_HEADERS, media_type=_TYPES["json"])


def _gone() -> VoiceError:
    return VoiceError(Errors.NOT_FOUND, "This recording is not here any more.")


ROUTES: tuple[BaseRoute, ...] = (Route(ROUTE, recording_file, methods=["GET"]),)
