"""Audio files to mono s16le at 24 kHz. WAV needs nothing; other formats need PyAV."""

from __future__ import annotations

import io
import wave

import numpy as np

from scripts.local_realtime.pcm import WIRE_HZ, to_bytes


class AudioFileError(ValueError):
    """The bytes are no audio file that can be read here."""


def read_wav(data: bytes) -> bytes:
    """A PCM WAV of 16 bits, any rate and channels. Raises AudioFileError."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, rate_hz, width = file.getnchannels(), file.getframerate(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise AudioFileError(f"not a WAV file: {error}") from None
    if width != 2:
        raise AudioFileError(f"a WAV of {width * 8} bits; only 16 are read")
    samples = np.frombuffer(frames, dtype="<i2").reshape(-1, channels).mean(axis=1).astype(np.float32) / 32768
    if rate_hz == WIRE_HZ:
        return to_bytes(samples)
    import soxr

    return to_bytes(np.asarray(soxr.resample(samples, rate_hz, WIRE_HZ), dtype=np.float32))


def read_audio(data: bytes) -> bytes:
    """WAV, or with PyAV (``av``) whatever FFmpeg reads: ogg, mp3, webm, m4a. Raises AudioFileError."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return read_wav(data)
    try:
        import av
    except ImportError:
        raise AudioFileError("only WAV files are read, because the package av is not installed") from None
    try:
        with av.open(io.BytesIO(data), mode="r") as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=WIRE_HZ)
            frames = [*container.decode(audio=0), None]
            resampled = (out for frame in frames for out in resampler.resample(frame))
            return b"".join(bytes(out.planes[0])[: out.samples * 2] for out in resampled)
    except (av.FFmpegError, IndexError) as error:
        raise AudioFileError(f"not an audio file: {error}") from None


def write_wav(pcm: bytes) -> bytes:
    """Mono s16le at 24 kHz as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WIRE_HZ)
        file.writeframes(pcm)
    return buffer.getvalue()
