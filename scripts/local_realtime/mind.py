"""What decides on the words: the live mind hears with Whisper and answers by rules."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from scripts.local_realtime.assistant import Line, Question, answer
from scripts.local_realtime.conversation import Item
from scripts.local_realtime.hearing import Recogniser
from scripts.local_realtime.reply import Clip, Reply
from scripts.local_realtime.response import Response
from scripts.local_realtime.session import Session
from scripts.local_realtime.vad import WINDOW_BYTES, SileroProbability, SpeechProbability
from scripts.local_realtime.voice import synthesize
from scripts.local_realtime.work import Answer

DEFAULT_PACE: Final = 10.0
"""Answers are sent this many times faster than they play; the real service is about as fast."""


class Ear(Protocol):
    """Hears one caller."""

    def guess(self, audio: bytes) -> None:
        """The caller has paused after this."""

    def drop_guess(self) -> None:
        """The caller went on."""

    async def hear(self, turn: int, audio: bytes) -> str:
        """The words of a whole turn."""


class Mind(Protocol):
    """Serves all sessions of a server."""

    @property
    def pace(self) -> float:
        """How many times faster than real time answers are sent; 0 is no limit."""

    def probability(self) -> SpeechProbability:
        """A speech detector for a new session."""

    def ear(self) -> Ear:
        """An ear for a new session."""

    async def reply(self, session: Session, response: Response, work: Answer) -> Reply:
        """What a response is to say."""


class LiveEar:
    """An ear that begins to transcribe when the caller pauses."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._guess: asyncio.Future[str] | None = None

    def guess(self, audio: bytes) -> None:
        """See Ear."""
        self.drop_guess()
        self._guess = self._recogniser.guess(audio)

    def drop_guess(self) -> None:
        """See Ear."""
        guess, self._guess = self._guess, None
        if guess is not None:
            guess.cancel()

    async def hear(self, turn: int, audio: bytes) -> str:
        """See Ear. The guess heard all of the speech, so its words are the turn's words."""
        guess, self._guess = self._guess, None
        return await (guess if guess is not None else self._recogniser.submit(audio))


class LiveMind:
    """Whisper, the rules of assistant.py, and espeak-ng."""

    def __init__(self, recogniser: Recogniser, pace: float | None = None) -> None:
        self._recogniser = recogniser
        self.pace = DEFAULT_PACE if pace is None else pace

    def warm_up(self) -> None:
        """Load what would make the first call wait."""
        self.probability()(bytes(WINDOW_BYTES))
        synthesize("Hello.")

    def probability(self) -> SpeechProbability:
        """See Mind."""
        return SileroProbability()

    def ear(self) -> Ear:
        """See Mind."""
        return LiveEar(self._recogniser)

    async def reply(self, session: Session, response: Response, work: Answer) -> Reply:
        """See Mind."""
        return await reply_by_rules(session, response, work)


async def reply_by_rules(session: Session, response: Response, work: Answer) -> Reply:
    """The assistant's answer, spoken in a thread when the response has audio."""
    said = answer(question(session, response, work))
    calls = said.calls if response.options.tool_choice != "none" else ()
    return Reply(said.text, await speak(said.text, response), calls)


async def speak(text: str, response: Response) -> Clip | None:
    """The text in the response's voice; None when the response is to be text."""
    options = response.options
    if options.modality == "text" or not text:
        return None
    pcm = await asyncio.get_running_loop().run_in_executor(None, synthesize, text, str(options.voice), options.speed)
    return Clip(pcm)


def question(session: Session, response: Response, work: Answer) -> Question:
    """The session's state as the assistant sees it."""
    options = response.options
    items = session.conversation.items if options.input is None else options.input
    lines = tuple(line for item in items if (line := _line(item)) is not None)
    if work.item_id is not None:
        lines = _up_to(work.item_id, items)
    is_turn = work.item_id is not None or (options.input is not None and bool(lines) and lines[-1].role == "user")
    return Question(
        history=lines,
        is_turn=is_turn,
        instructions=options.own_instructions or "",
        session_instructions=str(session.config["instructions"]),
        tools=frozenset(str(tool.get("name")) for tool in options.tools),
    )


def _up_to(item_id: str, items: list[Item]) -> tuple[Line, ...]:
    """The history that ends with the item to answer, which may have been overtaken meanwhile."""
    lines: list[Line] = []
    for item in items:
        line = _line(item)
        if item.id == item_id:
            return (*lines, line or Line("user", ""))
        if line is not None:
            lines.append(line)
    return (*lines, Line("user", ""))


def _line(item: Item) -> Line | None:
    if item.wire.get("type") == "function_call_output":
        return Line("tool", str(item.wire.get("output", "")))
    if item.wire.get("type") != "message":
        return None
    match item.role:
        case "user":
            return Line("user", item.text)
        case "assistant":
            return Line("assistant", item.text)
        case _:
            return Line("system", item.text)
