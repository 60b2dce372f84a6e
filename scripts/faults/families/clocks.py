"""Clocks that do not agree (row 10)."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from livekit import api as livekit_api

from control_api.adapters.dev_issuer import ISSUER
from scripts.caller.phone import Phone
from scripts.faults import shifted_clock
from scripts.faults.broken import promise, until, until_answered
from scripts.faults.caller import ms_between
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family
from scripts.faults.shifted_clock.sitecustomize import VARIABLE
from scripts.faults.webhook import post, signed

family = Family()

SKEW_S = 30
BORNE_S = 28
"""LiveKit tells its time in whole seconds: this is surely below 30."""
TOO_MUCH_S = 45
SHOWN_WITHIN_MS = 10_000


@family.scenario(
    10,
    f"tokens for sign-in and for rooms, and webhooks, from clocks {SKEW_S} s ahead and {SKEW_S} s behind",
    "all are taken",
    long_runs=1,
)
async def skewed(lab: Lab) -> None:
    caller = await lab.talking()
    for skew_s in (-SKEW_S, SKEW_S):
        now = int(time.time()) + skew_s
        status = await _signs_in(lab, now)
        promise(status == 200, f"a sign-in from a clock {skew_s} s off was answered {status}")
        body = {"event": "room_started", "id": f"skewed {skew_s}", "room": {"name": "elsewhere", "sid": "RM_x"}}
        status = await post(lab, signed(lab, body, nbf=now, exp=now + 300))
        promise(status == 200, f"a webhook from a clock {skew_s} s off was answered {status}")
        await _joins(lab, caller.room, skew_s)
    await caller.ask()


@family.scenario(
    10,
    f"the API's whole clock is {BORNE_S} s ahead of LiveKit's and the workers', then {BORNE_S} s behind",
    "calls as before (answers within 3 s), and the record is right",
    worst_ms=3000,
    within_s=120,
    long_runs=3,
)
async def api_is_off(lab: Lab) -> list[int]:
    times_ms = []
    for ahead_s in (BORNE_S, -BORNE_S):
        await _shift_api(lab, ahead_s)
        await lab.has_workers()
        caller = await lab.talking()
        times_ms.append(await caller.ask())
        talked_s = lab.now_s() - (caller.joined_s or 0)
        await caller.hang_up()
        row = await lab.ended(caller, reason="caller_hung_up")
        told_s = (row["ended_at_ms"] - row["connected_at_ms"]) / 1000
        promise(abs(told_s - talked_s) < 5, f"the record says {told_s:.0f} s, the call was {talked_s:.0f} s long")
        promise(not (await _ready(lab))["degraded"], "/readyz complains of a clock that is still good")
    return times_ms


@family.scenario(
    10,
    f"the API's whole clock is {TOO_MUCH_S} s ahead of LiveKit's, then {TOO_MUCH_S} s behind",
    "`/readyz` says so by name",
    worst_ms=SHOWN_WITHIN_MS,
    long_runs=3,
)
async def api_is_too_far_off(lab: Lab) -> list[int]:
    times_ms = []
    for ahead_s, word in ((TOO_MUCH_S, "ahead_of_livekit"), (-TOO_MUCH_S, "behind_livekit")):
        began_s = lab.now_s()
        await _shift_api(lab, ahead_s)

        async def says_so(word: str = word) -> bool:
            return bool((await _ready(lab))["degraded"] == {"clock": word})

        await until_answered(f"/readyz says {word}", says_so, 20)
        times_ms.append(ms_between(began_s, lab.now_s()))
    return times_ms


async def _shift_api(lab: Lab, ahead_s: int) -> None:
    api = lab.stack.api
    api.with_settings({"PYTHONPATH": str(Path(shifted_clock.__file__).parent), VARIABLE: str(ahead_s)})
    await api.stop()
    await api.start()


async def _ready(lab: Lab) -> dict[str, Any]:
    _, ready = await lab.ask_api("GET", "/readyz")
    return ready or {"degraded": None}


async def _signs_in(lab: Lab, now: int) -> int:
    """A token that was issued at `now` and lives for one minute."""
    key = (lab.stack.data_dir / "dev-issuer" / "key.pem").read_text()
    claims = {"iss": ISSUER, "sub": lab.new_user(), "iat": now, "nbf": now, "exp": now + 60}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, key, algorithm='RS256')}"}
    async with lab.stack.http.get(lab.stack.api_url + SESSION, headers=headers) as answer:
        return answer.status


async def _joins(lab: Lab, room: str, skew_s: int) -> None:
    """A room token whose life begins so much later or earlier than LiveKit's own clock says. Raises `CallerProblem`."""
    key, secret = lab.stack.secrets["LIVEKIT_API_KEY"], lab.stack.secrets["LIVEKIT_API_SECRET"]
    token = livekit_api.AccessToken(key, secret).with_identity(f"guest-{skew_s}").with_ttl(timedelta(minutes=2))
    claims = jwt.decode(
        token.with_grants(livekit_api.VideoGrants(room_join=True, room=room)).to_jwt(),
        options={"verify_signature": False},
    )
    now = int(time.time()) + skew_s
    skewed_token = jwt.encode({**claims, "nbf": now, "exp": now + 120}, secret, algorithm="HS256")
    guest = Phone(lab.clock, lambda *_: None)
    await guest.join(lab.stack.livekit_url, skewed_token)
    await until("the guest hears of the agent", guest.agent_here.is_set, 10)
    await guest.hang_up()
