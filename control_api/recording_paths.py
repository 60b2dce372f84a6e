"""Where a recording's file lies: always under the folder of its own call. Pure.

What a client asks for is a name below that folder. It is checked by what it may be, not by what it may not: segments
of the characters ``A-Z a-z 0-9 . _ -`` that do not begin with a dot, between single slashes. So there is no ``..``, no
absolute path, no NUL, no percent sign or brace that somebody behind us could expand.
"""

from __future__ import annotations

import re

from shared.ids import CallId, EgressId

FILE_TYPES = ("mp4", "ogg")
MAX_CHARS = 256
_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}"
RELATIVE = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")


class BadPath(ValueError):
    """The text says what a path must be; it never repeats it."""


def check(output_path: str, file_type: str) -> None:
    """Raises `BadPath`."""
    if len(output_path) > MAX_CHARS:
        raise BadPath(f"must have at most {MAX_CHARS} characters")
    if RELATIVE.fullmatch(output_path) is None:
        raise BadPath("must be a relative path of the characters A-Z a-z 0-9 . _ - and /, no part beginning with a dot")
    if not output_path.endswith(f".{file_type}"):
        raise BadPath(f"must end with .{file_type}, as the file type says")


def path_of(call_id: CallId, egress_id: EgressId, output_path: str | None, file_type: str) -> str:
    """Raises `BadPath`."""
    if output_path is None:
        return f"{call_id}/{egress_id}.{file_type}"
    check(output_path, file_type)
    return f"{call_id}/{output_path}"
