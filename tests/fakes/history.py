"""What is asked of all calls together, in memory."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from control_api.history_ports import HistoryTx, Summary
from control_api.records import Call
from control_api.spoken_terms import words_of
from shared.call_state import CallState
from shared.ids import CallId
from shared.tokens import Tokens

_UNANSWERED = (CallState.MISSED, CallState.FAILED)


class MemoryHistoryTx(HistoryTx):
    state: Any
    """The tables of `tests.fakes.call_store`."""

    def summaries(self, from_ms: int, to_ms: int, step_ms: int) -> list[Summary]:
        steps: dict[int, list[Call]] = {}
        for call in self.state.calls.values():
            if from_ms <= call.created_at_ms < to_ms:
                steps.setdefault((call.created_at_ms - from_ms) // step_ms, []).append(call)
        return [self._summary(from_ms + number * step_ms, calls) for number, calls in sorted(steps.items())]

    def tokens(self, call_id: CallId) -> Tokens:
        return sum(self._used(call_id), Tokens())

    def _summary(self, start_ms: int, calls: Sequence[Call]) -> Summary:
        ids = {call.id for call in calls}
        took = sorted(
            turn.response_ms
            for turn in self.state.turns.values()
            if turn.call_id in ids and turn.response_ms is not None
        )
        talks = [
            max(0, call.ended_at_ms - call.connected_at_ms) // 1000
            for call in calls
            if call.ended_at_ms is not None and call.connected_at_ms is not None
        ]
        return Summary(
            start_ms,
            calls=len(calls),
            answered=sum(call.connected_at_ms is not None and call.status not in _UNANSWERED for call in calls),
            missed=sum(call.status is CallState.MISSED for call in calls),
            failed=sum(call.status is CallState.FAILED for call in calls),
            talk_s=sum(talks),
            answers=len(took),
            response_p50_ms=_percentile(took, 50),
            response_p95_ms=_percentile(took, 95),
            tokens=self._tokens(calls),
        )

    def _tokens(self, calls: Sequence[Call]) -> dict[str | None, Tokens]:
        found: dict[str | None, Tokens] = {}
        for call in calls:
            for used in self._used(call.id):
                found[call.model] = found.get(call.model, Tokens()) + used
        return found

    def _used(self, call_id: CallId) -> list[Tokens]:
        return [Tokens.of(stored.usage) for stored in self.state.usage.values() if stored.call_id == call_id]


def _percentile(ordered: Sequence[int], percent: int) -> int | None:
    return ordered[math.ceil(len(ordered) * percent / 100) - 1] if ordered else None


def was_said(term: Sequence[str], texts: Iterable[str]) -> bool:
    wanted = _plain(term)
    return any(f" {wanted}" in f" {_plain(words_of(text))}" for text in texts)


def _plain(words: Iterable[str]) -> str:
    """Without accents, with one space between them."""
    decomposed = unicodedata.normalize("NFD", " ".join(words))
    return "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
