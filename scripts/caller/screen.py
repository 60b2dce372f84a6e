"""What a person sees of calls: captions as they come, times, the record, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from scripts.caller.api import OpenedCall
from scripts.caller.captions import Caption
from scripts.caller.one_call import Observer
from scripts.caller.report import CallResult, Summary, Turn, percentile, transcript_of
from shared.ids import is_agent_identity

_NAME_WIDTH = 8


class LiveScreen(Observer):
    """One call, as it happens."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._growing: Caption | None = None

    def on_open(self, call: OpenedCall) -> None:
        self._line(f"Call {call.call_id} in room {call.room_name}")

    def on_agent(self, joined_ms: int) -> None:
        self._line(f"The agent was there after {joined_ms} ms.")

    def on_caption(self, caption: Caption, words: str, closed: bool) -> None:
        """The agent's words appear as they are spoken, a person's once they are final."""
        if not is_agent_identity(caption.speaker):
            if closed and caption.final:
                self._line(f"{'caller':>{_NAME_WIDTH}}: {caption.text.strip()}")
            return
        if words and self._growing is not caption:
            self._break()
            self._growing = caption
            self._write(f"{'agent':>{_NAME_WIDTH}}: {caption.text.lstrip()}")
        elif words:
            self._write(words)
        if closed and self._growing is caption:
            self._break()

    def on_turn(self, turn: Turn) -> None:
        answered = "no answer came" if turn.response_ms is None else f"answered after {turn.response_ms} ms"
        self._line(f"{'':>{_NAME_WIDTH}}  [{answered}]")

    def on_end(self, *, by_caller: bool, reason: str | None) -> None:
        self._line("The caller hung up." if by_caller else f"The room was closed: {reason or 'no reason was told'}.")

    def _line(self, text: str) -> None:
        self._break()
        self._write(f"{text}\n")

    def _break(self) -> None:
        if self._growing:
            self._write("\n")
        self._growing = None

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def record_text(result: CallResult) -> str:
    """The record that the API has, the times of the turns, and what went wrong."""
    lines = ["", "What the API recorded"]
    shown = {"status": result.status, "endReason": result.end_reason, "duration": _seconds(result.record)}
    lines += [f"  {name:<11} {value}" for name, value in shown.items()]
    lines += ["  transcript"] if transcript_of(result.record) else ["  transcript  none"]
    lines += [f"    {line['speaker']}: {line['text']}" for line in transcript_of(result.record)]
    times_ms = result.response_ms()
    if times_ms:
        lines += [f"Response time: p50 {percentile(times_ms, 50)} ms, p95 {percentile(times_ms, 95)} ms"]
    for turn in result.turns:
        if turn.interrupted:
            silence = "did not fall silent" if turn.silence_ms is None else f"was silent after {turn.silence_ms} ms"
            lines.append(f"Interrupted: the agent {silence}.")
    return "\n".join([*lines, *(f"Problem: {problem}" for problem in result.problems)])


def table(results: Sequence[CallResult]) -> str:
    lines = [f"{'user':<16} {'status':<10} {'end':<18} {'agent ms':>8} {'turns':>5} {'p50 ms':>6} {'p95 ms':>6}"]
    for result in results:
        p50, p95 = (percentile(result.response_ms(), percent) for percent in (50, 95))
        lines.append(
            f"{result.user_id:<16} {result.status or '-':<10} {result.end_reason or '-':<18} "
            f"{_or_dash(result.agent_joined_ms):>8} {len(result.turns):>5} {_or_dash(p50):>6} {_or_dash(p95):>6}"
        )
        lines += [f"  problem: {problem}" for problem in result.problems]
    return "\n".join(lines)


def summary_text(summary: Summary, name: str = "") -> str:
    return (
        f"{name}{summary.calls} calls, {summary.failed} failed; {summary.turns} turns, "
        f"response p50 {_or_dash(summary.p50_ms)} ms, p95 {_or_dash(summary.p95_ms)} ms"
    )


def excess(calls: Summary, floor: Summary) -> dict[str, int | None]:
    """How much longer the whole system takes than the media path and the turn detection alone."""
    return {"p50": _difference(calls.p50_ms, floor.p50_ms), "p95": _difference(calls.p95_ms, floor.p95_ms)}


def excess_text(calls: Summary, floor: Summary) -> str:
    more = excess(calls, floor)
    return f"excess over the floor: p50 {_or_dash(more['p50'])} ms, p95 {_or_dash(more['p95'])} ms"


def _difference(value: int | None, floor: int | None) -> int | None:
    return None if value is None or floor is None else value - floor


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


def _seconds(record: Any) -> str:
    duration = record.get("duration")
    return "-" if duration is None else f"{duration} s"
