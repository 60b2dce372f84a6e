"""The session's settings: the defaults, and how ``session.update`` changes them. Pure."""

from __future__ import annotations

import copy
from typing import Any, Final

from scripts.local_realtime.protocol import ClientEventError
from scripts.local_realtime.turns import TurnSettings
from scripts.local_realtime.voice import VOICES

THINKING_MODELS: Final = ("gpt-realtime-2",)
"""They have settings that others have not."""
_THINKING: Final[dict[str, Any]] = {"parallel_tool_calls": True, "reasoning": {"effort": "low"}}
DEFAULT_INSTRUCTIONS: Final = "You are a helpful, friendly voice assistant on a phone line."
_PCM: Final = {"type": "audio/pcm", "rate": 24000}
_SERVER_VAD: Final[dict[str, Any]] = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_VAD: Final[dict[str, Any]] = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}


def default_config(model: str) -> dict[str, Any]:
    """What a new session has, without its id and expiry."""
    return (_THINKING if model.startswith(THINKING_MODELS) else {}) | {
        "type": "realtime",
        "model": model,
        "output_modalities": ["audio"],
        "instructions": DEFAULT_INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "include": None,
        "audio": {
            "input": {
                "format": dict(_PCM),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": dict(_SERVER_VAD),
            },
            "output": {"format": dict(_PCM), "voice": "alloy", "speed": 1.0},
        },
    }


def updated_config(config: dict[str, Any], update: dict[str, Any], *, has_spoken: bool) -> dict[str, Any]:
    """``config`` with the fields that ``update`` sets. ``config`` itself stays as it is.

    ``has_spoken`` is whether the model has sent audio, after which the voice is fixed.
    Raises ClientEventError for values that the service does not take.
    """
    if update.get("type") != "realtime":
        message = "Passing a transcription session update event to a realtime session is not allowed."
        raise ClientEventError(message, "invalid_value", "session.type")
    result = copy.deepcopy(config)
    for name, value in update.items():
        if name == "audio":
            _update_audio(result["audio"], value or {})
        elif name != "model" or value is not None:
            result[name] = value
    # the connection's query decides on the model; an update cannot change it
    result["model"] = config["model"]
    if result.get("instructions") is None:
        result["instructions"] = ""
    result["tools"] = result.get("tools") or []
    _check(result)
    before, after = config["audio"]["output"]["voice"], result["audio"]["output"]["voice"]
    if has_spoken and before != after:
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise ClientEventError(message, "cannot_update_voice", "session.audio.output.voice")
    return result


def _update_audio(audio: dict[str, Any], update: dict[str, Any]) -> None:
    for name, value in (update.get("input") or {}).items():
        audio["input"][name] = _turn_detection(value) if name == "turn_detection" else value
    for name, value in (update.get("output") or {}).items():
        if value is not None:
            audio["output"][name] = value


def _turn_detection(update: dict[str, Any] | None) -> dict[str, Any] | None:
    if update is None:
        return None
    base = _SEMANTIC_VAD if update["type"] == "semantic_vad" else _SERVER_VAD
    given = {name: value for name, value in update.items() if value is not None}
    return {**base, **given}


def _check(config: dict[str, Any]) -> None:
    if sorted(config["output_modalities"] or []) not in (["audio"], ["text"]):
        message = (
            f"Invalid modalities: {config['output_modalities']}. Supported combinations are: ['text'] and ['audio']."
        )
        raise ClientEventError(message, "invalid_value", "session.output_modalities")
    for side in ("input", "output"):
        sound = config["audio"][side]["format"] or {}
        if sound.get("type", "audio/pcm") != "audio/pcm":
            message = f"Invalid value: '{sound['type']}'. This offline server has only 'audio/pcm'."
            raise ClientEventError(message, "invalid_value", f"session.audio.{side}.format.type")
    check_voice(config["audio"]["output"]["voice"], "session.audio.output.voice")
    speed = config["audio"]["output"]["speed"]
    if not 0.25 <= speed <= 1.5:
        message = f"Invalid 'session.audio.output.speed': {speed} is not between 0.25 and 1.5."
        raise ClientEventError(message, "invalid_value", "session.audio.output.speed")
    settings = turn_settings(config)
    if settings is not None and not 0.0 <= settings.threshold <= 1.0:
        message = f"Invalid 'threshold': {settings.threshold} is not between 0 and 1."
        raise ClientEventError(message, "invalid_value", "session.audio.input.turn_detection.threshold")


def check_voice(voice: object, param: str) -> None:
    """Raises ClientEventError for a voice that Realtime does not have; custom voice objects pass."""
    if isinstance(voice, str) and voice not in VOICES:
        supported = ", ".join(f"'{name}'" for name in VOICES)
        message = f"Invalid value: '{voice}'. Supported values are: {supported}."
        raise ClientEventError(message, "invalid_value", param)


def turn_settings(config: dict[str, Any]) -> TurnSettings | None:
    """What the turn detector is to do, or None when the client decides. Semantic VAD is treated as server VAD."""
    detection = config["audio"]["input"]["turn_detection"]
    if detection is None:
        return None
    known = TurnSettings.__dataclass_fields__
    return TurnSettings(**{name: value for name, value in detection.items() if name in known})
