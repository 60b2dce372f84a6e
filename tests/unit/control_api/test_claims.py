from __future__ import annotations

import asyncio

import pytest

from shared.agent_state import AgentState
from shared.call_state import CallState
from shared.claims import Claim, ClaimRequest
from shared.errors import Errors, VoiceError
from shared.ids import CallId, WorkerId
from tests.support.calls import ANN, ROOM, WORKER
from tests.support.control_api_parts import parts


async def test_the_winner_is_told_all_it_needs() -> None:
    p = parts()
    call = await p.opened()
    claim = await p.claimed(call)
    assert claim == Claim(
        call_id=call.id,
        epoch=1,
        room_name=ROOM,
        caller_identity=ANN.user_id,
        agent_identity=call.agent_identity or "",  # type: ignore[arg-type]
        livekit_url="ws://internal.example",
        token=f"agent {call.agent_identity} {call.media_room} 4230",
        system_prompt="Be kind.",
        greeting="Hello!",
        voice="marin",
        model="",
        max_duration_s=3600,
        idle_timeout_s=120,
        reconnect_grace_s=30,
    )
    assert Claim.from_wire(claim.to_wire()) == claim
    stored = await p.call(call.id)
    assert (stored.agent_state, stored.agent_worker_id) == (AgentState.CLAIMED, WORKER)


async def test_of_many_that_claim_at_once_one_wins() -> None:
    p = parts()
    call = await p.opened()
    claims = [p.claimed(call, worker_id=WorkerId(f"w{n}"), job_id=f"j{n}") for n in range(10)]
    results = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(result, Claim) for result in results) == 1
    assert {r.kind for r in results if isinstance(r, VoiceError)} == {Errors.CLAIM_LOST}


async def test_the_winner_may_ask_again() -> None:
    p = parts()
    call = await p.opened()
    assert await p.claimed(call) == await p.claimed(call)
    with pytest.raises(VoiceError):  # another job of the same worker is another agent
        await p.claimed(call, job_id="job-2")


async def test_a_call_that_is_over_cannot_be_claimed_even_by_its_winner() -> None:
    p = parts()
    call = await p.opened()
    await p.claimed(call)
    await p.services.changer.end(ANN, ROOM)
    await p.closed()
    with pytest.raises(VoiceError) as raised:
        await p.claimed(call)
    assert raised.value.kind is Errors.CLAIM_LOST


@pytest.mark.parametrize(("call_id", "epoch"), [("nobody", 1), (None, 2)])
async def test_an_unknown_call_or_another_epoch_is_lost(call_id: str | None, epoch: int) -> None:
    p = parts()
    call = await p.opened()
    request = ClaimRequest(WORKER, CallId(call_id or call.id), epoch, "job-1")
    with pytest.raises(VoiceError) as raised:
        await p.services.claims.claim(request)
    assert raised.value.kind is Errors.CLAIM_LOST
    assert (await p.call(call.id)).status is CallState.RINGING
