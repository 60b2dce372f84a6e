"""Whatever a client asks for, a recording lies under the folder of its call, or is refused."""

from __future__ import annotations

import contextlib
import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from control_api.recording_paths import FILE_TYPES, BadPath, path_of
from shared.ids import EgressId
from tests.support.calls import CALL

EGRESS = EgressId("EG_1")
parts = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        "a",
        "b.mp4",
        "c.ogg",
        ".mp4",
        "%2e%2e",
        "%2f",
        "\x00",
        "{room_name}",
        "~",
        " ",
        "é",
        "\n",
        "$HOME",
    ]
)
paths = st.lists(parts, max_size=6).map("".join) | st.text(max_size=300).map(lambda text: text + ".mp4")


@given(paths, st.sampled_from(FILE_TYPES))
@example("../../etc/passwd.mp4", "mp4")
@example("a/../../b.mp4", "mp4")
@example("․․/a.mp4", "mp4")
@example("a.mp4\n", "mp4")
@example("a.MP4", "mp4")
def test_a_path_stays_under_its_call_however_it_is_read(output_path: str, file_type: str) -> None:
    with contextlib.suppress(BadPath):
        path = path_of(CALL, EGRESS, output_path, file_type)
        for read in (path, unquote(path), path.replace("\\", "/"), path.split("\x00")[0]):
            normal = posixpath.normpath(read)
            assert normal == path, "it means nothing else to anybody"
            assert normal.startswith(f"{CALL}/")
        assert path.endswith(f".{file_type}")
        assert path.isascii()
        assert not set(path) & set("{}%$~\\ \n")


@pytest.mark.parametrize("path", ["a.mp4", "a/b/c.mp4", "2024-01-01_call.v2.mp4", "-.mp4", "x" * 124 + ".mp4"])
def test_usual_names_are_taken(path: str) -> None:
    assert path_of(CALL, EGRESS, path, "mp4") == f"{CALL}/{path}"


@pytest.mark.parametrize("path", ["", ".mp4", "a/.mp4", "a/", "/a.mp4", "a.mp4/", "a.ogg", "a", "x" * 300 + ".mp4"])
def test_others_are_refused(path: str) -> None:
    with pytest.raises(BadPath):
        path_of(CALL, EGRESS, path, "mp4")


@pytest.mark.parametrize("file_type", FILE_TYPES)
def test_without_one_it_is_named_by_the_recording(file_type: str) -> None:
    assert path_of(CALL, EGRESS, None, file_type) == f"{CALL}/EG_1.{file_type}"
