"""A usage of the model, cut into what has a price of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_report import Usage


@dataclass(frozen=True, slots=True)
class Tokens:
    text_in: int
    audio_in: int
    cached_in: int
    """Of text and audio, and not counted there."""
    text_out: int
    audio_out: int

    @staticmethod
    def of(usage: Usage) -> Tokens:
        audio_in = max(usage.audio_tokens - usage.audio_output_tokens, 0)
        cached_text = max(usage.cached_tokens - usage.cached_audio_tokens, 0)
        return Tokens(
            text_in=max(usage.input_tokens - audio_in - cached_text, 0),
            audio_in=max(audio_in - usage.cached_audio_tokens, 0),
            cached_in=usage.cached_tokens,
            text_out=max(usage.output_tokens - usage.audio_output_tokens, 0),
            audio_out=usage.audio_output_tokens,
        )

    def by_kind(self) -> dict[str, int]:
        return {kind: getattr(self, kind) for kind in KINDS}


KINDS = ("text_in", "audio_in", "cached_in", "text_out", "audio_out")
