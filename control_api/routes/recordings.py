"""``/api/voice/recording``: recordings of calls, and what others make of them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field
from starlette.requests import Request

from control_api.http_errors import Phrases
from control_api.middleware.scope import signed_in
from control_api.rate_classes import RECORDING
from control_api.recording_paths import MAX_CHARS, RELATIVE, BadPath
from control_api.recording_records import PlacedRecording, Recording
from control_api.records import Call
from control_api.routes.fields import LimitField, OffsetField, RoomNameField, Timestamp
from control_api.routes.idempotent import attempt_of
from control_api.routes.registry import Model, Operation, Page
from control_api.routes.session_views import iso, iso_or_none, offset_ms
from control_api.services.container import services
from control_api.services.recordings import Change, Recordings
from shared.errors import ErrorKind, Errors, VoiceError
from shared.ids import RoomName
from shared.recording_state import public_status
from shared.wire import is_unicode

PATH = "/api/voice/recording"
MAX_TRANSCRIPT_CHARS = 512 * 1024
MAX_URL_CHARS = 2048


_HTTPS_URL = re.compile(r"https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?([/?#][!-~]*)?")
"""Shown to others as a link, never fetched by us. No name or password before the host."""


def _https(value: str) -> str:
    if _HTTPS_URL.fullmatch(value) is None:
        raise ValueError("must be an https:// URL with a host")
    return value


def _unicode(value: str) -> str:
    if not is_unicode(value):
        raise ValueError("must be valid Unicode")
    return value


def _path_with(extension: str) -> dict[str, Any]:
    return {"properties": {"outputPath": {"pattern": rf"\.{extension}$"}}}


class StartRecording(Model):
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"fileType": {"const": "ogg"}}, "required": ["fileType"]},
            "then": _path_with("ogg"),
            "else": _path_with("mp4"),
        }
    )

    room_name: RoomNameField
    output_path: (
        Annotated[
            str, Field(min_length=1, max_length=MAX_CHARS, json_schema_extra={"pattern": f"^(?:{RELATIVE.pattern})$"})
        ]
        | None
    ) = None
    """A relative path below the folder of the call, with the extension of the file type; made by the service if not
    given. Nothing is overwritten."""
    file_type: Literal["mp4", "ogg"] = "mp4"


class RecordingView(Model):
    egress_id: str
    room_name: str
    started_at: Timestamp
    status: str
    """`active`, `stopping`, `uploading`, and at last `ready`, `partial` or `failed`."""


class RecordingStarted(Model):
    success: bool = True
    message: str = "Recording started successfully"
    recording: RecordingView


class RecordingQuery(Model):
    room_name: RoomNameField | None = None
    egress_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    list_all: bool = False
    limit: LimitField = 10
    """Addition. Of `listAll`: results per page."""
    offset: OffsetField = 0
    """Addition."""


class RecordingDetail(RecordingView):
    is_active: bool
    ended_at: Timestamp | None
    """Addition."""
    file_type: str
    """Addition."""
    recording_url: str | None
    """Addition. Of this file, once it is ready; lives an hour."""
    peaks_url: str | None
    """Addition. Of its waveform (JSON), once it is ready; lives an hour. For a recording in a bucket, too, it leads to
    this API where the address of that is known (`VOICE_PUBLIC_URL`): a page may read it without CORS rules there."""
    duration_ms: int | None
    """Addition. Of what can be played."""
    size_bytes: int | None
    """Addition."""
    start_offset_ms: int | None
    """Addition. Milliseconds from the call's `connectedAt` to the first sample of the file. A segment's `startMs` less
    this is its place in the file. Null until the recording has begun, and where nobody has said when it did: take 0
    then. (`startedAt` is when it was asked for.)"""


class RecordingStatus(Model):
    success: bool = True
    recording: RecordingDetail | None
    """The newest; null where there is only an address that somebody has noted."""
    recording_url: str | None
    recordings: list[RecordingDetail]
    """Addition. All of the call, newest first."""


class RecordingUrl(Model):
    success: bool = True
    recording_url: str | None


class RecordingList(Page):
    recordings: list[RecordingView]


class StopQuery(Model):
    room_name: RoomNameField


class RecordingStopped(Model):
    success: bool = True
    message: str = "Recording stopped successfully"
    recording_url: str | None


class UpdateRecording(Model):
    room_name: RoomNameField
    transcript: Annotated[str, Field(max_length=MAX_TRANSCRIPT_CHARS), AfterValidator(_unicode)] | None = None
    """Replaces the text; the segments stay."""
    recording_url: (
        Annotated[
            str,
            Field(max_length=MAX_URL_CHARS, json_schema_extra={"pattern": f"^{_HTTPS_URL.pattern}$"}),
            AfterValidator(_https),
        ]
        | None
    ) = None


class RecordingUpdated(Model):
    success: bool = True
    message: str = "Recording metadata updated successfully"


async def start_recording(request: Request, body: StartRecording) -> RecordingStarted:
    user, room_name = signed_in(request.scope), RoomName(body.room_name)
    try:
        recording = await services(request).recordings.start(
            user,
            room_name,
            output_path=body.output_path,
            file_type=body.file_type,
            attempt=attempt_of(request.scope),
        )
    except BadPath as error:
        raise VoiceError(Errors.INVALID_REQUEST, f"outputPath: {error}", field="outputPath") from None
    return RecordingStarted(recording=RecordingView(**_view(recording)))


async def get_recording(request: Request, query: RecordingQuery) -> RecordingStatus | RecordingUrl | RecordingList:
    if query.list_all:
        return await _list(request, query)
    if query.room_name is None:
        raise VoiceError(Errors.INVALID_REQUEST, "roomName or listAll is required", field="roomName")
    recordings = services(request).recordings
    call, found = await recordings.of_room(signed_in(request.scope), RoomName(query.room_name))
    if query.egress_id is not None:
        found = [one for one in found if one.recording.egress_id == query.egress_id]
    if not found and (query.egress_id is not None or call.recording_url_override is None):
        raise VoiceError(Errors.NOT_FOUND, "There is no such recording.")
    if query.egress_id is not None:
        return RecordingUrl(recording_url=await recordings.url([found[0].recording]))
    details = [await _detail(recordings, call, one) for one in found]
    newest = details[0] if details else None
    own_url = None if newest is None else newest.recording_url
    return RecordingStatus(recording=newest, recording_url=call.recording_url_override or own_url, recordings=details)


async def _list(request: Request, query: RecordingQuery) -> RecordingList:
    if not signed_in(request.scope).is_admin:
        raise VoiceError(Errors.FORBIDDEN, "Only admins may list the recordings of everybody.")
    page = await services(request).recordings.in_progress(limit=query.limit, offset=query.offset)
    found = [RecordingView(**_view(recording)) for recording in page.recordings]
    return RecordingList(count=len(found), total=page.total, limit=query.limit, offset=query.offset, recordings=found)


async def stop_recording(request: Request, query: StopQuery) -> RecordingStopped:
    recordings = services(request).recordings
    stopped = await recordings.stop(signed_in(request.scope), RoomName(query.room_name))
    return RecordingStopped(recording_url=await recordings.url([stopped]))


async def update_recording(request: Request, body: UpdateRecording) -> RecordingUpdated:
    change = Change(body.transcript, body.recording_url)
    await services(request).recordings.describe(signed_in(request.scope), RoomName(body.room_name), change)
    return RecordingUpdated()


def _view(recording: Recording) -> dict[str, str]:
    return {
        "egress_id": recording.egress_id,
        "room_name": recording.room_name,
        "started_at": iso(recording.created_ms),
        "status": public_status(recording.state),
    }


async def _detail(recordings: Recordings, call: Call, placed: PlacedRecording) -> RecordingDetail:
    recording = placed.recording
    return RecordingDetail(
        **_view(recording),
        is_active=recording.is_in_progress,
        ended_at=iso_or_none(recording.ended_ms),
        file_type=recording.file_type,
        recording_url=await recordings.url([recording]),
        peaks_url=await recordings.peaks_url(recording),
        duration_ms=recording.duration_ms,
        size_bytes=recording.size_bytes,
        start_offset_ms=offset_ms(call, placed.begins_ms),
    )


_COMMON: dict[ErrorKind | int, str] = {
    403: "Access denied",
    Errors.RECORDING_NOT_CONFIGURED: "Recording service not configured",
}
_START_PHRASES: Phrases = _COMMON | {
    Errors.CALL_NOT_CONNECTED: "Invalid file type or call not active",
    404: "Call session not found",
    Errors.RECORDING_IN_PROGRESS: "Recording already in progress",
}
_GET_PHRASES: Phrases = _COMMON | {404: "Recording not found"}
_STOP_PHRASES: Phrases = _COMMON | {400: "Missing roomName", 404: "No active recording or call not found"}
_UPDATE_PHRASES: Phrases = _COMMON | {404: "Call session not found"}

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Start recording a call",
        start_recording,
        RecordingStarted,
        body=StartRecording,
        phrases=_START_PHRASES,
        rate=RECORDING,
        raises=(Errors.OUTPUT_PATH_TAKEN, Errors.RECORDING_UNAVAILABLE),
        invalid_phrases={"fileType": "Invalid file type or call not active"},
    ),
    Operation(
        "GET",
        PATH,
        "Get recordings of a call or list active ones",
        get_recording,
        RecordingStatus | RecordingUrl | RecordingList,
        description="With `roomName`: the recordings of that call. With `egressId` too: the address of that one. With "
        "`listAll`: what is being recorded, for admins.",
        query=RecordingQuery,
        phrases=_GET_PHRASES,
    ),
    Operation(
        "DELETE",
        PATH,
        "Stop recording a call",
        stop_recording,
        RecordingStopped,
        query=StopQuery,
        phrases=_STOP_PHRASES,
    ),
    Operation(
        "PATCH",
        PATH,
        "Update what is noted of a call's recording",
        update_recording,
        RecordingUpdated,
        body=UpdateRecording,
        phrases=_UPDATE_PHRASES,
        rate=RECORDING,
    ),
)
