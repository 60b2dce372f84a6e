"""Clocks that do not agree (row 10)."""

from __future__ import annotations

import time
from datetime import timedelta

import jwt
from livekit import api as livekit_api

from control_api.adapters.dev_issuer import ISSUER
from scripts.caller.phone import Phone
from scripts.faults.broken import promise, until
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family
from scripts.faults.webhook import post, signed

family = Family()

SKEW_S = 30


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
