"""The stored lines on disk: ``lines.json`` (name to text) and one Ogg Opus file per name."""

from __future__ import annotations

import json
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

from shared import pcm
from worker.clip import Clip, ClipName, Clips

DIRECTORY = Path(__file__).resolve().parent.parent / "clips"
LINES = "lines.json"


class ClipsUnusable(OSError):
    """The text says which file, and what is wrong with it."""


def load(directory: Path = DIRECTORY) -> Clips:
    """All of them, in milliseconds. Raises `ClipsUnusable`."""
    try:
        lines = json.loads((directory / LINES).read_text(encoding="utf-8"))
        return {name: Clip(name, str(lines[name.value]), decode(directory / f"{name}.ogg")) for name in ClipName}
    except (OSError, EOFError, ValueError) as error:
        raise ClipsUnusable(f"{getattr(error, 'filename', None) or directory / LINES}: {error}") from None
    except KeyError as error:
        raise ClipsUnusable(f"{directory / LINES} has no line {error}") from None


def decode(path: Path) -> bytes:
    """Mono s16le at 24 kHz. Raises `OSError` or `ValueError`."""
    resampler = AudioResampler(format="s16", layout="mono", rate=pcm.SAMPLE_RATE_HZ)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return b"".join(frame.to_ndarray().astype("<i2").tobytes() for frame in frames)
