"""A call's words as people and players read them: plain text, WebVTT, SubRip. Pure.

A line that was cut (somebody spoke into the agent's answer; the rest was never heard) ends in a dash in all of them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.writing import one_line

CUT = " —"
MIN_CUE_MS = 500
"""So long a caption stands at least, else nobody could read it."""


class TranscriptFormat(StrEnum):
    JSON = "json"
    TXT = "txt"
    VTT = "vtt"
    SRT = "srt"


class TranscriptClock(StrEnum):
    RECORDING = "recording"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch of speech. Times in ms after the call was connected, or `in_recording`."""

    speaker: str = field(repr=False)
    """The name that is shown."""
    text: str = field(repr=False)
    start_ms: int
    end_ms: int
    is_cut: bool = False

    @property
    def words(self) -> str:
        """On one line."""
        return one_line(self.text) + (CUT if self.is_cut else "")


def in_recording(lines: Iterable[Line], begins_ms: int, lasts_ms: int | None) -> list[Line]:
    """The lines on the clock of a file whose sound begins at `begins_ms` of theirs, without those that are not in it.
    `lasts_ms` None: nobody knows where it ends."""
    placed = (replace(line, start_ms=line.start_ms - begins_ms, end_ms=line.end_ms - begins_ms) for line in lines)
    heard = (line for line in placed if line.end_ms > 0 and (lasts_ms is None or line.start_ms < lasts_ms))
    return [replace(line, start_ms=max(line.start_ms, 0)) for line in heard]


def as_text(lines: Iterable[Line]) -> str:
    """``Speaker: text``, one line per stretch of speech."""
    return "\n".join(f"{line.speaker}: {line.words}" for line in lines)


def as_vtt(lines: Sequence[Line]) -> str:
    """WebVTT with the speakers as voices."""
    cues = (f"{_span(line, '.')}\n<v {_voice(line.speaker)}>{html.escape(line.words, quote=False)}" for line in lines)
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def as_srt(lines: Sequence[Line]) -> str:
    cues = (f"{number}\n{_span(line, ',')}\n{line.speaker}: {line.words}" for number, line in enumerate(lines, 1))
    return "".join(f"{cue}\n\n" for cue in cues)


def _span(line: Line, point: str) -> str:
    return f"{_time(line.start_ms, point)} --> {_time(max(line.end_ms, line.start_ms + MIN_CUE_MS), point)}"


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"


def _voice(speaker: str) -> str:
    """A voice's name ends at ``>`` and at the end of the line."""
    return html.escape(one_line(speaker), quote=False)


RENDER: dict[TranscriptFormat, tuple[str, Callable[[Sequence[Line]], str]]] = {
    TranscriptFormat.TXT: ("text/plain; charset=utf-8", as_text),
    TranscriptFormat.VTT: ("text/vtt; charset=utf-8", as_vtt),
    TranscriptFormat.SRT: ("application/x-subrip; charset=utf-8", as_srt),
}
"""format -> (content type, how)"""
