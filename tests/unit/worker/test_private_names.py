"""The names of the SDKs that are no promise of theirs, and that this worker stands on. Each test is an alarm for the
day on which an upgrade takes one away; the versions are pinned exactly until then."""

from __future__ import annotations

import inspect
import logging
import re
import threading

import aiohttp
import pytest
from livekit import rtc
from livekit.agents import AgentServer, APIStatusError
from livekit.agents.llm._realtime import openai as engine
from livekit.agents.telemetry import loop_monitor
from livekit.plugins.openai import realtime
from livekit.rtc import _ffi_client
from livekit.rtc._ffi_client import FfiClient, FfiHandle, FfiQueue

from worker.adapters.answer_tap import AnswerTap
from worker.adapters.model_socket import ModelSocket
from worker.agent_server import NoiseFilter


def test_the_server_says_that_it_is_connecting() -> None:
    """`LiveKitJobs.registered` reads it; there is no event for a connection that broke."""
    assert AgentServer()._connecting is False
    assert "self._connecting = True" in inspect.getsource(AgentServer._connection_task)
    assert "self._connecting = False" in inspect.getsource(AgentServer._connection_task)


def test_the_plugin_connects_by_one_method_of_the_http_session() -> None:
    """`ModelSocket` stands in for an `aiohttp.ClientSession` and has this one method."""
    source = inspect.getsource(realtime.RealtimeSession._create_ws_conn)
    assert "ws_connect(url=url, headers=headers)" in source
    uses = [line for line in inspect.getsource(engine).splitlines() if "_ensure_http_session()" in line]
    assert len([line for line in uses if "def " not in line]) == 1
    assert set(inspect.signature(ModelSocket.ws_connect).parameters) == {"self", "url", "headers"}


def test_the_plugin_uses_three_methods_of_its_socket() -> None:
    """`AnswerTap` stands in for an `aiohttp.ClientWebSocketResponse` and has these."""
    uses = set(re.findall(r"ws_conn\.(\w+)", inspect.getsource(realtime.RealtimeSession)))
    assert uses == {"receive", "send_str", "close"}
    assert all(callable(getattr(AnswerTap, name)) for name in uses)


def test_the_plugin_begins_with_the_request_that_we_give_it() -> None:
    """`realtime_link._Session` replaces the method."""
    assert "self.send_event(self._create_session_update_event())" in inspect.getsource(
        realtime.RealtimeSession.__init__
    )


def test_the_plugin_sends_what_it_is_given_as_it_is_and_in_order() -> None:
    source = inspect.getsource(realtime.RealtimeSession._run_ws)
    assert "async for msg in self._msg_ch" in source
    assert "await ws_conn.send_str(json.dumps(msg))" in source
    assert "self._msg_ch.send_nowait(event)" in inspect.getsource(realtime.RealtimeSession.send_event)


def test_the_plugin_gives_up_at_once_on_an_error_that_cannot_pass() -> None:
    error = APIStatusError("refused", status_code=401, retryable=False)
    assert error.retryable is False
    assert "not e.retryable" in inspect.getsource(realtime.RealtimeSession._main_task)
    assert not issubclass(APIStatusError, aiohttp.ClientError)


@pytest.mark.parametrize("event", ["error"])
def test_the_plugin_emits_the_events_that_are_read(event: str) -> None:
    assert f'"{event}"' in inspect.getsource(engine)
    assert callable(realtime.RealtimeSession.emit)


def test_the_plugin_counts_nothing_that_our_own_audio_would_miss() -> None:
    """Frames go to the socket past the plugin; it counts them only for a commit by hand, which server VAD needs not."""
    uses = [line for line in inspect.getsource(engine).splitlines() if "_pushed_duration_s" in line]
    assert len(uses) == 5, uses
    assert "_pushed_duration_s > 0.1" in inspect.getsource(realtime.RealtimeSession.commit_audio)


def test_the_sources_queue_is_known_at_once() -> None:
    """The mouth's position of the caller's ear is `queued_duration`, which is kept in Python."""
    source = inspect.getsource(rtc.AudioSource.capture_frame)
    assert source.index("self._q_size +=") < source.index("await ")


def test_the_queue_of_native_events_can_be_replaced() -> None:
    """`worker.adapters.ffi_events` does it, keeps the subscribers, and gives the end back to the stream's own queue."""
    assert "FfiClient.instance.queue.put(event)" in inspect.getsource(_ffi_client)
    assert "return self._queue" in inspect.getsource(FfiClient)
    queue = FfiQueue[int]()
    assert (type(queue._lock), queue._subscribers) == (type(threading.RLock()), [])
    source = inspect.getsource(rtc.AudioStream)
    assert "self._ffi_queue.wait_for(self._is_event)" in source
    assert "await self._task" in inspect.getsource(rtc.AudioStream.aclose)
    assert "self._ffi_handle = FfiHandle(" in source


def test_what_a_room_waits_for_comes_by_its_own_queue() -> None:
    source = inspect.getsource(rtc.Room)
    assert "event.room_event.room_handle == self._ffi_handle.handle" in source
    assert 'event.WhichOneof("message") == "rpc_method_invocation"' in source
    waited_for = {
        name
        for name, method in inspect.getmembers(rtc.LocalParticipant, inspect.isfunction)
        if "self._room_queue.subscribe()" in inspect.getsource(method)
    }
    assert waited_for == {"publish_track", "unpublish_track"}


def test_the_native_side_is_told_how_to_begin_by_one_call() -> None:
    """`worker.adapters.ffi_events` tells it again, with False: lines of its log are no events."""
    source = inspect.getsource(FfiClient)
    assert "ctypes.c_bool" in source
    assert 'livekit_ffi_initialize(\n            ffi_event_callback, True, b"python", __version__' in source


def test_a_frame_is_copied_and_let_go_as_the_sdk_does_it() -> None:
    source = inspect.getsource(rtc.AudioFrame._from_owned_info)
    assert "FfiHandle(owned_info.handle.id).dispose()" in source
    assert "info.num_channels * info.samples_per_channel" in source
    assert "livekit_ffi_drop_handle.argtypes = [ctypes.c_uint64]" in inspect.getsource(FfiClient)


def test_nobody_watches_the_loops_of_the_jobs_threads() -> None:
    """`worker.__main__` sets the variable: 0 is off."""
    assert loop_monitor.ENV_WARN_THRESHOLD_MS == "LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS"
    assert "if warn <= 0:" in inspect.getsource(loop_monitor.LoopMonitorThresholds.from_env)


def test_closing_a_source_is_dropping_its_handle() -> None:
    """`LiveKitRoom.leave` drops it off the loop, where it cannot block; a handle is dropped once."""
    assert inspect.getsource(rtc.AudioSource.aclose).rstrip().endswith("self._ffi_handle.dispose()")
    dispose = inspect.getsource(FfiHandle.dispose)
    assert dispose.index("self._disposed = True") < dispose.index("livekit_ffi_drop_handle")


def test_lines_that_mean_nothing_are_kept_out() -> None:
    keep = NoiseFilter()
    noise = logging.LogRecord("livekit", logging.WARNING, "", 0, "Error in %s", ("_recv_task",), None)
    news = logging.LogRecord("livekit", logging.WARNING, "", 0, "the disk is full", (), None)
    assert not keep.filter(noise)
    assert keep.filter(news)
