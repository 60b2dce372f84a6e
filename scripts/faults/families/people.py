"""The caller's side fails, or never comes (rows 21 to 23 and 25)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jwt

from control_api.adapters.dev_issuer import ISSUER
from control_api.sign_in import InvalidUser
from scripts.caller.phone import Phone
from scripts.faults.broken import Broken, promise, until
from scripts.faults.caller import Caller, ms_between
from scripts.faults.distant_caller import DistantCaller
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family

family = Family()

GRACE_S = 6
RECONNECT_GRACE_S = 30
"""Of the API's settings, when nothing else is set."""
NO_SHOW_S = 6
RING_S = 5
LONGEST_S = 15
IDLE_S = 6
OVERRUN_MS = 10_000
SEEN_WITHIN_S = 3.0
"""The upkeep looks once a second."""


@family.scenario(
    21,
    "the caller's network is gone for 5 s",
    "the same call, the same agent, the same memory; answered within 3 s",
    worst_ms=3000,
    within_s=120,
)
async def away_for_5_s(lab: Lab) -> int:
    return await _away(lab, 5)


@family.scenario(
    21,
    "the caller's network is gone for 25 s",
    "the same call, the same agent, the same memory; answered within 3 s",
    worst_ms=3000,
    within_s=120,
)
async def away_for_25_s(lab: Lab) -> int:
    return await _away(lab, 25)


@family.scenario(
    21,
    "the caller's network is gone for 84 s",
    f"`caller_lost` when the grace ({RECONNECT_GRACE_S} s) is over, within 30 s more (LiveKit's own time to notice)",
    worst_ms=(RECONNECT_GRACE_S + 30) * 1000,
    within_s=180,
)
async def away_for_84_s(lab: Lab) -> int:
    async with lab.distant_caller(talk_s=120) as distant:
        await lab.until_status(distant.call_id, "connected", within_s=20)
        await _turns(lab, distant, more_than=0)
        distant.pause()
        gone_s = lab.now_s()
        row = await lab.until_final(distant.call_id, RECONNECT_GRACE_S + 40)
        lost_s = lab.now_s()
        await lab.clock.sleep(gone_s + 84 - lost_s)
        distant.resume()
        await distant.process.wait()  # it hears that the call is over
    promise(row["end_reason"] == "caller_lost", f"the call ended {row['end_reason']}")
    promise(lab.row(distant.call_id)["end_reason"] == "caller_lost", "the call has another end now")
    return ms_between(gone_s, lost_s)


async def _away(lab: Lab, seconds: float) -> int:
    """A caller in a process of its own: stopped, it sends and hears nothing, neither media nor signalling. How long
    the last of its turns waited for an answer."""
    async with lab.distant_caller(talk_s=seconds + 25) as distant:
        row = await lab.until_status(distant.call_id, "connected", within_s=20)
        turns = await _turns(lab, distant, more_than=0)
        distant.pause()
        await lab.clock.sleep(seconds)
        distant.resume()
        await _turns(lab, distant, more_than=turns + 1)
        result = await distant.result()
    now = lab.row(distant.call_id)
    promise(now["end_reason"] == "caller_hung_up", f"the call ended {now['end_reason']}")
    promise(now["agent_epoch"] == row["agent_epoch"], "the call was given another agent")
    promise(len(await lab.sessions()) == 1, "the model was given another session")
    last_ms = result["turns"][-1]["responseMs"]
    promise(last_ms is not None, "the last turn was not answered")
    return int(last_ms)


async def _turns(lab: Lab, distant: DistantCaller, *, more_than: int) -> int:
    def look() -> int:
        rows = lab.rows("SELECT count(*) AS n FROM segments WHERE call_id = ? AND speaker != 'agent'", distant.call_id)
        return int(rows[0]["n"]) if rows[0]["n"] > more_than else 0

    return await until(f"more than {more_than} turns of the caller are in the record", look, 60)


@family.scenario(
    21,
    f"the caller's device dies, and is not back within the grace ({GRACE_S} s here)",
    "`caller_lost` within 30 s more (LiveKit's own time to notice)",
    worst_ms=(GRACE_S + 30) * 1000,
    api_settings={"VOICE_RECONNECT_GRACE_S": str(GRACE_S)},
    within_s=120,
    long_runs=3,
)
async def device_dies(lab: Lab) -> int:
    async with lab.distant_caller(talk_s=60) as distant:
        await lab.until_status(distant.call_id, "connected", within_s=20)
        distant.kill()
        died_s = lab.now_s()
        row = await lab.until_final(distant.call_id, 60)
    promise(row["end_reason"] == "caller_lost", f"the call ended {row['end_reason']}")
    return ms_between(died_s, lab.now_s())


@family.scenario(21, "the caller's page is reloaded", "the same call, the same agent, the same memory", long_runs=10)
async def page_reload(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await _on_another_device(lab, caller)
    return await caller.ask()


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
async def callee_never_answers(lab: Lab) -> int:
    caller = await lab.call(callType="user-to-user", calleeId=lab.new_user(), enableAiAgent=False)
    row = await lab.ended(caller, reason="no_answer")
    promise(not await lab.sessions(), "a model session was opened for nobody")
    return int(row["ended_at_ms"] - row["opened_at_ms"])


@family.scenario(
    23,
    f"an endless call (limit {LONGEST_S} s)",
    "`max_duration`, over-run at most 10 s",
    worst_ms=OVERRUN_MS,
    api_settings={"VOICE_MAX_CALL_S": str(LONGEST_S)},
    long_runs=3,
)
async def endless(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    row = await lab.ended(caller, reason="max_duration", within_s=LONGEST_S + 20)
    return _over_run_ms(row)


@family.scenario(
    23,
    f"an endless call (limit {LONGEST_S} s), and the worker does not enforce the limit",
    "`max_duration` by the API, over-run at most 10 s",
    worst_ms=OVERRUN_MS,
    api_settings={"VOICE_MAX_CALL_S": str(LONGEST_S)},
    long_runs=3,
)
async def endless_and_not_enforced(lab: Lab) -> int:
    # The worker hears of another limit in the answer to its claim.
    told = f'"maxDurationS":{LONGEST_S}'.encode(), b'"maxDurationS":99'
    lab.stack.proxies.api_of_workers.replaces = told
    caller = await lab.talking(turns=1)
    row = await lab.ended(caller, reason="max_duration", within_s=LONGEST_S + 20)
    promise(lab.stack.proxies.api_of_workers.replaced > 0, "the worker was told the true limit")
    return _over_run_ms(row)


def _over_run_ms(row: Mapping[str, Any]) -> int:
    return max(int(row["ended_at_ms"] - row["connected_at_ms"]) - LONGEST_S * 1000, 0)


@family.scenario(
    23,
    f"nobody speaks (limit {IDLE_S} s)",
    "`idle_timeout`, at most 10 s late",
    worst_ms=OVERRUN_MS,
    api_settings={"VOICE_IDLE_TIMEOUT_S": str(IDLE_S)},
    long_runs=3,
)
async def silent(lab: Lab) -> int:
    caller = await lab.talking()
    silent_s = lab.now_s()
    await lab.ended(caller, reason="idle_timeout", within_s=IDLE_S + 20)
    return max(ms_between(silent_s, lab.now_s()) - IDLE_S * 1000, 0)


@family.scenario(25, "one caller joins twice with one token", "the second replaces the first; the call goes on")
async def joins_twice(lab: Lab) -> None:
    caller = await lab.talking()
    await _on_another_device(lab, caller)
    await caller.ask()
    row = lab.row(caller.call_id)
    promise(row["status"] == "connected", f"the call is {row['status']}")
    stays = lab.rows("SELECT * FROM presence WHERE call_id = ? AND identity = ?", caller.call_id, caller.user)
    promise(len(stays) == 2, f"the record knows of {len(stays)} stays of the caller")


async def _on_another_device(lab: Lab, caller: Caller) -> None:
    """The same token, in another room of the house: LiveKit puts the first one out."""
    second = Phone(lab.clock, lambda *_: None)
    await second.join(caller.call.livekit_url, caller.call.token)
    await until("the first device is out of the room", caller.phone.over.is_set, 10)
    await caller.moves_to(second)
    await until("the agent is with the second device", second.agent_here.is_set, 10)


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
