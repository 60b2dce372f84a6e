"""The agent hangs up: its tool for that, and when the moment has come. Pure; seconds on one growing clock.

The model is asked to say goodbye before it calls the tool. When it did, the call ends as soon as that was heard; when
it called the tool without a word, it is asked for its goodbye first. A caller who interrupts a goodbye wants to go on.
"""

from __future__ import annotations

from worker.ports import Tool

END_CALL = Tool(
    name="end_call",
    description=(
        "Hang up. Use it only when the caller has said goodbye or asks to end the call. "
        "Say a short goodbye aloud first, then call this."
    ),
    parameters={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
)
LEAVE_CALL = Tool(
    name=END_CALL.name,
    description=(
        "Leave the call; the people in it go on without you. Use it only when they ask you to leave or need you no "
        "more. Say a short goodbye aloud first, then call this."
    ),
    parameters=END_CALL.parameters,
)
"""`END_CALL` where people talk with each other."""
GOODBYE = "Say goodbye in one short sentence. Do not call any tool."
LIMIT_S = 15.0
"""A goodbye that takes longer is not worth waiting for."""


class Farewell:
    def __init__(self) -> None:
        self._since_s: float | None = None
        self._awaits_answer = False
        self._last_spoken: str | None = None

    def spoke(self, response_id: str) -> None:
        """Something was said in this answer."""
        self._last_spoken = response_id

    def begin(self, response_id: str, now_s: float) -> str | None:
        """The tool was called in this answer. Gives what the model must be asked to say, if it said nothing."""
        if self._since_s is not None:
            return None
        self._since_s = now_s
        self._awaits_answer = self._last_spoken != response_id
        return GOODBYE if self._awaits_answer else None

    def answer_started(self) -> None:
        self._awaits_answer = False

    def interrupted(self) -> None:
        self._since_s = None
        self._awaits_answer = False

    @property
    def begun(self) -> bool:
        """The agent is about to hang up."""
        return self._since_s is not None

    def due(self, now_s: float, *, silent: bool) -> bool:
        """Whether to hang up now; `silent`: nothing is being said or made."""
        if self._since_s is None:
            return False
        return (silent and not self._awaits_answer) or now_s - self._since_s >= LIMIT_S
