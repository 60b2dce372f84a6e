"""How `make test` deals its files out to the lanes that run at the same time."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/browser/"


class OneBrowserAtATime(LoadFileScheduling):  # type: ignore[misc]
    """A file stays in one lane, and all files with a browser in the same: two of them leave a small machine no time for
    the audio."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))


def scheduler(config: Any, log: Any) -> OneBrowserAtATime:
    return OneBrowserAtATime(config, log)
