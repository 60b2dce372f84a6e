"""Carries out the faults that happen to a connection. Faults of answers are in answering.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from scripts.local_realtime.error_codes import ServiceError, service_error
from scripts.local_realtime.protocol import ClientEventError, encode, error_event
from scripts.local_realtime.script import AnyFault, Close, Down, Expire, SendError, StopReading, StopSending
from scripts.local_realtime.session import Session
from scripts.local_realtime.wire import Wire

GOING_AWAY: Final = 1001
BETA_IS_GONE: Final = 4000
BEFORE_THE_SESSION: Final = (Close, Down, StopReading, StopSending)
"""At connect, these come before ``session.created``; others after it."""


class Victim(Protocol):
    """The connection that a fault happens to."""

    session: Session
    wire: Wire

    async def flush(self) -> None:
        """Send what the session has to say."""

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something after a while, if the connection still lives then."""


async def carry_out(fault: AnyFault, victim: Victim, go_down: Callable[[Down], None]) -> None:
    """Let a fault happen. What was said before it is sent first."""
    await victim.flush()
    match fault:
        case Close():
            await victim.wire.close(fault.code, fault.reason)
        case StopReading():
            victim.wire.stop_reading()
            if fault.for_s is not None:
                victim.later(fault.for_s, victim.wire.resume_reading)
        case StopSending():
            victim.wire.muted = True
            if fault.for_s is not None:
                victim.later(fault.for_s, lambda: setattr(victim.wire, "muted", False))
        case SendError():
            await _send_error(victim, service_error(fault.code, fault.type, fault.message))
        case Expire():
            await expire(victim)
        case Down():
            go_down(fault)
        case _:
            raise AssertionError(f"{fault.kind} is a fault of answers")


async def expire(victim: Victim, limit: str = "60 minutes") -> None:
    """End a session as the service does at its limit."""
    message = f"Your session hit the maximum duration of {limit}."
    await _send_error(victim, service_error("session_expired", message=message))
    await victim.wire.close(GOING_AWAY, message)


async def refuse_beta(wire: Wire) -> None:
    """End a connection whose client speaks the protocol's beta, as the service does since that is gone."""
    error = service_error("beta_api_shape_disabled")
    told = ClientEventError(error.message, error.code, type=error.type)
    await wire.send(encode({"event_id": "event_beta", **error_event(told)}))
    await wire.close(BETA_IS_GONE, f"{error.type}.{error.code}")


async def _send_error(victim: Victim, error: ServiceError) -> None:
    victim.session.refuse(ClientEventError(error.message, error.code, type=error.type))
    await victim.flush()
