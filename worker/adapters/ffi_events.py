"""What the SDK's native threads tell, taken where it arrives.

By itself the SDK makes every frame of audio dear, and the more so, the more calls there are:

- A native thread has no place in the interpreter. It is given one for each event (a thread state, with a stack that is
  mapped and unmapped), and loses it right after. Here it keeps its first one: measured with eight calls, the native
  threads' share for this went from 7.0 to 3.6 thousandths of a core per call.
- Each event is offered to every subscriber of the process: with N calls, N filters a frame, N squared in all. Here a
  frame goes to the one stream that it belongs to.
- A room is woken up by what all other rooms are told and asked. Here it is told what is its own.
- A frame that arrives keeps its native buffer until the loop has read it. Here it is copied and let go at once.
- Forty lines of libwebrtc's log come as events for each call and second, nearly all to be left out again. Here the
  native side writes its log by itself, from warnings up (`RUST_LOG`, which `worker.__main__` sets).

It stands on private names of the SDK (tests/unit/worker/test_private_names.py): the version is pinned.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from livekit import rtc
from livekit.rtc import _ffi_client
from livekit.rtc._ffi_client import FfiClient, FfiQueue
from livekit.rtc.version import __version__

Take = Callable[[bytes], None]

_hold_gil = ctypes.pythonapi.PyGILState_Ensure
_hold_gil.restype = ctypes.c_int

_OF_ALL_ROOMS = frozenset({"rpc_method_invocation", "publish_track", "unpublish_track"})
"""What a room waits for itself, beside its own events."""


class FfiEvents(FfiQueue[Any]):
    """Takes the place of the process's queue of events. `put` is called in native threads."""

    def __init__(self, replaced: FfiQueue[Any]) -> None:
        super().__init__()
        self._lock = replaced._lock
        self._subscribers = replaced._subscribers
        self._streams: dict[int, Take] = {}
        """By the handle of an audio stream."""
        self._known = threading.local()

    def open_stream(self, handle: int, take: Take) -> None:
        """From now on `take` gets the samples of each of the stream's frames, in a native thread, one after another."""
        self._streams[handle] = take

    def close_stream(self, handle: int) -> None:
        """To be called when the native stream has ended. Closing one that is not open changes nothing."""
        self._streams.pop(handle, None)

    def narrow(self, room: rtc.Room) -> None:
        """From now on a connected room is not woken up by what concerns others."""
        handle = room._ffi_handle.handle  # type: ignore[union-attr]

        def is_its_own(event: Any) -> bool:
            kind = event.WhichOneof("message")
            return event.room_event.room_handle == handle if kind == "room_event" else kind in _OF_ALL_ROOMS

        with self._lock:
            for at, (queue, loop, _) in enumerate(self._subscribers):
                if queue is room._ffi_queue:
                    self._subscribers[at] = queue, loop, is_its_own

    def put(self, item: Any) -> None:
        if not hasattr(self._known, "kept"):
            self._known.kept = True
            # Never given back: the count of one that is left keeps the thread's state from being taken down.
            _hold_gil()
        if item.WhichOneof("message") == "audio_stream_event":
            told = item.audio_stream_event
            take = self._streams.get(told.stream_handle)
            if take is not None and told.HasField("frame_received"):
                take(_samples(told.frame_received.frame))
                return
        super().put(item)


def ffi_events() -> FfiEvents:
    """The process's one; put in place when it is asked for first."""
    client = FfiClient.instance
    if not isinstance(client._queue, FfiEvents):
        client._queue = FfiEvents(client._queue)
        # Said once more, without what the SDK asks for at its start: that lines of the log come as events.
        client._ffi_lib.livekit_ffi_initialize(_ffi_client.ffi_event_callback, False, b"python", __version__.encode())
    return client._queue


def _samples(frame: Any) -> bytes:
    """A copy of a native frame (s16le), which is let go."""
    info = frame.info
    size = info.num_channels * info.samples_per_channel * ctypes.sizeof(ctypes.c_int16)
    samples = ctypes.string_at(info.data_ptr, size)
    FfiClient.instance._ffi_lib.livekit_ffi_drop_handle(frame.handle.id)
    return samples
