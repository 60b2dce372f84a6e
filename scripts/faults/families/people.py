"""The caller's side fails, or never comes (rows 21 to 23 and 25)."""

from __future__ import annotations

import time

import jwt

from control_api.adapters.dev_issuer import ISSUER
from control_api.sign_in import InvalidUser
from scripts.caller.phone import Phone
from scripts.faults.broken import Broken, promise, until
from scripts.faults.caller import ms_between
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family

family = Family()

NO_SHOW_S = 6
RING_S = 5
SEEN_WITHIN_S = 3.0
"""The upkeep looks once a second."""


@family.scenario(
    22,
    f"a caller takes a token and never joins (limit {NO_SHOW_S} s)",
    "`no_show` in time, no model session",
    worst_ms=round((NO_SHOW_S + SEEN_WITHIN_S) * 1000),
    api_settings={"VOICE_NO_SHOW_S": str(NO_SHOW_S)},
    long_runs=3,
)
async def never_joins(lab: Lab) -> int:
    caller = await lab.open_call()
    row = await lab.ended(caller, reason="no_show")
    promise(not await lab.sessions(), "a model session was opened for nobody")
    return int(row["ended_at_ms"] - row["opened_at_ms"])


@family.scenario(
    22,
    f"a callee never answers (limit {RING_S} s)",
    "`no_answer` in time, no model session",
    worst_ms=round((RING_S + SEEN_WITHIN_S) * 1000),
    api_settings={"VOICE_RING_S": str(RING_S)},
    long_runs=3,
)
async def never_answers(lab: Lab) -> int:
    caller = await lab.call(callType="user-to-user", calleeId=lab.new_user(), enableAiAgent=False)
    row = await lab.ended(caller, reason="no_answer")
    promise(not await lab.sessions(), "a model session was opened for nobody")
    return int(row["ended_at_ms"] - row["opened_at_ms"])


@family.scenario(25, "one caller joins twice with one token", "the second replaces the first; the call goes on")
async def joins_twice(lab: Lab) -> None:
    caller = await lab.talking()
    second = Phone(lab.clock, lambda *_: None)
    await second.join(caller.call.livekit_url, caller.call.token)
    await until("the first device is out of the room", caller.phone.over.is_set, 10)
    caller.phone, first = second, caller.phone
    await first.hang_up()
    caller.left_s = None
    await until("the agent is with the second device", second.agent_here.is_set, 10)
    await caller.ask()
    row = lab.row(caller.call_id)
    promise(row["status"] == "connected", f"the call is {row['status']}")
    stays = lab.rows("SELECT * FROM presence WHERE call_id = ? AND identity = ?", caller.call_id, caller.user)
    promise(len(stays) == 2, f"the record knows of {len(stays)} stays of the caller")


@family.scenario(25, "a user whose id is an agent's", "refused when a token is asked for")
async def agents_identity(lab: Lab) -> None:
    caller = await lab.talking()
    agent = lab.row(caller.call_id)["agent_identity"]
    try:
        lab.stack.issuer.token(agent)
        raise Broken("the development issuer signs such a user in")
    except InvalidUser:
        pass
    headers = {"Authorization": f"Bearer {_token_of_another_issuer(lab, agent)}"}
    for path in (SESSION, "/api/voice/token"):
        async with lab.stack.http.post(lab.stack.api_url + path, json={}, headers=headers) as answer:
            promise(answer.status == 401, f"{path} answered {answer.status}")


def _token_of_another_issuer(lab: Lab, user: str) -> str:
    """Signed with the right key by somebody who does not look at the user's id."""
    key = (lab.stack.data_dir / "dev-issuer" / "key.pem").read_text()
    now = int(time.time())
    return jwt.encode({"iss": ISSUER, "sub": user, "iat": now, "exp": now + 60}, key, algorithm="RS256")


@family.scenario(
    22, "a caller hangs up (no fault: what the others are measured against)", "the record is final", worst_ms=3000
)
async def hangs_up(lab: Lab) -> int:
    caller = await lab.talking()
    left_s = lab.now_s()
    await caller.hang_up()
    await lab.ended(caller, reason="caller_hung_up")
    return ms_between(left_s, lab.now_s())
