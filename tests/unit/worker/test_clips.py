"""The stored lines that are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared import pcm
from shared.call_report import GoneWhy
from shared.call_state import EndReason
from worker.adapters.clip_files import DIRECTORY, ClipsUnusable, load
from worker.clip import ClipName, goodbye
from worker.ending import Ending
from worker.last_line import LIMIT_S
from worker.loudness import is_loud


def test_every_line_is_there_and_short_enough_to_end_a_call_with() -> None:
    clips = load()
    assert set(clips) == set(ClipName)
    for clip in clips.values():
        assert clip.text.endswith(".")
        assert 500 < pcm.ms_of(len(clip.audio)) < LIMIT_S * 1000
        loud = sum(is_loud(frame) for frame in pcm.frames(clip.audio, pcm.bytes_of(20)))
        assert loud * 20 > 0.5 * pcm.ms_of(len(clip.audio)), "mostly sound"


def test_all_together_are_small() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 200_000


@pytest.mark.parametrize("what", ["no folder", "no line", "no file", "no sound"])
def test_a_folder_of_ones_own_is_refused_with_the_file_that_is_wrong(tmp_path: Path, what: str) -> None:
    if what != "no folder":
        lines = json.loads((DIRECTORY / "lines.json").read_text())
        if what == "no line":
            del lines["idle"]
        (tmp_path / "lines.json").write_text(json.dumps(lines))
        for name in ClipName if what in ("no line", "no sound") else ():
            sound = (DIRECTORY / f"{name}.ogg").read_bytes() if what == "no line" else b"nothing"
            (tmp_path / f"{name}.ogg").write_bytes(sound)
    with pytest.raises(ClipsUnusable, match=r"lines\.json|\.ogg"):
        load(tmp_path)


def test_who_is_left_alone_by_us_hears_a_goodbye_and_nobody_else_does() -> None:
    said = {reason: goodbye(Ending(reason)) for reason in EndReason}
    assert {reason for reason, name in said.items() if name is not None} == {
        EndReason.PROVIDER_DOWN,
        EndReason.PROVIDER_QUOTA,
        EndReason.PROVIDER_AUTH,
        EndReason.INTERNAL_ERROR,
        EndReason.MAX_DURATION,
        EndReason.IDLE_TIMEOUT,
    }
    assert goodbye(Ending(gone=GoneWhy.FAILED)) is ClipName.LEAVE
    assert goodbye(Ending(gone=GoneWhy.HUNG_UP)) is None
    assert goodbye(Ending()) is None
