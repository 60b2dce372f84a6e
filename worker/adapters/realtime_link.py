"""The Realtime model over a connection of livekit-plugins-openai's `RealtimeSession`.

The plugin connects, sends what it is given in order, and notices that the connection has ended. All else is ours:

- One session is one connection. How a call goes on after a break is not decided here.
- The session is set up by one request, and is ready when the service says that it holds it
  (`worker.adapters.session_setup`).
- Events are read before the plugin sees them (`worker.adapters.answer_tap`), in order and on the socket's task, so an
  answer needs no task and no channel of its own, and what is odd in an event costs no event and no session.
- The caller's audio goes to the socket directly, frame by frame. (The plugin collects 100 ms, and takes each frame
  through a channel without a bound, a model and an emitter.) What cannot be sent yet waits in `worker.backlog`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from itertools import count
from typing import Any, cast

import aiohttp
from livekit.agents import APIConnectOptions, llm
from livekit.plugins.openai import realtime

from shared import pcm
from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from shared.model_defaults import DEFAULT_TRANSCRIBER
from shared.service_address import REALTIME, service_url
from worker.adapters import model_errors
from worker.adapters.model_socket import CLOSE_S, ModelSocket
from worker.adapters.realtime_events import (
    PROBE_PREFIX,
    REPLY_PREFIX,
    EventReader,
    MalformedEvent,
    error_code,
    expires_at_ms,
)
from worker.adapters.session_setup import PREFIX_MS, SILENCE_MS, AskAgain, SessionSetup, SetUp
from worker.backlog import FIRST_MS, AudioBacklog
from worker.closing import close_all
from worker.input_clock import InputClock
from worker.loudness import rms_of
from worker.pace import FIRST_RATE, RATE, Pace
from worker.ports import (
    AnswerAudio,
    AnswerDone,
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
    ReplyRefused,
    Said,
    ToolCalled,
)
from worker.waiting import Bell

_OWN_WORDS = 4000
"""From here on, codes of a closing WebSocket are the service's own."""

_log = get_logger(__name__)

_ONCE = APIConnectOptions(max_retry=0)
"""A session that breaks is not reopened by the plugin, which would replay what it believes was said: the call opens a
new one (`worker.model_line`)."""


class _Session(realtime.RealtimeSession):
    """Begins with the set-up that it is given."""

    def __init__(self, model: realtime.RealtimeModel, setup: dict[str, Any]) -> None:
        self._setup = setup
        super().__init__(model)

    def _create_session_update_event(self) -> dict[str, Any]:
        return self._setup


class OpenAiRealtimeLink(RealtimeLink):
    def __init__(
        self,
        *,
        http: aiohttp.ClientSession,
        api_key: str,
        base_url: str,
        clock: Clock,
        transcriber: str = DEFAULT_TRANSCRIBER,
        proxy: str | None = None,
    ) -> None:
        """`transcriber`: the model that writes down the caller's words in a session. `proxy`: by
        which the service is asked."""
        self._http = http
        self._proxy = proxy
        self._api_key = api_key
        self._base_url = base_url
        self._clock = clock
        self._transcriber = transcriber
        self._session: _Session | None = None
        self._model: realtime.RealtimeModel | None = None
        self._setup: SessionSetup | None = None
        """While the session is not ours yet."""
        self._instructions = ""
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
        self._is_asked = False
        """An answer was asked for and has not begun."""
        self._last_error: str | None = None
        """The code of the newest error that the service told of."""
        self._numbers = count(1)

    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        self._on_event, self._instructions = on_event, brief.instructions
        self._setup = SessionSetup(brief, self._transcriber)
        self._model_http = ModelSocket(self._http, proxy=self._proxy, on_open=self._opened, on_event=self._received)
        self._model = realtime.RealtimeModel(
            model=brief.model,
            api_key=self._api_key,
            base_url=service_url(self._base_url, REALTIME),
            http_session=cast(aiohttp.ClientSession, self._model_http),
            max_session_duration=None,
            conn_options=_ONCE,
        )
        session = self._session = _Session(self._model, self._setup.request())
        session.on("error", self._failed)
        for said in brief.history:
            self._send(_as_item(said) | {"event_id": f"history_{next(self._numbers)}"})
        self._sender = asyncio.create_task(self._send_audio(), name="model audio")
        self._sender.add_done_callback(self._sender_ended)

    def hear(self, pcm_frame: Pcm, ago_ms: float = 0.0) -> None:
        self._backlog.push(pcm_frame, round(self._clock.now_ms() - ago_ms))
        if self._socket is not None:
            self._can_send.ring()

    @property
    def unsent(self) -> Queued:
        return self._backlog.state

    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        event_id = f"{REPLY_PREFIX}{next(self._numbers)}"
        response: dict[str, Any] = {"metadata": {"client_event_id": event_id}}
        if instructions:
            # Those of one answer replace those of the session.
            response["instructions"] = f"{self._instructions}\n{instructions}" if self._instructions else instructions
        if not with_tools:
            response["tool_choice"] = "none"
        self._is_asked = True
        self._send({"type": "response.create", "event_id": event_id, "response": response})

    def write(self, text: str) -> None:
        item = _as_item(Said(by_agent=False, text=text))
        self._send(item | {"event_id": f"written_{next(self._numbers)}"})

    def probe(self) -> None:
        event_id = f"{PROBE_PREFIX}{next(self._numbers)}"
        self._send({"type": "session.update", "event_id": event_id, "session": {"type": "realtime"}})

    def listen_in(self) -> None:
        if self._session is not None:
            self._session.send_event({"type": "input_audio_buffer.commit"})

    def interrupt(self) -> None:
        if self._is_asked or self._reader.answer_is_open:
            self._send({"type": "response.cancel"})

    def truncate(self, item_id: str, heard_ms: int) -> None:
        if heard_ms > 0:
            cut = {"content_index": 0, "audio_end_ms": heard_ms}
            self._send({"type": "conversation.item.truncate", "item_id": item_id, **cut})
        else:
            self._send({"type": "conversation.item.delete", "item_id": item_id})

    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        item = {"type": "function_call_output", "call_id": call_id, "output": output}
        self._send({"type": "conversation.item.create", "event_id": f"tool_{next(self._numbers)}", "item": item})

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

    def _send(self, event: dict[str, Any]) -> None:
        """Behind what was sent before; what comes before the connection waits for it."""
        if self._session is not None:
            self._session.send_event(event)

    def _tell(self, event: ModelEvent) -> None:
        on_event = self._on_event
        if isinstance(event, ModelLost):
            self._socket, self._on_event = None, None
        if on_event is not None:
            on_event(event)

    def _received(self, event: dict[str, Any]) -> None:
        if (code := error_code(event)) is not None:
            self._last_error = code
            _log.warning("the model told of an error", code=code)
        if self._setup is not None and self._is_of_setup(self._setup, event):
            return
        try:
            meanings = self._reader.read(event)
        except MalformedEvent as error:
            _log.warning("the model sent an event that cannot be read", event_type=str(error))
            return
        for meaning in meanings:
            self._note(meaning)
            if not self._is_stale(meaning):
                self._tell(meaning)

    def _is_of_setup(self, setup: SessionSetup, event: dict[str, Any]) -> bool:
        match setup.answered(event):
            case SetUp(transcription_off):
                self._setup = None
                self._socket = self._next_socket
                self._backlog.skip_silence()
                self._can_send.ring()
                self._tell(ModelReady(expires_at_ms(event), transcription_off))
            case AskAgain():
                _log.warning("the session is set up again")
                self._send(setup.request())
            case ModelLost() as loss:
                _log.error("the session cannot be set up", detail=loss.detail)
                self._tell(loss)
            case None:
                return False
        return True

    def _note(self, event: ModelEvent) -> None:
        if isinstance(event, AnswerStarted):
            self._response_id = event.response_id
        if isinstance(event, AnswerStarted | AnswerDone | ReplyRefused):
            self._is_asked = False

    def _is_stale(self, event: ModelEvent) -> bool:
        return (
            isinstance(event, AnswerAudio | AnswerText | AnswerItemDone | ToolCalled)
            and event.response_id != self._response_id
        )

    async def _send_audio(self) -> None:
        while True:
            socket = self._socket
            if socket is None or not self._backlog:
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
                await socket.send_str(f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}')
                self._input_clock.sent(pcm.ms_of(len(frame)), heard_ms, rms_of(frame))

    def _sender_ended(self, sender: asyncio.Task[None]) -> None:
        if not sender.cancelled() and (error := sender.exception()) is not None:
            _log.error("audio can no more be sent to the model", exc_info=error)
            self._tell(ModelLost(EndReason.INTERNAL_ERROR, type(error).__name__))

    def _opened(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        # Nothing is sent to a session that is not set up: its detector and its format are not ours yet.
        self._socket, self._next_socket = None, socket
        self._input_clock.reset()
        self._reader.reset()

    def _failed(self, failure: llm.RealtimeModelError) -> None:
        if not failure.recoverable:
            closed = _how_closed(self._socket or self._next_socket, self._last_error)
            refusal = None if self._setup is None else self._setup.refusal
            self._tell(refusal or model_errors.lost(failure.error, closed))


def _how_closed(socket: aiohttp.ClientWebSocketResponse | None, last_error: str | None) -> str:
    """A machine word for operators."""
    if last_error == "session_expired":
        return last_error
    if socket is None or socket.close_code is None:
        return "connection"
    if socket.close_code >= _OWN_WORDS and last_error:
        return last_error
    return "no_pong" if isinstance(socket.exception(), aiohttp.ServerTimeoutError) else f"closed_{socket.close_code}"


def _as_item(said: Said) -> dict[str, Any]:
    """Without an id, which the server gives it, and without a predecessor: each goes to the end."""
    content = {"type": "output_text" if said.by_agent else "input_text", "text": said.text}
    item = {"type": "message", "role": "assistant" if said.by_agent else "user", "content": [content]}
    return {"type": "conversation.item.create", "item": item}
