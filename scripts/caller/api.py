"""The API as a front end uses it: open a call, read its record. One sentence for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from scripts.caller.problem import CallerProblem
from shared.call_state import CallState
from shared.clock import Clock

_TIMEOUT = aiohttp.ClientTimeout(total=20)
_POLL_S = 0.5
FINAL = {CallState.COMPLETED, CallState.MISSED, CallState.FAILED}


@dataclass(frozen=True, slots=True)
class OpenedCall:
    call_id: str
    room_name: str
    livekit_url: str
    token: str = field(repr=False)


class VoiceApi:
    """For one user. `base_url` is like ``http://127.0.0.1:8080``."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, user_token: str, clock: Clock) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {user_token}"}
        self._clock = clock

    async def open_call(self, wishes: Mapping[str, Any]) -> OpenedCall:
        """`wishes` are members of the body, such as ``systemPrompt``. Raises `CallerProblem`."""
        answer = await self._ask("POST", json={"callType": "support", "enableRecording": False, **wishes})
        session = answer["session"]
        return OpenedCall(session["callId"], session["roomName"], session["livekitHost"], session["token"])

    async def answer(self, call: OpenedCall) -> OpenedCall:
        """The same call for one who was called. Raises `CallerProblem`."""
        answer = await self._ask("POST", "token", json={"roomName": call.room_name})
        return OpenedCall(call.call_id, call.room_name, answer["livekitHost"], answer["token"])

    async def record(self, call: OpenedCall) -> dict[str, Any]:
        """Raises `CallerProblem`."""
        answer = await self._ask("GET", params={"roomName": call.room_name})
        session: dict[str, Any] = answer["session"]
        return session

    async def final_record(self, call: OpenedCall, within_s: float) -> dict[str, Any]:
        """The record once the call is over; as it is then when it is not over in time. An API that is away comes back
        meanwhile; raises `CallerProblem` when it does not."""
        deadline_s = self._clock.monotonic_s() + within_s
        while True:
            is_last = self._clock.monotonic_s() > deadline_s
            try:
                record = await self.record(call)
            except CallerProblem:
                if is_last:
                    raise
            else:
                if is_last or record.get("status") in FINAL:
                    return record
            await self._clock.sleep(_POLL_S)

    async def _ask(self, method: str, what: str = "session", **kwargs: Any) -> dict[str, Any]:
        url = f"{self._base_url}/api/voice/{what}"
        try:
            async with self._http.request(method, url, headers=self._headers, timeout=_TIMEOUT, **kwargs) as response:
                body = await response.json(content_type=None)
                status = response.status
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise CallerProblem(f"The API at {self._base_url} does not answer: is `make run` running?") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise CallerProblem(f"What answers at {self._base_url} is not the voice API.") from error
        if status != 200 or not isinstance(body, dict):
            raise CallerProblem(f"The API refused: {method} {url} gave {status}, {_reason(body)}.")
        return body


def _reason(body: object) -> str:
    if not isinstance(body, dict):
        return "without a reason"
    return str(body.get("message") or body.get("error") or "without a reason").rstrip(".")
