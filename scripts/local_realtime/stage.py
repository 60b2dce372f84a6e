"""What all sessions share and what a new script replaces: the mind and the faults."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scripts.local_realtime.faults import FaultBook
from scripts.local_realtime.hearing import Recogniser, load_whisper
from scripts.local_realtime.mind import LiveMind, Mind
from scripts.local_realtime.protocol import client_event_adapters
from scripts.local_realtime.script import SESSION_LIMIT_S, Script
from scripts.local_realtime.scripted import ScriptedMind


class Hearing:
    """The recogniser, loaded when it is first needed."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._recogniser: Recogniser | None = None
        self._loading = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """Clips that wait or are being heard."""
        return 0 if self._recogniser is None else self._recogniser.waiting

    async def recogniser(self) -> Recogniser:
        """The recogniser. Loading takes about a second, in a thread."""
        async with self._loading:
            if self._recogniser is None:
                whisper = await asyncio.to_thread(load_whisper, self._threads)
                self._recogniser = Recogniser(whisper, self._threads)
            return self._recogniser

    def close(self) -> None:
        """Drop what has not begun."""
        if self._recogniser is not None:
            self._recogniser.close()


@dataclass
class Stage:
    """One loaded script."""

    mind: Mind
    book: FaultBook
    session_limit_s: float = SESSION_LIMIT_S
    set_up_s: float = 0.0
    connections: int = 0
    """Handshakes since the script was loaded."""
    down_until_s: float = 0.0
    down_status: int | None = None


async def build_stage(script: Script, hearing: Hearing) -> Stage:
    """Load what a script needs: models for a live one, audio for a deterministic one.

    Raises HearingError or VoiceError when a package is missing, AudioFileError and OSError for a clip.
    """
    limit_s, set_up_s = script.session_limit_s, script.set_up_ms / 1000
    if script.deterministic:
        mind = await asyncio.to_thread(ScriptedMind, script)
        return Stage(mind, FaultBook(script.faults), limit_s, set_up_s)
    live = LiveMind(await hearing.recogniser(), script.pace)
    # loads the network and the SDK's models before the first caller needs them
    await asyncio.to_thread(live.warm_up)
    await asyncio.to_thread(client_event_adapters)
    return Stage(live, FaultBook(script.faults), limit_s, set_up_s)
