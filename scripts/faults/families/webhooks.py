"""LiveKit's webhooks are lost, repeated, reordered, late or forged (rows 26 to 28)."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import jwt

from scripts.faults.broken import promise, until
from scripts.faults.caller import Caller, ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family
from scripts.faults.webhook import Webhook, claims_of, post, signed, token

family = Family()

RIGHT_WITHIN_MS = 30_000


@family.scenario(26, "one webhook in ten is lost", "the record is right within 30 s", worst_ms=RIGHT_WITHIN_MS)
async def some_lost(lab: Lab) -> int:
    lab.stack.proxies.webhooks.loses = 0.1
    caller = await lab.talking(turns=1)
    return await _right_after_hanging_up(lab, caller)


@family.scenario(26, "all webhooks are lost", "the record is right within 30 s", worst_ms=RIGHT_WITHIN_MS)
async def all_lost(lab: Lab) -> int:
    lab.stack.proxies.webhooks.sever()
    caller = await lab.talking(turns=1)
    return await _right_after_hanging_up(lab, caller)


@family.scenario(
    26,
    "the API is away when the caller hangs up, and no webhook arrives later",
    "the record is right within 30 s of its return",
    worst_ms=RIGHT_WITHIN_MS,
)
async def lost_while_away(lab: Lab) -> int:
    caller = await lab.talking(turns=1)
    await lab.stack.api.kill()
    lab.stack.proxies.webhooks.sever()
    await caller.hang_up()
    await lab.stack.api.start()
    back_s = lab.now_s()
    await lab.ended(caller, reason="caller_hung_up")
    return ms_between(back_s, lab.now_s())


async def _right_after_hanging_up(lab: Lab, caller: Caller) -> int:
    left_s = lab.now_s()
    await caller.hang_up()
    await lab.ended(caller, reason="caller_hung_up")
    return ms_between(left_s, lab.now_s())


@family.scenario(
    27,
    "every webhook of a call comes again, twice, in random order, after its end",
    "exactly-once effect: the row does not change",
    long_runs=20,
)
async def repeated(lab: Lab) -> None:
    caller = await lab.talking(turns=1)
    await caller.hang_up()
    await lab.ended(caller, reason="caller_hung_up")
    await until("the room is finished", lambda: lab.row(caller.call_id)["room_finished_ms"], 20)
    await _all_applied(lab)
    before = _stored(lab, caller)
    bodies = _webhooks_of(lab, caller)
    promise(len(bodies) >= 6, f"only {len(bodies)} webhooks came")
    for body in random.sample(bodies * 2, len(bodies) * 2):
        # Once as the same event, once as one that the API has not seen: LiveKit's ids are no promise.
        again = {**body, "id": f"again-{random.random()}"} if random.random() < 0.5 else body  # noqa: S311
        promise(await post(lab, signed(lab, again)) == 200, "a true webhook was refused")
    await _all_applied(lab)
    _is_unchanged(before, _stored(lab, caller))


@family.scenario(28, "webhooks forged in seven ways", "401, and nothing is written", long_runs=3)
async def forged(lab: Lab) -> None:
    caller = await lab.talking()
    body = {"event": "room_finished", "id": "forged", "room": {"name": caller.room, "sid": "RM_forged"}}
    before = _inbox_size(lab)
    for how, attempt in _forgeries(lab, body).items():
        status = await post(lab, attempt)
        promise(status == 401, f"{how}: {status}")
    promise(_inbox_size(lab) == before, "something was written")
    promise(lab.row(caller.call_id)["status"] == "connected", "the call has changed")


@family.scenario(28, "a true webhook is replayed at once and after its signature has expired", "nothing changes")
async def replayed(lab: Lab) -> None:
    caller = await lab.talking()
    await _all_applied(lab)
    before = _stored(lab, caller)
    body = _webhooks_of(lab, caller)[0]
    promise(await post(lab, signed(lab, body)) == 200, "a replay at once was refused")
    now = int(time.time())
    late = signed(lab, body, nbf=now - 600, exp=now - 300)
    promise(await post(lab, late) == 401, "a signature that has expired was taken")
    _is_unchanged(before, _stored(lab, caller))


# ------------------------------------------------------------------------------------------------------------ helpers


def _forgeries(lab: Lab, body: dict[str, Any]) -> dict[str, Webhook]:
    raw = json.dumps(body).encode()
    claims = claims_of(lab, raw)
    without_exp = {name: value for name, value in claims.items() if name != "exp"}
    unsigned = jwt.encode(claims, "", algorithm="none")
    return {
        "no signature": Webhook(raw, ""),
        "not a token": Webhook(raw, "Bearer x"),
        "another secret": Webhook(raw, token(lab, claims, secret="0" * 48)),
        "another key": Webhook(raw, token(lab, {**claims, "iss": "somebody"})),
        "another body": Webhook(raw + b" ", token(lab, claims)),
        "no exp": Webhook(raw, token(lab, without_exp)),
        "alg none": Webhook(raw, unsigned),
    }


def _webhooks_of(lab: Lab, caller: Caller) -> list[dict[str, Any]]:
    payloads = [json.loads(row["payload"]) for row in lab.rows("SELECT payload FROM webhook_inbox")]
    return [body for body in payloads if body.get("room", {}).get("name") == caller.room]


def _inbox_size(lab: Lab) -> int:
    return int(lab.rows("SELECT count(*) AS n FROM webhook_inbox WHERE event_id = 'forged'")[0]["n"])


def _stored(lab: Lab, caller: Caller) -> dict[str, Any]:
    """All that webhooks may change of a call."""
    call = {key: value for key, value in lab.row(caller.call_id).items() if key != "version"}
    stays = lab.rows("SELECT * FROM presence WHERE call_id = ?", caller.call_id)
    rooms = lab.rows("SELECT * FROM rooms WHERE call_id = ?", caller.call_id)
    return {
        **call,
        **{f"stay {stay['participant_sid']}": stay for stay in stays},
        **{f"room {room['room_sid']}": room for room in rooms},
    }


def _is_unchanged(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raises `Broken`, naming what is different."""
    changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    promise(not changed, ", ".join(f"{key} was {before.get(key)}, and is {after.get(key)}" for key in changed))


async def _all_applied(lab: Lab) -> None:
    def look() -> bool:
        return not lab.rows("SELECT event_id FROM webhook_inbox WHERE applied_ms IS NULL")

    await until("all webhooks are applied", look, 20)
