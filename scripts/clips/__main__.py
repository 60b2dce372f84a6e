"""``python -m scripts.clips [DIRECTORY] [--voice NAME]``: an Ogg Opus file for each line of ``lines.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import av
import numpy as np
import typer

from scripts.caller.clips import without_silence
from scripts.local_realtime.voice import synthesize
from shared import pcm

BIT_RATE = 32_000
EDGE_MS = 40
"""Of silence before and after: a line that begins at once is heard as a click."""


def main(
    directory: Annotated[Path, typer.Argument(help="Where lines.json is and the files go.")] = Path("worker/clips"),
    voice: Annotated[str, typer.Option(help="As of scripts.local_realtime.voice.")] = "alloy",
) -> None:
    lines: dict[str, str] = json.loads((directory / "lines.json").read_text(encoding="utf-8"))
    for name, text in lines.items():
        edge = bytes(pcm.bytes_of(EDGE_MS))
        audio = edge + without_silence(synthesize(text, voice=voice)) + edge
        write_ogg(directory / f"{name}.ogg", audio)
        print(f"{name}.ogg  {pcm.ms_of(len(audio)):5.0f} ms  {text}")


def write_ogg(path: Path, audio: bytes) -> None:
    """`audio` is mono s16le at 24 kHz."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=pcm.SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(np.frombuffer(audio, dtype="<i2").reshape(1, -1), "s16", "mono")
        frame.sample_rate = pcm.SAMPLE_RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    typer.run(main)
