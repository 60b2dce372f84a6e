"""Several parts of a recording as one file: their packets as they are, and silence where nobody recorded.

Nothing is decoded or coded again but half a second of silence, whose packets fill the gaps: an hour is joined in a
second. What two parts both have (the next job began before the last one had stopped) is taken from the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from shared import pcm
from shared.recording_order import FileType
from worker.adapters.audio_file import FINISHED, AudioFile, NothingToPlay, decode, opened, whole_packets
from worker.peaks import peaks_of
from worker.ports import Joined, PartJoiner, PartsUnusable
from worker.timeline import Block

SILENCE_MS = 500


class FolderJoiner(PartJoiner):
    def __init__(self, parent: Path) -> None:
        """`parent`: a folder whose content may be thrown away when this process has died."""
        self._parent = parent

    def folder(self, name: str) -> Path:
        path = self._parent / f"join.{name}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, mode=0o700)
        return path

    def join(self, parts: Sequence[tuple[Path, int]], file_type: FileType, folder: Path) -> Joined:
        sound, peaks = folder / f"whole.{file_type.value}", folder / "peaks.json"
        try:
            channels = _join(parts, file_type, sound)
            heard = _Counted(decode(sound))
            peaks.write_text(peaks_of(channels, heard))
        except NothingToPlay:
            raise PartsUnusable("nothing to play") from None
        except (OSError, ValueError) as error:  # PyAV's errors are `OSError` or `ValueError`
            raise PartsUnusable(type(error).__name__) from None
        return Joined(sound, peaks, heard.samples * 1000 // pcm.SAMPLE_RATE_HZ)

    def forget(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)


class _Counted:
    """Blocks, and how many samples they were."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self.samples = 0

    def __iter__(self) -> Iterator[Block]:
        for block in self._blocks:
            self.samples += block.shape[1]
            yield block


def _join(parts: Sequence[tuple[Path, int]], file_type: FileType, target: Path) -> int:
    """The number of channels. Raises `NothingToPlay`."""
    line: _Line | None = None
    with av.open(str(target), "w", format=file_type.value, options=FINISHED[file_type]) as new:
        for path, starts_ms in parts:
            with opened(path) as old:
                sound = old.streams.audio[0]
                if line is None:
                    line = _Line(new, sound, _silent_packet(target.parent, file_type, sound.channels))
                line.add_part(starts_ms, whole_packets(old, sound))
    if line is None:
        raise NothingToPlay
    return line.channels


class _Line:
    """The packets of one file, one behind the other. Positions are in ticks of its time base."""

    def __init__(self, container: Any, template: Any, silence: bytes) -> None:
        self.channels: int = template.channels
        self._container = container
        self._stream = container.add_stream_from_template(template)
        self._base: Fraction = template.time_base
        self._silence = silence
        self._position = 0
        self._packet_ticks = 0

    def add_part(self, starts_ms: int, packets: Any) -> None:
        starts = int(Fraction(starts_ms, 1000) / self._base)
        is_first = True
        for packet in packets:
            self._packet_ticks = packet.duration or self._packet_ticks
            if is_first:
                self._be_silent_until(starts)
                is_first = False
            if starts + packet.pts + self._packet_ticks > self._position:
                self._put(packet, self._packet_ticks)

    def _be_silent_until(self, position: int) -> None:
        while self._packet_ticks and self._position + self._packet_ticks <= position:
            self._put(av.Packet(self._silence), self._packet_ticks)

    def _put(self, packet: Any, ticks: int) -> None:
        packet.stream = self._stream
        packet.time_base = self._base
        packet.pts = packet.dts = self._position
        packet.duration = ticks
        packet.is_keyframe = True
        self._position += ticks
        self._container.mux(packet)


def _silent_packet(folder: Path, file_type: FileType, channels: int) -> bytes:
    """From the middle of a silent file, where the coder has settled."""
    path = folder / f"silence.{file_type.value}"
    file = AudioFile(path, file_type, channels)
    file.write(np.zeros((channels, SILENCE_MS * pcm.SAMPLE_RATE_HZ // 1000), dtype=np.int16))
    file.close()
    with opened(path) as silent:
        packets = [bytes(packet) for packet in whole_packets(silent, silent.streams.audio[0])]
    return packets[len(packets) // 2]
