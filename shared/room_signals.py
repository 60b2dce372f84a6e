"""What people's clients hear in the room, beside audio and captions: data messages with a topic.

``call.ended`` says why the call is over, before the room closes: ``{"type", "callId", "endReason"}``. The API sends it
when it closes a room; the worker sends it too when it is the one who ends the call, so that nobody sits in a silent
room while the API is away. Clients take the first and ignore the rest.

``call.answered`` says that the callee of a call between two people has taken it, before they are in the room:
``{"type", "callId"}``. The callee's other devices, which are not in the room, read it from the call itself
(`answeredAt`).
``call.agent_lost`` says that the agent broke off and another one is on its way: ``{"type", "callId"}``. That it is
there again is seen in the room as ever.
"""

from __future__ import annotations

from shared import wire
from shared.call_state import EndReason
from shared.ids import CallId

CALL_ENDED_TOPIC = "call.ended"
CALL_ANSWERED_TOPIC = "call.answered"
AGENT_LOST_TOPIC = "call.agent_lost"


def call_ended(call_id: CallId, reason: EndReason) -> bytes:
    return wire.dumps({"type": CALL_ENDED_TOPIC, "callId": call_id, "endReason": reason.value}).encode()


def call_answered(call_id: CallId) -> bytes:
    return wire.dumps({"type": CALL_ANSWERED_TOPIC, "callId": call_id}).encode()


def agent_lost(call_id: CallId) -> bytes:
    return wire.dumps({"type": AGENT_LOST_TOPIC, "callId": call_id}).encode()
