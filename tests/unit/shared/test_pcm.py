from shared import pcm


def test_a_frame_of_20_ms_at_24_khz_is_480_samples() -> None:
    assert pcm.bytes_of(20) == 480 * 2
    assert pcm.ms_of(960) == 20


def test_sizes_are_whole_samples() -> None:
    assert pcm.bytes_of(0.03) == 0
    assert pcm.bytes_of(10.01) % pcm.BYTES_PER_SAMPLE == 0


def test_frames_cover_the_audio_without_copying_it() -> None:
    audio = bytes(range(10))
    parts = pcm.frames(audio, 4)
    assert [bytes(part) for part in parts] == [audio[:4], audio[4:8], audio[8:]]
    assert all(part.obj is audio for part in parts)
