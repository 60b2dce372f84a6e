"""What every spool of speech promises, in memory and on disk; and that the one on disk survives its process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ids import CallId, Identity, WorkerId
from tests.fakes.transcription import MemorySpeechSpool
from worker.adapters.speech_spool import SUFFIX, DiskSpeechSpool
from worker.ports import SpeechSpool, Spoken

# With line ends, as sound has them.
AUDIO = bytes(range(256)) * 10


def spoken(number: int = 1) -> Spoken:
    return Spoken(CallId("0190-call"), 2, f"speech-2-{number}", Identity("user_1"), 1_000 * number, 1_500 * number)


@pytest.fixture(params=["memory", "disk"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SpeechSpool]:
    if request.param == "memory":
        yield MemorySpeechSpool()
        return
    disk = DiskSpeechSpool(tmp_path, WorkerId("w1"))
    yield disk
    disk.close()


class TestEverySpool:
    def test_what_is_kept_is_read_as_it_was(self, spool: SpeechSpool) -> None:
        kept = spool.keep(spoken(), AUDIO)
        assert (kept.spoken, kept.size_bytes) == (spoken(), len(AUDIO))
        assert spool.read(kept) == AUDIO

    def test_what_is_forgotten_is_gone_and_forgetting_twice_is_no_error(self, spool: SpeechSpool) -> None:
        kept, other = spool.keep(spoken(1), AUDIO), spool.keep(spoken(2), b"other")
        spool.remove(kept)
        spool.remove(kept)
        assert spool.read(other) == b"other"

    def test_what_is_its_own_is_not_left_over(self, spool: SpeechSpool) -> None:
        spool.keep(spoken(), AUDIO)
        assert spool.left_over() == []


def test_what_a_dead_process_left_is_found_once_and_in_its_order(tmp_path: Path) -> None:
    dead = DiskSpeechSpool(tmp_path, WorkerId("w1"))
    for number in (12, 1, 3):
        dead.keep(spoken(number), AUDIO)
    living = DiskSpeechSpool(tmp_path, WorkerId("w2"))
    assert living.left_over() == [], "it still lives"
    dead.close()
    found = living.left_over()
    assert [kept.spoken for kept in found] == [spoken(1), spoken(3), spoken(12)]
    assert [living.read(kept) for kept in found] == [AUDIO] * 3
    assert found[0].size_bytes == len(AUDIO)
    assert living.left_over() == []
    for kept in found:
        living.remove(kept)
    living.close()
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_what_was_not_whole_is_passed_over(tmp_path: Path) -> None:
    dead = DiskSpeechSpool(tmp_path, WorkerId("w1"))
    dead.keep(spoken(), AUDIO)
    dead.close()
    (tmp_path / "w1" / "half.new").write_bytes(b"{}")
    (tmp_path / "w1" / f"torn{SUFFIX}").write_bytes(b'{"callId": "')
    living = DiskSpeechSpool(tmp_path, WorkerId("w2"))
    assert [kept.spoken for kept in living.left_over()] == [spoken()]
    assert len(list((tmp_path / "w1").glob("*"))) == 2, "the lock and the one that is whole"
    living.close()
