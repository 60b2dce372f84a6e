"""Who sees what, by name and by id."""

from __future__ import annotations

from control_api.records import StoredSegment
from tests.support.api_client import TOKEN, an_api, error_of

ROOM = {"roomName": "r1"}


async def test_a_name_means_the_newest_call_that_one_may_see() -> None:
    async with an_api() as api:
        first = await api.called(metadata={"n": 1})
        await api.request("DELETE", params=ROOM)
        await api.parts.closed()
        await api.parts.clock.advance(5)
        second = await api.called(metadata={"n": 2})
        await api.request("DELETE", params=ROOM)
        await api.parts.closed()
        await api.parts.clock.advance(5)
        others = (await api.post({**ROOM, "callType": "conference"}, user="bob")).json()["session"]
        assert (await api.shown())["callId"] == second.id
        assert (await api.shown(user="bob"))["callId"] == others["callId"]
        by_id = await api.request("GET", params={"callId": first.id})
        assert by_id.json()["session"]["metadata"] == {"n": 1}
        assert error_of(await api.request("GET", params=ROOM, user="carl"))[0] == 403
        assert error_of(await api.request("GET", params={"callId": others["callId"]}))[0] == 403
        await api.request("POST", TOKEN, json=ROOM)
        assert (await api.shown())["callId"] == others["callId"], "with a token, one may see it"
        assert (await api.request("GET", params={"callId": others["callId"]})).status_code == 200
        assert error_of(await api.request("DELETE", params=ROOM))[0] == 403
        assert (await api.parts.call(others["callId"])).status == "ringing"


async def test_a_transcript_names_its_speakers() -> None:
    async with an_api() as api:
        call = await api.called(callType="conference")
        await api.request("POST", TOKEN, user="bob", json=ROOM)
        for number, (speaker, text) in enumerate(
            [("user-1", "hi"), ("user-2", "hello"), ("agent", "how\ncan I help"), ("user-9", "who am I")]
        ):
            said = StoredSegment(call.id, str(number), speaker, text, call.created_at_ms + number, call.created_at_ms)
            await api.parts.store.write(lambda tx, said=said: tx.put_segment(said))  # type: ignore[misc]
        transcript = (await api.shown())["transcript"]
        assert transcript == "Ann: hi\nBob: hello\nAI: how can I help\nuser-9: who am I"
