from __future__ import annotations

from shared.ids import CallId
from shared.worker_link import HeldCall
from worker.capacity import Capacity

A, B, C = (HeldCall(CallId(name), 1) for name in "abc")


def test_slots_are_taken_until_none_is_left() -> None:
    capacity = Capacity(2)
    assert capacity.reserve(A)
    assert capacity.reserve(B)
    assert not capacity.reserve(C)
    assert (capacity.free, capacity.held) == (0, (A, B))


def test_a_released_slot_is_free_again_and_only_once() -> None:
    capacity = Capacity(1)
    capacity.reserve(A)
    capacity.release(A)
    capacity.release(A)
    assert capacity.free == 1
    assert capacity.reserve(B)


def test_a_call_has_one_slot() -> None:
    capacity = Capacity(2)
    capacity.reserve(A)
    assert not capacity.reserve(A)
    assert capacity.free == 1


def test_another_epoch_is_another_agent() -> None:
    capacity = Capacity(2)
    assert capacity.reserve(A)
    assert capacity.reserve(HeldCall(A.call_id, 2))


def test_a_model_that_refuses_calls_keeps_no_recorder_out() -> None:
    capacity = Capacity(1)
    capacity.is_shut = lambda: True
    assert not capacity.reserve(A)
    assert capacity.reserve_without_model(A)
    assert not capacity.reserve_without_model(B)
    capacity.draining = True
    capacity.release(A)
    assert not capacity.reserve_without_model(B)


def test_while_draining_nothing_is_free() -> None:
    capacity = Capacity(2)
    capacity.reserve(A)
    capacity.draining = True
    assert capacity.free == 0
    assert not capacity.reserve(B)
    assert capacity.held == (A,)
