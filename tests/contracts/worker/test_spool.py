"""What every spool promises, in memory and on disk; and what only the one on disk can: surviving its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from shared import wire
from shared.call_report import AgentJoined, CallEnded, Report, ReportEvent, Segment, Usage
from shared.call_state import EndReason
from shared.ids import CallId, Identity, WorkerId
from tests.fakes.spool import MemorySpool
from worker.adapters.folder_lock import LOCK
from worker.adapters.spool import SUFFIX, DiskSpool
from worker.ports import Spool

ROOT = Path(__file__).resolve().parents[3]
MAX_BYTES = 4000
WORDS = Segment("s", Identity("user"), "x" * 500, 0, 1)
FIGURES = Usage(1, 2, 3, 4)
ENDED = CallEnded(EndReason.CALLER_HUNG_UP)


@pytest.fixture(params=["memory", "disk"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Spool]:
    made: Spool = MemorySpool(MAX_BYTES) if request.param == "memory" else _disk(tmp_path, "w1")
    yield made
    made.close()


def _disk(parent: Path, name: str) -> DiskSpool:
    return DiskSpool(parent, WorkerId(name), max_bytes=MAX_BYTES)


def _report(seq: int, event: ReportEvent = FIGURES, call: str = "call", epoch: int = 1) -> Report:
    return Report(CallId(call), epoch, seq, 1000 + seq, event)


def _drain(spool: Spool, max_reports: int = 100) -> list[Report]:
    taken: list[Report] = []
    while (batch := spool.oldest(max_reports)) is not None:
        taken += batch.reports
        spool.acknowledge(batch)
    return taken


class TestEverySpool:
    def test_what_goes_in_comes_out_in_order(self, spool: Spool) -> None:
        reports = [_report(1, AgentJoined()), _report(2, WORDS), _report(3, FIGURES), _report(4, ENDED)]
        for report in reports:
            assert spool.append(report)
        assert _drain(spool) == reports
        assert spool.size_bytes == 0

    def test_what_was_not_acknowledged_comes_again(self, spool: Spool) -> None:
        spool.append(_report(1))
        first = spool.oldest(10)
        assert first is not None
        assert spool.oldest(10) == first

    def test_a_batch_is_of_one_call_and_not_longer_than_asked(self, spool: Spool) -> None:
        for seq in range(1, 6):
            spool.append(_report(seq, call="a"))
            spool.append(_report(seq, call="a", epoch=2))
        batch = spool.oldest(3)
        assert batch is not None
        assert [(report.epoch, report.seq) for report in batch.reports] == [(1, 1), (1, 2), (1, 3)]

    def test_no_call_starves_another(self, spool: Spool) -> None:
        for seq in range(1, 5):
            spool.append(_report(seq, call="talkative"))
        spool.append(_report(1, call="other"))
        first = spool.oldest(2)
        assert first is not None
        spool.acknowledge(first)
        second = spool.oldest(2)
        assert second is not None
        assert second.call_id == "other"

    def test_what_comes_while_a_batch_is_on_its_way_is_not_lost(self, spool: Spool) -> None:
        spool.append(_report(1))
        batch = spool.oldest(10)
        assert batch is not None
        spool.append(_report(2))
        spool.acknowledge(batch)
        assert [report.seq for report in _drain(spool)] == [2]

    def test_an_empty_spool_has_nothing(self, spool: Spool) -> None:
        assert spool.oldest(10) is None
        spool.sync()

    def test_a_full_spool_drops_figures_first_then_words_and_never_an_end(self, spool: Spool) -> None:
        seq = count(1)
        while spool.size_bytes < 0.8 * MAX_BYTES:
            assert spool.append(_report(next(seq), WORDS))
        assert not spool.append(_report(next(seq), FIGURES))
        while spool.size_bytes < MAX_BYTES:
            assert spool.append(_report(next(seq), WORDS))
        assert not spool.append(_report(next(seq), WORDS))
        assert spool.append(_report(next(seq), AgentJoined()))
        assert spool.append(_report(next(seq), ENDED))
        assert spool.dropped == 2

    def test_there_is_room_again_when_something_was_delivered(self, spool: Spool) -> None:
        seq = count(1)
        while spool.append(_report(next(seq), WORDS)):
            pass
        _drain(spool)
        assert spool.append(_report(next(seq), FIGURES))


class TestOnDisk:
    def test_what_a_dead_process_left_is_sent_by_the_next(self, tmp_path: Path) -> None:
        reports = [_report(1, AgentJoined()), _report(2, WORDS)]
        _die(tmp_path, "dead", reports)
        spool = _disk(tmp_path, "w2")
        assert _drain(spool) == reports
        assert not (tmp_path / "dead").exists()
        spool.close()

    def test_what_a_living_process_has_is_left_alone(self, tmp_path: Path) -> None:
        other = _disk(tmp_path, "w1")
        other.append(_report(1))
        spool = _disk(tmp_path, "w2")
        assert spool.oldest(10) is None
        spool.close()
        assert [report.seq for report in _drain(other)] == [1]
        other.close()

    @pytest.mark.parametrize("torn", [b'{"callId":"call","ep', b"\x00\xff\n", b'{"callId":1}\n'])
    def test_a_torn_line_is_passed_over(self, tmp_path: Path, torn: bytes) -> None:
        _die(tmp_path, "dead", [_report(1)])
        with (tmp_path / "dead" / f"call.1{SUFFIX}").open("ab") as file:
            file.write(torn)
        spool = _disk(tmp_path, "w2")
        assert [report.seq for report in _drain(spool)] == [1]
        assert spool.oldest(10) is None
        spool.close()

    def test_own_reports_go_out_beside_those_that_were_found(self, tmp_path: Path) -> None:
        _die(tmp_path, "dead", [_report(1, call="old")])
        spool = _disk(tmp_path, "w2")
        spool.append(_report(1, call="new"))
        assert [report.call_id for report in _drain(spool)] == ["old", "new"]
        spool.close()

    def test_an_end_without_leftovers_leaves_nothing_behind(self, tmp_path: Path) -> None:
        spool = _disk(tmp_path, "w1")
        spool.append(_report(1))
        _drain(spool)
        spool.close()
        assert list(tmp_path.iterdir()) == []

    def test_an_end_with_leftovers_keeps_them_for_the_next(self, tmp_path: Path) -> None:
        spool = _disk(tmp_path, "w1")
        spool.append(_report(1))
        spool.close()
        following = _disk(tmp_path, "w2")
        assert [report.seq for report in _drain(following)] == [1]
        following.close()

    def test_files_are_for_the_worker_alone(self, tmp_path: Path) -> None:
        spool = _disk(tmp_path, "w1")
        spool.append(_report(1))
        for path in (tmp_path / "w1", *(tmp_path / "w1").iterdir()):
            assert path.stat().st_mode & 0o077 == 0
        spool.close()

    def test_a_full_disk_loses_a_report_and_no_call(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        spool = _disk(tmp_path, "w1")
        spool.append(_report(1))
        write = os.write
        monkeypatch.setattr(os, "write", _half_a_write(write))
        assert not spool.append(_report(2))
        monkeypatch.undo()
        assert spool.append(_report(3))
        assert [report.seq for report in _drain(spool)] == [1, 3]
        assert spool.dropped == 1
        spool.close()


def _half_a_write(write: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
    return lambda fd, data: write(fd, data[: max(len(data) // 2, 1)])


def _die(parent: Path, name: str, reports: list[Report]) -> None:
    """Another process appends `reports` and kills itself before it could close anything."""
    code = (
        "import os, sys, json\n"
        "from pathlib import Path\n"
        "from shared.call_report import Report\n"
        "from shared.ids import WorkerId\n"
        "from worker.adapters.spool import DiskSpool\n"
        "spool = DiskSpool(Path(sys.argv[1]), WorkerId(sys.argv[2]))\n"
        "for line in sys.stdin:\n"
        "    spool.append(Report.from_wire(json.loads(line)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    lines = "\n".join(wire.dumps(report.to_wire()) for report in reports)
    done = subprocess.run(
        [sys.executable, "-c", code, str(parent), name], input=lines, text=True, cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert (parent / name / LOCK).exists()
