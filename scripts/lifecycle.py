"""Draw docs/lifecycle.md from the tables in `shared`: ``python -m scripts.lifecycle`` (``--check`` only compares)."""

from __future__ import annotations

import sys
from pathlib import Path

from shared import agent_state, call_state
from shared.call_state import FAULTS, FINAL_STATES, CallState, Ended, EndReason, PartiesPresent, RoomOpened

TARGET = Path(__file__).parent.parent / "docs" / "lifecycle.md"

INTRO = """# The life of a call and of its agent

Made from `shared/call_state.py` and `shared/agent_state.py` by `python -m scripts.lifecycle`; do not edit.
Arrows that lead back to where they start are left out: those events are known, and change nothing.
"""


def call_diagram() -> list[str]:
    edges: dict[tuple[CallState, CallState], list[str]] = {}
    for (state, event), after in call_state.TRANSITIONS.items():
        if state is not after:
            edges.setdefault((state, after), []).append(_label(event))
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> pending"]
    lines += [f"    {state} --> {after}: {_shorten(labels)}" for (state, after), labels in edges.items()]
    lines += [f"    {state} --> [*]" for state in CallState if state in FINAL_STATES]
    return [*lines, "```"]


def _label(event: call_state.CallEvent) -> str:
    match event:
        case RoomOpened():
            return "room opened"
        case PartiesPresent():
            return "both sides present"
        case Ended(reason):
            return reason.value


def _shorten(labels: list[str]) -> str:
    if set(labels) == {reason.value for reason in FAULTS}:
        return "a fault"
    if set(labels) == {reason.value for reason in EndReason if reason not in FAULTS}:
        return "any other end"
    return ", ".join(labels)


def agent_diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> pending: requested"]
    lines += [
        f"    {state} --> {after}: {event}"
        for (state, event), after in agent_state.TRANSITIONS.items()
        if state is not after
    ]
    return [*lines, "```"]


def reasons_table() -> list[str]:
    rows = ["| end reason | before the call was connected | while it was connected |", "|---|---|---|"]
    for reason in EndReason:
        before = call_state.next_state(CallState.RINGING, Ended(reason))
        during = call_state.next_state(CallState.CONNECTED, Ended(reason))
        rows.append(f"| `{reason}` | {before} | {during} |")
    return rows


def render() -> str:
    parts = [
        INTRO,
        "## The call\n",
        *call_diagram(),
        "\n## How an end reason decides the final state\n",
        *reasons_table(),
        "\n## The agent\n",
        *agent_diagram(),
        "\nTo clients `claimed` is still `pending`.",
    ]
    return "\n".join(parts) + "\n"


def main() -> int:
    text = render()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text() == text:
            return 0
        sys.stderr.write("docs/lifecycle.md is not what the tables say: run `python -m scripts.lifecycle`.\n")
        return 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
