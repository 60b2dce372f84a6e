"""What a call's timeline is told of the path between us and the media server."""

from __future__ import annotations

from shared.call_report import Happened, HappenedKind
from worker.ports import PathGap, PathLost


def path_news(event: PathGap | PathLost, now_s: float) -> Happened:
    kind = HappenedKind.PATH_LOST if isinstance(event, PathLost) else HappenedKind.PATH_GAP
    return Happened(kind, str(round((now_s - event.alive_s) * 1000)))
