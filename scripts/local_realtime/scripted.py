"""The mind that follows a script: it hears what the script says and answers with audio made at the start."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scripts.local_realtime.conversation import Item
from scripts.local_realtime.mind import DEFAULT_PACE, Ear, reply_by_rules
from scripts.local_realtime.pcm import tone
from scripts.local_realtime.reply import DELTA_MS, Clip, Reply, ToolCall
from scripts.local_realtime.response import Response
from scripts.local_realtime.script import Line, Said, Script, Turn
from scripts.local_realtime.session import Session
from scripts.local_realtime.vad import LoudnessProbability, SileroProbability, SpeechProbability
from scripts.local_realtime.voice import synthesize
from scripts.local_realtime.wav import read_wav
from scripts.local_realtime.work import Answer

_CHEAP_TURN: Final = Turn(hears="Hello.", says="Hello. This is a benchmark, and I am talking for about four seconds.")
_CHEAP_DELTA_MS: Final = 400


class ScriptedEar:
    """Hears the script."""

    def __init__(self, mind: ScriptedMind) -> None:
        self._mind = mind

    def guess(self, audio: bytes) -> None:
        """See Ear: there is nothing to guess."""

    def drop_guess(self) -> None:
        """See Ear."""

    async def hear(self, turn: int, audio: bytes) -> str:
        """See Ear."""
        return self._mind.turn(turn)[0].hears


class ScriptedMind:
    """Every line's audio is made and encoded here, at the start."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._delta_ms = _CHEAP_DELTA_MS if script.cheap else DELTA_MS
        self._turns = [(turn, self._prepare(turn)) for turn in script.turns or (_CHEAP_TURN,)]
        self.greeting = None if script.greeting is None else self._prepare(script.greeting)
        """What is said to a caller who has said nothing yet, or None."""
        if script.vad == "silero":
            SileroProbability()  # loads the network now and not in the first call

    @property
    def pace(self) -> float:
        """See Mind."""
        if self._script.pace is not None:
            return self._script.pace
        return 0.0 if self._script.cheap else DEFAULT_PACE

    def probability(self) -> SpeechProbability:
        """See Mind."""
        return SileroProbability() if self._script.vad == "silero" else LoudnessProbability()

    def ear(self) -> Ear:
        """See Mind."""
        return ScriptedEar(self)

    def turn(self, number: int) -> tuple[Turn, Reply]:
        """The n-th turn, from 1, and its reply."""
        count = len(self._turns)
        at = (number - 1) % count if self._script.then == "cycle" else min(number, count) - 1
        return self._turns[at]

    async def reply(self, session: Session, response: Response, work: Answer) -> Reply:
        """See Mind. What the script does not foresee is answered by the rules of assistant.py."""
        if work.turn is not None:
            return self.turn(work.turn)[1]
        if self.greeting is not None and not any(_speaks(item) for item in session.conversation.items):
            return self.greeting
        return await reply_by_rules(session, response, work)

    def _prepare(self, line: Line) -> Reply:
        calls = tuple(ToolCall(call.name, call.arguments) for call in line.calls)
        preambles = tuple(Reply(said.says, self._clip(said)) for said in line.preambles)
        return Reply(line.says, self._clip(line), calls, preambles)

    def _clip(self, said: Said) -> Clip | None:
        pcm = _sound(said, self._script.voice)
        return Clip(pcm, self._delta_ms).prepare() if pcm else None


def _speaks(item: Item) -> bool:
    return item.role in ("user", "assistant")


def _sound(line: Said, voice: str) -> bytes:
    if line.tone is not None:
        return tone(line.tone.hz, line.tone.ms)
    if line.clip is not None:
        return read_wav(Path(line.clip).read_bytes())
    return synthesize(line.says, voice)
