"""How facts become the stored row: the one pair of functions with which every use case ends."""

from __future__ import annotations

from control_api.call_facts import settle
from control_api.ports import CallTx
from control_api.records import Call


def settle_and_save(tx: CallTx, before: Call, changed: Call | None = None) -> Call:
    """Stores what all facts of the call add up to. `changed`: `before` with the use case's own changes."""
    call = before if changed is None else changed
    return save_if_changed(tx, before, settle(call, tx.presence(call.id), tx.rooms(call.id)))


def save_if_changed(tx: CallTx, before: Call, after: Call) -> Call:
    return before if after == before else tx.save_call(after)
