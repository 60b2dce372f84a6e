from __future__ import annotations

from worker.tool_guard import MAX_CALLS, WITHIN_S, ToolGuard


def test_five_within_ten_seconds_and_not_six() -> None:
    guard = ToolGuard()
    assert [guard.allows(at_s) for at_s in range(MAX_CALLS + 2)] == [True] * MAX_CALLS + [False] * 2


def test_after_a_while_tools_may_be_called_again() -> None:
    guard = ToolGuard()
    for _ in range(MAX_CALLS):
        guard.allows(0.0)
    assert not guard.allows(WITHIN_S - 0.1)
    assert guard.allows(WITHIN_S)


def test_calls_now_and_then_are_no_loop() -> None:
    guard = ToolGuard()
    assert all(guard.allows(number * WITHIN_S / (MAX_CALLS - 1)) for number in range(50))
