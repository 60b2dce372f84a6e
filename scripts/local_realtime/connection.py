"""The shell around one session: reads its WebSocket, does its work, sends its frames."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

import aiohttp
from aiohttp import web

from scripts.local_realtime.mind import Mind
from scripts.local_realtime.protocol import ClientEventError, parse_client_event
from scripts.local_realtime.session import Session, frame_text
from scripts.local_realtime.speaking import send_reply
from scripts.local_realtime.vad import SpeechDetector
from scripts.local_realtime.work import Answer, DropGuess, Guess, Listen, Transcribe, Work

log = logging.getLogger(__name__)

_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class Connection:
    """One client. ``run`` returns when the socket is closed, whoever closed it."""

    def __init__(self, socket: web.WebSocketResponse, session: Session, mind: Mind) -> None:
        self._socket = socket
        self.session = session
        self._mind = mind
        self._ear = mind.ear()
        self._detector = SpeechDetector(mind.probability())
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: dict[str, asyncio.Event] = {}

    async def run(self) -> None:
        """Serve the client."""
        self.session.open()
        await self.flush()
        try:
            while True:
                message = await self._socket.receive()
                if message.type in _CLOSED:
                    return
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
                    await self.flush()
        finally:
            await self._end_tasks()

    async def flush(self) -> None:
        """Send what the session has to say. One sender at a time, so that events keep their order."""
        async with self._sending:
            for frame in self.session.take_frames():
                # a client that is gone is noticed by the reader
                with contextlib.suppress(ConnectionError):
                    await self._socket.send_str(frame_text(frame))

    def _take(self, text: str) -> None:
        try:
            event = parse_client_event(text)
        except ClientEventError as error:
            self.session.refuse(error)
            return
        self.session.receive(event)
        self._do_work()

    def _do_work(self) -> None:
        # hearing can make more work, such as the answer to a turn that has just ended
        while work := self.session.take_work():
            for piece in work:
                self._do(piece)

    def _do(self, work: Work) -> None:
        match work:
            case Listen(audio):
                for probability in self._detector.push(audio):
                    self.session.hear(probability)
            case Guess(audio):
                self._ear.guess(audio)
            case DropGuess():
                self._ear.drop_guess()
            case Transcribe(item_id):
                self._heard[item_id] = asyncio.Event()
                self._spawn(self._transcribe(work))
            case Answer():
                self._spawn(self._answer(work))

    async def _transcribe(self, work: Transcribe) -> None:
        try:
            text = await self._ear.hear(work.turn, work.audio)
        except Exception:
            log.exception("recognition failed", extra={"session": self.session.id})
            self.session.not_transcribed(work.item_id, "The recogniser failed.")
        else:
            self.session.transcribed(work.item_id, text)
        self._heard.pop(work.item_id).set()
        await self.flush()

    async def _answer(self, work: Answer) -> None:
        response = self.session.responses.get(work.response_id)
        if response is None:
            return
        if work.item_id is not None and (heard := self._heard.get(work.item_id)):
            await heard.wait()
        reply = await self._mind.reply(self.session, response, work)
        whole = await send_reply(self.session, response, reply, self.flush, self._mind.pace)
        if whole:
            self.session.finish(response.id, "completed")
        else:
            details = {"type": "incomplete", "reason": "max_output_tokens"}
            self.session.finish(response.id, "incomplete", details)
        await self.flush()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_tasks(self) -> None:
        self._ear.drop_guess()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
