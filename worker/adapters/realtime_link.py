"""The Realtime model over livekit-plugins-openai's `RealtimeSession`.

The plugin keeps the protocol: connecting, session.update, its mirror of the conversation, tools, truncation, Azure's
dialect. What it lacks is added here:

- One session is one connection. How a call goes on after a break is not decided here.
- Events are taken where it emits them raw, in order and before its own handling, so an answer needs no task and no
  channel of its own.
- The caller's audio goes to its socket directly, frame by frame. (The plugin collects 100 ms, and takes each frame
  through a channel without a bound, a model and an emitter.) What cannot be sent yet waits in `worker.backlog`.
- The socket is ours (`worker.adapters.model_socket`), and the audio of answers never reaches the plugin.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from typing import Any, cast

import aiohttp
from livekit.agents import NOT_GIVEN, APIConnectOptions, llm
from livekit.plugins.openai import realtime
from openai.types.realtime import AudioTranscription
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from shared import pcm
from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from shared.model_defaults import DEFAULT_TRANSCRIBER
from shared.service_address import REALTIME, service_url
from worker.adapters import model_errors
from worker.adapters.model_socket import CLOSE_S, ModelSocket
from worker.adapters.realtime_events import EventReader, MalformedEvent
from worker.backlog import FIRST_MS, AudioBacklog
from worker.closing import close_all
from worker.input_clock import InputClock
from worker.pace import FIRST_RATE, RATE, Pace
from worker.ports import (
    AnswerAudio,
    AnswerItemDone,
    AnswerStarted,
    AnswerText,
    Brief,
    ModelEvent,
    ModelLost,
    ModelReady,
    Pcm,
    Queued,
    RealtimeLink,
    Said,
    Tool,
    ToolCalled,
)
from worker.waiting import Bell

SILENCE_MS = 500
"""How much silence ends the caller's turn, at the model's detector."""
PREFIX_MS = 300
THRESHOLD = 0.5
TRANSCRIBER = DEFAULT_TRANSCRIBER

_log = get_logger(__name__)

_ONCE = APIConnectOptions(max_retry=0)
"""A session that breaks is not reopened by the plugin, which would replay what it believes was said: the call opens a
new one (`worker.model_line`)."""


class _Session(realtime.RealtimeSession):
    """Hands raw events on without its emitter, which inspects its listeners' signatures at every event."""

    def __init__(self, model: realtime.RealtimeModel, on_server_event: Callable[[dict[str, Any]], None]) -> None:
        self._on_server_event = on_server_event
        super().__init__(model)

    def emit(self, event: Any, *args: Any) -> None:
        if event == "openai_server_event_received":
            self._on_server_event(args[0])
        else:
            super().emit(event, *args)


class OpenAiRealtimeLink(RealtimeLink):
    def __init__(self, *, http: aiohttp.ClientSession, api_key: str, base_url: str, clock: Clock) -> None:
        self._http = http
        self._api_key = api_key
        self._base_url = base_url
        self._clock = clock
        self._session: _Session | None = None
        self._model: realtime.RealtimeModel | None = None
        self._on_event: Callable[[ModelEvent], None] | None = None
        self._backlog = AudioBacklog(first_ms=FIRST_MS)
        self._input_clock = InputClock()
        self._reader = EventReader(
            input_clock=self._input_clock, prefix_ms=PREFIX_MS, silence_ms=SILENCE_MS, now_ms=clock.now_ms
        )
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        """The connection whose session is set up."""
        self._next_socket: aiohttp.ClientWebSocketResponse | None = None
        self._model_http: ModelSocket | None = None
        self._pace = Pace()
        self._sender: asyncio.Task[None] | None = None
        self._can_send = Bell()
        self._response_id: str | None = None

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        self._on_event = on_event
        self._model_http = ModelSocket(self._http, on_open=self._opened, on_audio=self._received)
        self._model = realtime.RealtimeModel(
            model=brief.model,
            voice=brief.voice,
            api_key=self._api_key,
            base_url=service_url(self._base_url, REALTIME),
            http_session=cast(aiohttp.ClientSession, self._model_http),
            max_session_duration=None,
            conn_options=_ONCE,
            input_audio_transcription=AudioTranscription(model=TRANSCRIBER),
            turn_detection=ServerVad(
                type="server_vad",
                threshold=THRESHOLD,
                prefix_padding_ms=PREFIX_MS,
                silence_duration_ms=SILENCE_MS,
                create_response=True,
                interrupt_response=True,
            ),
        )
        session = self._session = _Session(self._model, self._received)
        session.on("generation_created", self._answer_started)
        session.on("error", self._failed)
        await session.update_instructions(brief.instructions)
        if brief.tools:
            await session.update_tools([_as_llm_tool(tool) for tool in brief.tools])
        for said in brief.history:
            session.send_event(_as_item(said))
        self._sender = asyncio.create_task(self._send_audio(), name="model audio")
        self._sender.add_done_callback(self._sender_ended)

    def hear(self, pcm_frame: Pcm) -> None:
        self._backlog.push(pcm_frame, self._clock.now_ms())
        if self._socket is not None:
            self._can_send.ring()

    @property
    def unsent(self) -> Queued:
        return self._backlog.state

    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        if self._session is not None:
            created = self._session.generate_reply(
                instructions=instructions or NOT_GIVEN, tool_choice=NOT_GIVEN if with_tools else "none"
            )
            created.add_done_callback(_reply_answered)

    def probe(self) -> None:
        if self._session is not None:
            self._session.send_event({"type": "session.update", "session": {"type": "realtime"}})

    def interrupt(self) -> None:
        if self._session is not None:
            self._session.interrupt()

    def truncate(self, item_id: str, heard_ms: int) -> None:
        if self._session is not None:
            self._session.truncate(message_id=item_id, modalities=["audio"], audio_end_ms=heard_ms)

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        if self._session is None:
            return
        context = self._session.chat_ctx.copy()
        context.items.append(llm.FunctionCallOutput(call_id=call_id, name=name, output=output, is_error=False))
        try:
            await self._session.update_chat_ctx(context)
        except llm.RealtimeError:
            _log.warning("the model did not take a tool's result", tool=name)

    async def aclose(self) -> None:
        session, self._session, self._on_event = self._session, None, None
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        if self._model_http is not None:
            await close_all(self._model_http.close())
        if session is None:
            return
        # It raises whatever ended its own task, which was told as an event when it happened.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1.5 * CLOSE_S):
                await session.aclose()

    def _tell(self, event: ModelEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _received(self, event: dict[str, Any]) -> None:
        try:
            meanings = self._reader.read(event)
        except MalformedEvent as error:
            _log.warning("the model sent an event that cannot be read", event_type=str(error))
            return
        for meaning in meanings:
            if isinstance(meaning, ModelReady) and self._socket is None:
                self._socket = self._next_socket
                self._backlog.skip_silence()
                self._can_send.ring()
            if not self._is_stale(meaning):
                self._tell(meaning)

    def _is_stale(self, event: ModelEvent) -> bool:
        # The plugin discards answers that came after it had given up waiting for them; so do we.
        return (
            isinstance(event, AnswerAudio | AnswerText | AnswerItemDone | ToolCalled)
            and event.response_id != self._response_id
        )

    async def _send_audio(self) -> None:
        while True:
            if self._socket is None or not self._backlog:
                await self._can_send.heard()
                continue
            if wait_s := self._pace.wait_s(self._clock.monotonic_s()):
                await self._clock.sleep(wait_s)
            rate = FIRST_RATE if self._backlog.is_long else RATE
            frame, heard_ms = self._backlog.pop()
            self._backlog.caught_up()
            self._pace.sent(pcm.ms_of(len(frame)) / 1000, self._clock.monotonic_s(), rate)
            audio = base64.b64encode(frame).decode("ascii")
            # When this fails or blocks, the plugin finds out by itself, and the session is over.
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.send_str(f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}')
                self._input_clock.sent(pcm.ms_of(len(frame)), heard_ms)

    def _sender_ended(self, sender: asyncio.Task[None]) -> None:
        if not sender.cancelled() and (error := sender.exception()) is not None:
            _log.error("audio can no more be sent to the model", exc_info=error)
            self._tell(ModelLost(EndReason.INTERNAL_ERROR, type(error).__name__))

    def _opened(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        # Nothing is sent to a session that is not set up: its detector and its format are not ours yet.
        self._socket, self._next_socket = None, socket
        self._input_clock.reset()
        self._reader.reset()

    def _answer_started(self, created: llm.GenerationCreatedEvent) -> None:
        self._response_id = created.response_id
        self._tell(AnswerStarted(created.response_id or ""))

    def _failed(self, failure: llm.RealtimeModelError) -> None:
        # What is recoverable is the failure of one answer, which its own event tells.
        if not failure.recoverable:
            socket, self._socket = self._socket or self._next_socket, None
            self._tell(model_errors.lost(failure.error, _how_closed(socket, self._reader.last_error)))


def _how_closed(socket: aiohttp.ClientWebSocketResponse | None, last_error: str | None) -> str:
    """A machine word for operators."""
    if last_error == "session_expired":
        return last_error
    if socket is None or socket.close_code is None:
        return "connection"
    return "no_pong" if isinstance(socket.exception(), aiohttp.ServerTimeoutError) else f"closed_{socket.close_code}"


def _reply_answered(created: asyncio.Future[llm.GenerationCreatedEvent]) -> None:
    if not created.cancelled() and created.exception() is not None:
        _log.warning("the model did not begin an answer that was asked for")


def _as_item(said: Said) -> dict[str, Any]:
    """Without an id, which the server gives it, and without a predecessor: each goes to the end."""
    content = {"type": "output_text" if said.by_agent else "input_text", "text": said.text}
    item = {"type": "message", "role": "assistant" if said.by_agent else "user", "content": [content]}
    return {"type": "conversation.item.create", "item": item}


def _as_llm_tool(tool: Tool) -> llm.RawFunctionTool[Any, Any]:
    """The plugin wants a function with its schema; it is never run, calls are told as `ToolCalled`."""

    async def never(raw_arguments: dict[str, object]) -> None:
        raise NotImplementedError

    return llm.function_tool(
        never, raw_schema={"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    )
