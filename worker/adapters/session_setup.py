"""Setting a session up: one request that says all we want, and what the service makes of it. Pure.

A session is ours when the service says that it holds what was asked for; until then it is not ready. What a call can do
without is left out when the service refuses the request: the words of the caller (an account may not have the
transcriber, or the transcriber may not bear a detector), and how much the model is to think. What it cannot do without
(the voice, the instructions, the detector, the tools) is refused for good: the next session would meet with the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from shared.call_state import EndReason
from shared.model_names import undated
from worker.adapters.event_fields import WORD_CHARS, Json, fields, number, text, word
from worker.adapters.model_errors import final_loss, is_rate_limit, told_wait_s
from worker.adapters.realtime_events import error_of
from worker.ports import Brief, ModelLost

SILENCE_MS = 500
"""How much silence ends the caller's turn, at the model's detector."""
PREFIX_MS = 300
THRESHOLD = 0.5
SETUP_PREFIX = "session_setup_"
DIFFERS = "session_differs"

_PCM: Final = {"type": "audio/pcm", "rate": 24000}
_REASONING_MODELS: Final = ("gpt-realtime-2",)
_EFFORT: Final = "low"
"""These models think before they speak, and are asked to do so briefly; others refuse to be asked."""
_OWN_FAULT: Final = frozenset({"server_error", "internal_error"})
_CLOSENESS: Final = 0.01


@dataclass(frozen=True, slots=True)
class SetUp:
    """The session holds what was asked for."""

    transcription_off: str | None
    """Why it does not write down the caller's words; None: it does."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """`SessionSetup.request` is to be sent again."""


class SessionSetup:
    def __init__(self, brief: Brief, transcriber: str) -> None:
        self._brief = brief
        self._transcriber = transcriber
        self._thinks = undated(brief.model).startswith(_REASONING_MODELS)
        self._numbers = count(1)
        self._transcription_off: str | None = None
        self.refusal: ModelLost | None = None
        """The first one, which is about what we wanted."""
        self._differed = False

    def request(self) -> Json:
        return {
            "type": "session.update",
            "event_id": f"{SETUP_PREFIX}{next(self._numbers)}",
            "session": self._wanted(),
        }

    def answered(self, event: Json) -> SetUp | AskAgain | ModelLost | None:
        """What an event means for the set-up; None: nothing."""
        match event.get("type"):
            case "session.updated":
                return self._told(fields(event.get("session")))
            case "error":
                return self._refused(*error_of(event))
            case _:
                return None

    def _told(self, session: Json) -> SetUp | AskAgain | ModelLost:
        differing = next(differences(self._wanted(), session), None)
        if differing is not None:
            # Some services tell of a session before they have read what it should be.
            again, self._differed = not self._differed, True
            lost = ModelLost(EndReason.PROVIDER_DOWN, f"{DIFFERS} {differing}"[:WORD_CHARS], is_final=True)
            return AskAgain() if again else lost
        heard = fields(fields(session.get("audio")).get("input"))
        if self._transcription_off is None and "transcription" in heard and not heard["transcription"]:
            self._transcription_off = "not_taken"
        return SetUp(self._transcription_off)

    def _refused(self, error: Json, event_id: str) -> AskAgain | ModelLost | None:
        if event_id and not event_id.startswith(SETUP_PREFIX):
            return None
        code = word(error.get("code")) or word(error.get("type")) or "refused"
        if loss := final_loss(code, word(error.get("type"))):
            return loss
        if is_rate_limit(code):
            return ModelLost(EndReason.PROVIDER_QUOTA, code, retry_after_s=told_wait_s(None, error.get("message")))
        if code in _OWN_FAULT:
            return ModelLost(EndReason.PROVIDER_DOWN, code)
        about = f"{text(error.get('param'))} {text(error.get('message'))}".lower()
        if self.refusal is None:
            detail = f"{code} {word(error.get('param'))}".strip()[:WORD_CHARS]
            self.refusal = ModelLost(EndReason.PROVIDER_DOWN, detail, is_final=True)
        return AskAgain() if self._does_without(code, about) else self.refusal

    def _does_without(self, code: str, about: str) -> bool:
        """Whether something can be left out; first what the service speaks of."""
        if self._thinks and ("reasoning" in about or self._transcription_off is not None):
            self._thinks = False
        elif self._transcription_off is None:
            self._transcription_off = code
        else:
            return False
        return True

    def _wanted(self) -> Json:
        brief = self._brief
        session: Json = {
            "type": "realtime",
            "model": brief.model,
            "output_modalities": ["audio"],
            "instructions": brief.instructions,
            "tools": [
                {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}
                for tool in brief.tools
            ],
            "tool_choice": "auto",
            "audio": {
                "input": {
                    "format": _PCM,
                    "transcription": {"model": self._transcriber} if self._transcription_off is None else None,
                    "turn_detection": {
                        "type": "server_vad",
                        "threshold": THRESHOLD,
                        "prefix_padding_ms": PREFIX_MS,
                        "silence_duration_ms": SILENCE_MS,
                        "create_response": True,
                        "interrupt_response": True,
                    },
                },
                "output": {"format": _PCM, "voice": brief.voice},
            },
        }
        if self._thinks:
            session["reasoning"] = {"effort": _EFFORT}
        return session


def differences(wanted: Json, told: Json) -> Iterator[str]:
    """The names of what a session needs and has otherwise. What the service does not tell is believed."""
    sound, wanted_sound = fields(told.get("audio")), wanted["audio"]
    output, detector = fields(sound.get("output")), fields(sound.get("input")).get("turn_detection", _NOT_TOLD)
    if isinstance(output.get("voice"), str) and output["voice"].lower() != wanted_sound["output"]["voice"].lower():
        yield "voice"
    if isinstance(told.get("instructions"), str) and told["instructions"].split() != wanted["instructions"].split():
        yield "instructions"
    if isinstance(tools := told.get("tools"), list) and _names(wanted["tools"]) - _names(tools):
        yield "tools"
    if isinstance(told.get("output_modalities"), list) and "audio" not in told["output_modalities"]:
        yield "output_modalities"
    if detector is not _NOT_TOLD:
        yield from _detector_differences(wanted_sound["input"]["turn_detection"], fields(detector))


def _detector_differences(wanted: Json, told: Json) -> Iterator[str]:
    if text(told.get("type")) not in ("", wanted["type"]) or not told:
        yield "turn_detection"
    for name in ("create_response", "interrupt_response"):
        if told.get(name) is False:
            yield f"turn_detection.{name}"
    for name in ("threshold", "prefix_padding_ms", "silence_duration_ms"):
        found = number(told.get(name))
        if found is not None and abs(found - wanted[name]) > _CLOSENESS:
            yield f"turn_detection.{name}"


def _names(tools: list[Any]) -> set[str]:
    return {text(fields(tool).get("name")) for tool in tools}


_NOT_TOLD: Final = object()
