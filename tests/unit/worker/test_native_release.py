from __future__ import annotations

import threading

import pytest

from worker.adapters import native_release


async def test_what_lets_go_is_released() -> None:
    dropped = threading.Event()
    assert await native_release.release(dropped.set, "thing")
    assert dropped.is_set()


async def test_what_does_not_let_go_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_release, "WITHIN_S", 0.02)
    may_end = threading.Event()
    try:
        assert not await native_release.release(lambda: _wait(may_end), "thing")
    finally:
        may_end.set()


def _wait(event: threading.Event) -> None:
    event.wait(10)
