"""The Realtime model over livekit-plugins-openai's `RealtimeSession`.

The plugin keeps the protocol: connecting, session.update, its mirror of the conversation and its replay after a
reconnect, tools, truncation, Azure's dialect. What it lacks is added here:

- Events are taken where it emits them raw, in order and before its own handling, so an answer needs no task and no
  channel of its own.
- The caller's audio goes to its socket directly, frame by frame. (The plugin collects 100 ms, and takes each frame
  through a channel without a bound, a model and an emitter.) What cannot be sent waits in a backlog of one second, so
  an outage is not followed by a burst of stale audio.
- An answer's audio never reaches it, the socket has a heartbeat, and a refused key is final (`model_socket`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from typing import Any, cast

import aiohttp
from livekit.agents import NOT_GIVEN, APIError, APIStatusError, llm
from livekit.plugins.openai import realtime
from openai.types.realtime import AudioTranscription
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from shared import pcm
from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from worker.adapters.model_socket import CLOSE_S, ModelHttp
from worker.adapters.realtime_events import EventReader
from worker.backlog import AudioBacklog
from worker.input_clock import InputClock
from worker.ports import (
    AnswerAudio,
    AnswerItemDone,
    AnswerStarted,
    AnswerText,
    Brief,
    ModelAway,
    ModelEvent,
    ModelLost,
    ModelReady,
    Pcm,
    RealtimeLink,
    Said,
    Tool,
    ToolCalled,
)

SILENCE_MS = 500
"""How much silence ends the caller's turn, at the model's detector."""
PREFIX_MS = 300
THRESHOLD = 0.5
TRANSCRIBER = "gpt-4o-mini-transcribe"

_log = get_logger(__name__)

_QUOTA_CODES = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached", "rate_limit_exceeded"}
)
_AUTH_CODES = frozenset({"invalid_api_key", "account_deactivated"})


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
    def __init__(self, *, http: aiohttp.ClientSession, api_key: str, base_url: str | None, clock: Clock) -> None:
        self._http = http
        self._api_key = api_key
        self._base_url = base_url or realtime.realtime_model.OPENAI_BASE_URL
        self._clock = clock
        self._session: _Session | None = None
        self._model: realtime.RealtimeModel | None = None
        self._on_event: Callable[[ModelEvent], None] | None = None
        self._backlog = AudioBacklog()
        self._input_clock = InputClock()
        self._reader = EventReader(input_clock=self._input_clock, silence_ms=SILENCE_MS, now_ms=clock.now_ms)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        """The connection whose session is set up."""
        self._next_socket: aiohttp.ClientWebSocketResponse | None = None
        self._sender: asyncio.Task[None] | None = None
        self._can_send = asyncio.Event()
        self._response_id: str | None = None

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        self._on_event = on_event
        self._model = realtime.RealtimeModel(
            model=brief.model,
            voice=brief.voice,
            api_key=self._api_key,
            base_url=self._base_url,
            http_session=cast(
                aiohttp.ClientSession, ModelHttp(self._http, on_open=self._opened, on_audio=self._received)
            ),
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
        self._backlog.push(pcm_frame)
        if self._socket is not None:
            self._can_send.set()

    def reply(self, instructions: str | None = None) -> None:
        if self._session is not None:
            created = self._session.generate_reply(instructions=instructions or NOT_GIVEN)
            created.add_done_callback(_reply_answered)

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

    @property
    def dropped_audio_ms(self) -> int:
        return int(self._backlog.dropped_ms)

    async def aclose(self) -> None:
        session, self._session, self._on_event = self._session, None, None
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
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
            for meaning in self._reader.read(event):
                if isinstance(meaning, ModelReady):
                    self._socket = self._next_socket
                    self._can_send.set()
                if not self._is_stale(meaning):
                    self._tell(meaning)
        except (KeyError, ValueError, TypeError):
            _log.warning("the model sent an event that cannot be read", event_type=str(event.get("type"))[:64])

    def _is_stale(self, event: ModelEvent) -> bool:
        # The plugin discards answers that came after it had given up waiting for them; so do we.
        return (
            isinstance(event, AnswerAudio | AnswerText | AnswerItemDone | ToolCalled)
            and event.response_id != self._response_id
        )

    async def _send_audio(self) -> None:
        while True:
            await self._can_send.wait()
            if self._socket is None or not self._backlog:
                self._can_send.clear()
                continue
            frame = self._backlog.pop()
            audio = base64.b64encode(frame).decode("ascii")
            # When this fails or blocks, the plugin finds out by itself, and connects again.
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.send_str(f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}')
                self._input_clock.sent(pcm.ms_of(len(frame)), self._clock.now_ms())

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
        if not failure.recoverable:
            reason, detail = classify(failure.error)
            self._tell(ModelLost(reason, detail))
        elif isinstance(failure.error, APIError) and failure.error.body is None:
            # Without a body it is the connection's error, with one it is an answer of the model's server.
            self._socket = None
            self._tell(ModelAway())


def classify(error: BaseException) -> tuple[EndReason, str]:
    """Whose fault a final failure is, and a machine word for operators."""
    if isinstance(error, APIStatusError):
        if error.status_code in (401, 403):
            return EndReason.PROVIDER_AUTH, f"http_{error.status_code}"
        if error.status_code in (402, 429):
            return EndReason.PROVIDER_QUOTA, f"http_{error.status_code}"
        return EndReason.PROVIDER_DOWN, f"http_{error.status_code}"
    body = error.body if isinstance(error, APIError) else None
    codes = {str(getattr(body, "code", None)), str(getattr(body, "type", None))}
    for known, reason in ((_QUOTA_CODES, EndReason.PROVIDER_QUOTA), (_AUTH_CODES, EndReason.PROVIDER_AUTH)):
        if found := codes & known:
            return reason, found.pop()
    return EndReason.PROVIDER_DOWN, "connection" if isinstance(error, APIError) else type(error).__name__


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
