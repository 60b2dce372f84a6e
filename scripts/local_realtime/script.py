"""The script: what a server without a recogniser hears and says, and how it misbehaves.

YAML, read by ``load_script`` or ``parse_script``; docs/local-realtime.md has an example of each part.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

SESSION_LIMIT_S = 3600.0
"""The service's own."""


class ScriptError(ValueError):
    """The script is wrong. The text is one sentence that says where and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tone(_Strict):
    """A sine in place of speech."""

    hz: float = Field(gt=0, le=11_000)
    ms: int = Field(gt=0, le=600_000)


class Call(_Strict):
    """A function that the model calls."""

    name: str = Field(min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)


class Said(_Strict):
    """Words, and in place of their speech a tone or a WAV file (mono or stereo, any rate)."""

    says: str = ""
    tone: Tone | None = None
    clip: Path | None = None

    @model_validator(mode="after")
    def _one_sound(self) -> Self:
        if self.tone is not None and self.clip is not None:
            raise ValueError("a line has a tone or a clip, not both")
        return self


class Line(Said):
    """What is answered."""

    preambles: tuple[Said, ...] = ()
    """Said before it, each as an item of its own (phase ``commentary``)."""
    calls: tuple[Call, ...] = ()


class Turn(Line):
    """One turn of the caller's: what is heard, whatever the caller said, and what is answered."""

    hears: str = ""


class Match(_Strict):
    """Which sessions a fault is for: all conditions that are given must hold."""

    connection: int | None = Field(default=None, ge=1)
    """The n-th connection since the script was loaded."""
    model: str | None = None
    query: dict[str, str] = Field(default_factory=dict)
    """Parameters of the connection's address."""
    instructions: str | None = Field(default=None, min_length=1)
    """A text that the session's instructions contain."""


Trigger = Literal["at_connect", "at_turn", "every_turn", "at_second"]


class Fault(_Strict):
    """When and for whom. Exactly one trigger; which ones are possible depends on the kind."""

    triggers: ClassVar[frozenset[Trigger]]

    at_connect: bool = False
    at_turn: int | None = Field(default=None, ge=0)
    """The n-th turn of the caller's; 0 is every response that the client asks for with nothing new said."""
    every_turn: bool = False
    at_second: float | None = Field(default=None, ge=0)
    """Seconds since the session began."""
    match: Match = Match()
    times: int | None = Field(default=None, ge=1)
    """How often it may happen in the whole server; unset is always."""

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        given = [name for name in ("at_connect", "every_turn") if getattr(self, name)]
        given += [name for name in ("at_turn", "at_second") if getattr(self, name) is not None]
        if len(given) != 1 or given[0] not in self.triggers:
            raise ValueError(f"needs exactly one of {', '.join(sorted(self.triggers))}")
        return self

    def holds_for_turn(self, turn: int) -> bool:
        """Whether a turn triggers it."""
        return self.every_turn or self.at_turn == turn


_ANYWHEN: frozenset[Trigger] = frozenset({"at_connect", "at_turn", "at_second"})
_ON_ANSWERS: frozenset[Trigger] = frozenset({"at_turn", "every_turn"})


class Close(Fault):
    """Close the WebSocket. 1006 is no close frame but a TCP reset."""

    triggers = _ANYWHEN
    kind: Literal["close"]
    code: int = Field(default=1011, ge=1000, le=4999)
    reason: str = Field(default="", max_length=120)


class StopReading(Fault):
    """Read nothing more, not even pings: a half-open connection."""

    triggers = _ANYWHEN
    kind: Literal["stop_reading"]
    for_s: float | None = Field(default=None, gt=0)


class StopSending(Fault):
    """Send no more events, for good or for a while; what would have been sent is lost. Pings are answered."""

    triggers = _ANYWHEN
    kind: Literal["stop_sending"]
    for_s: float | None = Field(default=None, gt=0)


class SendError(Fault):
    """Send an ``error`` event; the session goes on."""

    triggers = _ANYWHEN
    kind: Literal["error"]
    code: str = "server_error"
    type: str | None = None
    message: str | None = None


class Down(Fault):
    """Reset every connection of the server and refuse new ones for a while."""

    triggers = _ANYWHEN
    kind: Literal["down"]
    for_s: float = Field(gt=0)
    status: int | None = Field(default=None, ge=400, le=599)
    """Refuse with this HTTP status; unset resets the connection before any answer."""


class Expire(Fault):
    """End the session as at the service's limit: ``session_expired``, then close 1001."""

    triggers = frozenset({"at_second"})
    kind: Literal["expire"]


class Refuse(Fault):
    """Answer the handshake with an HTTP status."""

    triggers = frozenset({"at_connect"})
    kind: Literal["refuse"]
    status: int = Field(ge=400, le=599)
    code: str | None = None
    message: str | None = None
    retry_after_s: int | None = Field(default=None, ge=0)


class RefuseUpdate(Fault):
    """Refuse each ``session.update``."""

    triggers = frozenset({"at_connect"})
    kind: Literal["refuse_update"]
    code: str = "invalid_value"
    param: str | None = "session.audio.output.voice"
    message: str = "Invalid value."


class RefuseTranscription(Fault):
    """Refuse each ``session.update`` that asks for a transcription of the caller's words."""

    triggers = frozenset({"at_connect"})
    kind: Literal["refuse_transcription"]
    code: str = "invalid_value"
    param: str | None = "session.audio.input.transcription.model"
    message: str = "This model cannot transcribe the input audio of this session."


class Delay(Fault):
    """Create the response at once, but wait before its content."""

    triggers = _ON_ANSWERS
    kind: Literal["delay"]
    ms: int = Field(gt=0)


class NoResponse(Fault):
    """Never start a response."""

    triggers = _ON_ANSWERS
    kind: Literal["no_response"]


class FailResponse(Fault):
    """Start a response and end it as failed, with this code."""

    triggers = _ON_ANSWERS
    kind: Literal["fail_response"]
    code: str = "server_error"
    type: str | None = None
    message: str | None = None


class BreakOff(Fault):
    """Stop in the middle of the answer's audio."""

    triggers = _ON_ANSWERS
    kind: Literal["break_off"]
    after_ms: int = Field(ge=0)
    then: Literal["hang", "failed", "incomplete", "close", "reset"] = "hang"


class CallTool(Fault):
    """Answer with a function call; again, each time that the client returns a result, ``repeat`` times in all."""

    triggers = _ON_ANSWERS
    kind: Literal["call_tool"]
    name: str = Field(min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)
    repeat: int = Field(default=1, ge=1, le=10_000)
    together: bool = False
    """All calls in one response."""


AnyFault = Annotated[
    Close | StopReading | StopSending | SendError | Down | Expire | Refuse | RefuseUpdate | RefuseTranscription
    | Delay | NoResponse | FailResponse | BreakOff | CallTool,
    Field(discriminator="kind"),
]  # fmt: skip

ONLY_IN_SCRIPTS = (Refuse, RefuseUpdate, RefuseTranscription)
"""They are met by what comes, and cannot happen now."""

FAULT_KINDS: frozenset[str] = frozenset(
    get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(AnyFault)[0])
)


class Script(_Strict):
    """A whole script. Without ``turns`` the server hears and answers by itself, and only ``faults`` apply."""

    turns: tuple[Turn, ...] | None = None
    then: Literal["repeat_last", "cycle"] = "repeat_last"
    """What follows the last turn."""
    greeting: Line | None = None
    """Said when the client asks for a response before anybody spoke."""
    voice: str = "alloy"
    vad: Literal["silero", "loudness"] | None = None
    """Loudness unless the server hears for itself."""
    cheap: bool = False
    """For benchmarks: one turn of its own when there are none, loudness, long deltas, no pacing."""
    pace: float | None = Field(default=None, ge=0)
    """How many times faster than real time answers are sent; 0 is no limit. 10 unless cheap."""
    set_up_ms: int = Field(default=0, ge=0, le=60_000)
    """How long the server takes for each answer while a session is set up; of sessions that open from now on."""
    session_limit_s: float = Field(default=SESSION_LIMIT_S, gt=0)
    """A session that is as old is ended by ``session_expired``; of sessions that open from now on."""
    faults: tuple[AnyFault, ...] = ()

    @model_validator(mode="after")
    def _has_turns(self) -> Self:
        if self.turns == ():
            raise ValueError("turns needs at least one turn")
        return self

    @property
    def deterministic(self) -> bool:
        """True when no recogniser runs."""
        return self.turns is not None or self.cheap


def parse_script(data: object, folder: Path | None = None) -> Script:
    """A script from parsed YAML or JSON. Clips are looked up in ``folder``. Raises ScriptError."""
    try:
        script = Script.model_validate({} if data is None else data)
    except ValidationError as error:
        raise ScriptError(_sentence(error)) from None
    return script if folder is None else _with_folder(script, folder)


def load_script(path: Path) -> Script:
    """A script from a file. Raises ScriptError, also for a file that cannot be read."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScriptError(f"{path.name} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise ScriptError(f"{path.name} is not YAML{where}.") from None
    return parse_script(data, path.parent)


def _with_folder(script: Script, folder: Path) -> Script:
    def placed(line: Any) -> Any:
        if line is None:
            return None
        found = {} if line.clip is None else {"clip": folder / line.clip}
        if isinstance(line, Line):
            found["preambles"] = tuple(placed(said) for said in line.preambles)
        return line.model_copy(update=found)

    turns = None if script.turns is None else tuple(placed(turn) for turn in script.turns)
    return script.model_copy(update={"turns": turns, "greeting": placed(script.greeting)})


def _sentence(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    # pydantic puts the kind of a fault into the path
    path = ".".join(str(part) for part in problem["loc"] if part not in FAULT_KINDS) or "the script"
    if problem["type"] == "union_tag_invalid":
        return f"{path}: there is no kind {problem['ctx']['tag']} (there are {', '.join(sorted(FAULT_KINDS))})."
    if problem["type"] == "model_type":
        return f"{path}: a mapping of settings is expected."
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{path} is not a known setting."
    return f"{path}: {message}."
