"""How ``response.create`` overrides the session's settings for one response. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.local_realtime.conversation import Item, item_from_client
from scripts.local_realtime.protocol import ClientEventError
from scripts.local_realtime.response import ResponseOptions
from scripts.local_realtime.session_config import check_voice


def response_options(config: dict[str, Any], params: Any, new_id: Callable[[str], str]) -> ResponseOptions:
    """The settings of a response. ``params`` is ``response`` of the event, or None.

    Raises ClientEventError for values that the service does not take.
    """
    output = config["audio"]["output"]
    own: dict[str, Any] = {} if params is None else params.model_dump(exclude_unset=True, exclude_none=True)
    voice = own.get("audio", {}).get("output", {}).get("voice", output["voice"])
    check_voice(voice, "response.audio.output.voice")
    modalities = own.get("output_modalities", config["output_modalities"])
    if modalities not in (["audio"], ["text"]):
        message = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio']."
        raise ClientEventError(message, "invalid_value", "response.output_modalities")
    return ResponseOptions(
        modality=modalities[0],
        in_conversation=own.get("conversation", "auto") != "none",
        voice=voice,
        speed=output["speed"],
        instructions=own.get("instructions", config["instructions"]),
        own_instructions=own.get("instructions"),
        tools=own.get("tools", config["tools"]),
        tool_choice=own.get("tool_choice", config["tool_choice"]),
        max_output_tokens=own.get("max_output_tokens", config["max_output_tokens"]) or "inf",
        metadata=own.get("metadata"),
        input=_input_items(own["input"], new_id) if "input" in own else None,
    )


def _input_items(wires: list[dict[str, Any]], new_id: Callable[[str], str]) -> list[Item]:
    return [item_from_client(wire, new_id("item")) for wire in wires]
