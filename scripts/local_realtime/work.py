"""What a session asks its shell to do. The session never does anything slow itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listen:
    """Audio came in and the server decides on turns: judge it and tell ``Session.hear``."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class Guess:
    """The caller has paused: start to transcribe, on the chance that the turn is over."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class DropGuess:
    """The caller went on, or the audio is gone: throw the guess away."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """A turn was committed. Use the guess for it when there is one."""

    item_id: str
    turn: int
    audio: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A response was created and wants content. ``turn`` and ``item_id`` name the user's turn that
    it answers; both are None when the client asked for a response with nothing new said."""

    response_id: str
    turn: int | None
    item_id: str | None


Work = Listen | Guess | DropGuess | Transcribe | Answer
