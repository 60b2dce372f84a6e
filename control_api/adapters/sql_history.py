"""The statements over all calls together, and those that look for words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select

from control_api.adapters import sql_tables as t
from control_api.history_ports import CallFilter, HistoryTx, Summary
from shared.agent_state import AgentState
from shared.call_state import OPEN_STATES, CallState
from shared.ids import CallId
from shared.tokens import KINDS, Tokens

_OPEN = t.calls.c.status.in_(sorted(OPEN_STATES))
_HAS_AGENT = t.calls.c.agent_state.in_(sorted(frozenset(AgentState) - {AgentState.DISCONNECTED}))


def wanted(calls: CallFilter) -> list[ColumnElement[bool]]:
    c = t.calls.c
    found: list[ColumnElement[bool]] = [_said(term) for term in calls.terms]
    if calls.user_id is not None:
        found.append(or_(c.caller_id == calls.user_id, c.callee_id == calls.user_id))
    if calls.status is not None:
        found.append(c.status == calls.status.value)
    if calls.room_name is not None:
        found.append(c.room_name == calls.room_name)
    if calls.from_ms is not None:
        found.append(c.created_at_ms >= calls.from_ms)
    if calls.to_ms is not None:
        found.append(c.created_at_ms < calls.to_ms)
    if calls.with_agent:
        found.append(and_(_OPEN, _HAS_AGENT))
    return found


def _said(term: Sequence[str]) -> ColumnElement[bool]:
    """As FTS5 writes a phrase whose last word may go on. A word holds letters and digits only, so nothing is quoted."""
    phrase = f'"{" ".join(term)}" *'
    rows = select(t.spoken.c.call_id).join(t.spoken_words, t.spoken_words.c.rowid == t.spoken.c.id)
    return t.calls.c.id.in_(rows.where(t.spoken_words.c.words.op("MATCH")(phrase)))


_FROM: Any = bindparam("from_ms")
_STEP: Any = bindparam("step_ms")
_CREATED = t.calls.c.created_at_ms
_NUMBER: Any = ((_CREATED - _FROM) // _STEP).label("number")
_CREATED_THEN = and_(_CREATED >= _FROM, bindparam("to_ms") > _CREATED)


def _count(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))


_UNANSWERED = (CallState.MISSED.value, CallState.FAILED.value)
_TALK_MS = t.calls.c.ended_at_ms - t.calls.c.connected_at_ms
_TALK_S: Any = case((_TALK_MS > 0, _TALK_MS // 1000))
_CALLS = (
    select(
        _NUMBER,
        func.count().label("calls"),
        _count(and_(t.calls.c.connected_at_ms.is_not(None), t.calls.c.status.not_in(_UNANSWERED))).label("answered"),
        _count(t.calls.c.status == CallState.MISSED.value).label("missed"),
        _count(t.calls.c.status == CallState.FAILED.value).label("failed"),
        func.coalesce(func.sum(_TALK_S), 0).label("talk_s"),
    )
    .where(_CREATED_THEN)
    .group_by("number")
)


def _ranked() -> Any:
    answers = (
        select(_NUMBER, t.turns.c.response_ms.label("took_ms"))
        .join(t.calls, t.calls.c.id == t.turns.c.call_id)
        .where(_CREATED_THEN, t.turns.c.response_ms.is_not(None))
        .subquery()
    )
    number, took_ms = answers.c.number, answers.c.took_ms
    place = func.row_number().over(partition_by=number, order_by=took_ms).label("place")
    total = func.count().over(partition_by=number).label("total")
    return select(number, took_ms, place, total).subquery()


_R = _ranked()


def _percentile(percent: int) -> Any:
    nearest_rank = (_R.c.total * percent + 99) // 100
    return func.max(case((_R.c.place == nearest_rank, _R.c.took_ms)))


_ANSWERS = select(
    _R.c.number,
    func.max(_R.c.total).label("answers"),
    _percentile(50).label("response_p50_ms"),
    _percentile(95).label("response_p95_ms"),
).group_by(_R.c.number)


def _not_below_0(value: Any) -> Any:
    return case((value > 0, value), else_=0)


def _tokens() -> list[Any]:
    """`Tokens.of` each row, added up."""
    u = t.usage.c
    audio_in = _not_below_0(u.audio_tokens - u.audio_output_tokens)
    cached_text = _not_below_0(u.cached_tokens - u.cached_audio_tokens)
    parts = {
        "text_in": _not_below_0(u.input_tokens - audio_in - cached_text),
        "audio_in": _not_below_0(audio_in - u.cached_audio_tokens),
        "cached_in": u.cached_tokens,
        "text_out": _not_below_0(u.output_tokens - u.audio_output_tokens),
        "audio_out": u.audio_output_tokens,
    }
    return [func.coalesce(func.sum(parts[kind]), 0).label(kind) for kind in KINDS]


_USAGE = (
    select(_NUMBER, t.calls.c.model, *_tokens())
    .join(t.calls, t.calls.c.id == t.usage.c.call_id)
    .select_from(t.usage)
    .where(_CREATED_THEN)
    .group_by("number", t.calls.c.model)
)
_TOKENS = select(*_tokens()).where(t.usage.c.call_id == bindparam("call_id"))


class SqlHistoryTx(HistoryTx):
    _connection: Connection

    def summaries(self, from_ms: int, to_ms: int, step_ms: int) -> list[Summary]:
        asked = {"from_ms": from_ms, "to_ms": to_ms, "step_ms": step_ms}
        answers = _by_number(self._rows(_ANSWERS, asked))
        tokens = _tokens_by_number(self._rows(_USAGE, asked))
        found = (dict(row) for row in self._rows(_CALLS.order_by("number"), asked))
        return [
            Summary(
                start_ms=from_ms + number * step_ms,
                **row,
                **answers.get(number, {}),
                tokens=tokens.get(number, {}),
            )
            for row in found
            for number in (row.pop("number"),)
        ]

    def tokens(self, call_id: CallId) -> Tokens:
        return Tokens(**next(iter(self._rows(_TOKENS, {"call_id": call_id}))))

    def _rows(self, statement: Select[Any], values: Mapping[str, Any]) -> Iterable[Mapping[Any, Any]]:
        return self._connection.execute(statement, values).mappings()


def _by_number(found: Iterable[Mapping[Any, Any]]) -> dict[int, dict[str, Any]]:
    rows = [dict(row) for row in found]
    return {row.pop("number"): row for row in rows}


def _tokens_by_number(found: Iterable[Mapping[Any, Any]]) -> dict[int, dict[str | None, Tokens]]:
    tokens: dict[int, dict[str | None, Tokens]] = {}
    for row in found:
        used = Tokens(**{kind: row[kind] for kind in KINDS})
        tokens.setdefault(row["number"], {})[row["model"]] = used
    return tokens
