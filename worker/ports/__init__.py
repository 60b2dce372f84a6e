"""What a call needs from the outside: a room, a Realtime model, the control API, a spool. Owned by the worker's core;
`worker.adapters` implements them, and no exception of an SDK crosses them.

Events come by a plain function call on the process's event loop, in order, and must be handled without awaiting: the
time between the model's "the caller speaks" and our silence is heard by the caller.
"""

from __future__ import annotations

from worker.ports.audio import FRAME_MS, Pcm
from worker.ports.control import (
    ApiUnreachable,
    Batch,
    ClaimLost,
    ControlApi,
    ReportsRefused,
    Spool,
)
from worker.ports.model import (
    ANSWER_OPEN,
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    Brief,
    CallerWords,
    ModelEvent,
    ModelLost,
    ModelReady,
    RealtimeLink,
    ReplyRefused,
    Said,
    SpeechStarted,
    SpeechStopped,
    Tool,
    ToolCalled,
)
from worker.ports.room import (
    AgentAudible,
    AgentMood,
    CallRoom,
    CaptionStream,
    MicrophoneOff,
    MicrophoneOn,
    PersonJoined,
    PersonLeft,
    RoomCloseCause,
    RoomClosed,
    RoomEvent,
    RoomUnreachable,
)

__all__ = [
    "ANSWER_OPEN",
    "FRAME_MS",
    "AgentAudible",
    "AgentMood",
    "AnswerAudio",
    "AnswerDone",
    "AnswerItemDone",
    "AnswerStarted",
    "AnswerStatus",
    "AnswerText",
    "ApiUnreachable",
    "Batch",
    "Brief",
    "CallRoom",
    "CallerWords",
    "CaptionStream",
    "ClaimLost",
    "ControlApi",
    "MicrophoneOff",
    "MicrophoneOn",
    "ModelEvent",
    "ModelLost",
    "ModelReady",
    "Pcm",
    "PersonJoined",
    "PersonLeft",
    "RealtimeLink",
    "ReplyRefused",
    "ReportsRefused",
    "RoomCloseCause",
    "RoomClosed",
    "RoomEvent",
    "RoomUnreachable",
    "Said",
    "SpeechStarted",
    "SpeechStopped",
    "Spool",
    "Tool",
    "ToolCalled",
]
