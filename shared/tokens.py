"""A usage of the model, cut into what has a price of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_report import Usage


@dataclass(frozen=True, slots=True)
class Tokens:
    """Each token once."""

    text_in: int = 0
    audio_in: int = 0
    cached_in: int = 0
    """Of text and audio, and not counted there."""
    text_out: int = 0
    audio_out: int = 0

    @staticmethod
    def of(usage: Usage) -> Tokens:
        """No kind is below 0, whatever the model says. `control_api.adapters.sql_history` says the same in SQL."""
        audio_in = max(usage.audio_tokens - usage.audio_output_tokens, 0)
        cached_text = max(usage.cached_tokens - usage.cached_audio_tokens, 0)
        return Tokens(
            text_in=max(usage.input_tokens - audio_in - cached_text, 0),
            audio_in=max(audio_in - usage.cached_audio_tokens, 0),
            cached_in=usage.cached_tokens,
            text_out=max(usage.output_tokens - usage.audio_output_tokens, 0),
            audio_out=usage.audio_output_tokens,
        )

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(**{kind: getattr(self, kind) + getattr(other, kind) for kind in KINDS})

    @property
    def input(self) -> int:
        return self.text_in + self.audio_in + self.cached_in

    @property
    def output(self) -> int:
        return self.text_out + self.audio_out

    def by_kind(self) -> dict[str, int]:
        return {kind: getattr(self, kind) for kind in KINDS}


KINDS = ("text_in", "audio_in", "cached_in", "text_out", "audio_out")
