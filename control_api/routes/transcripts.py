"""``/api/voice/session/transcript``: what was said in a call, for programs, people and players."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from control_api.access import find_by_id, find_newest
from control_api.http_errors import Phrases
from control_api.middleware.scope import signed_in
from control_api.ports import CallTx
from control_api.recording_records import Recording
from control_api.records import Call
from control_api.routes import session_views as views
from control_api.routes.fields import CallIdText, RoomNameField
from control_api.routes.registry import Model, Operation
from control_api.routes.session_models import TranscriptSegment
from control_api.services.container import services
from control_api.services.recordings import placed
from control_api.transcript_texts import RENDER, TranscriptClock, TranscriptFormat, in_recording
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName

PATH = "/api/voice/session/transcript"


class TranscriptQuery(Model):
    room_name: RoomNameField | None = None
    """This or `callId`."""
    call_id: Annotated[str, Field(max_length=64)] | None = None
    format: TranscriptFormat = TranscriptFormat.JSON
    """`txt`: one line per stretch of speech. `vtt`, `srt`: captions."""
    clock: TranscriptClock = TranscriptClock.RECORDING
    """Of captions. `recording`: their times are of the file at the session's `recordingUrl`, without what is not in it;
    where there is no file of ours that can be played, as `call`. `call`: all of them, from `connectedAt`, as the times
    of `json`."""
    egress_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Another recording of the call, for `clock=recording`."""


class Transcript(Model):
    success: bool = True
    call_id: CallIdText
    room_name: str
    transcript: str | None
    """The text; what somebody put in its place, if they did."""
    segments: list[TranscriptSegment]


async def get_transcript(request: Request, query: TranscriptQuery) -> Transcript | Response:
    if query.room_name is None and query.call_id is None:
        raise VoiceError(Errors.INVALID_REQUEST, "roomName or callId is required", field="roomName")
    user = signed_in(request.scope)

    def use_case(tx: CallTx) -> tuple[Call, views.Extras, Recording | None]:
        if query.call_id is not None:
            call = find_by_id(tx, user, CallId(query.call_id))
        else:
            call = find_newest(tx, user, RoomName(query.room_name or ""))
        recording = _played(tx, call, query)
        begins_ms = None if recording is None else placed(tx, recording).begins_ms
        extras = views.Extras(tx.segments(call.id), tx.members(call.id), recording_begins_ms=begins_ms)
        return call, extras, recording

    call, extras, recording = await services(request).store.read(use_case)
    if query.format is not TranscriptFormat.JSON:
        return _file(call, extras, query.format, recording)
    return Transcript(
        call_id=call.id,
        room_name=call.room_name,
        transcript=views.transcript(call, extras),
        segments=views.segments(call, extras),
    )


def _played(tx: CallTx, call: Call, query: TranscriptQuery) -> Recording | None:
    """The recording on whose clock captions are; None: on the call's. Raises `VoiceError`."""
    recordings = tx.recordings(call.id)
    if query.egress_id is not None:
        recordings = [one for one in recordings if one.egress_id == query.egress_id]
        if not recordings:
            raise VoiceError(Errors.NOT_FOUND, "There is no such recording.")
    elif call.recording_url_override is not None:
        return None
    can_be_played = bool(recordings) and recordings[0].is_final and recordings[0].file_path is not None
    return recordings[0] if can_be_played and query.clock is TranscriptClock.RECORDING else None


def _file(call: Call, extras: views.Extras, wanted: TranscriptFormat, recording: Recording | None) -> Response:
    media_type, render = RENDER[wanted]
    lines = views.lines(call, extras)
    if wanted is TranscriptFormat.TXT:
        content = call.transcript_override if call.transcript_override is not None else render(lines)
    elif recording is None:
        content = render(lines)
    else:
        begins_ms = views.offset_ms(call, extras.recording_begins_ms) or 0
        content = render(in_recording(lines, begins_ms, recording.duration_ms))
    name = f"transcript-{call.id}.{wanted.value}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


_PHRASES: Phrases = {400: "Missing roomName", 403: "Access denied to this session", 404: "Session not found"}

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Get the transcript of a call",
        get_transcript,
        Transcript,
        description="Addition. A line that somebody spoke into ends where it was heard last, and is marked.",
        query=TranscriptQuery,
        phrases=_PHRASES,
        other_types=tuple(media_type for media_type, _ in RENDER.values()),
    ),
)
