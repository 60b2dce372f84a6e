"""``GET /api/voice/events``: who hears what, without a gap or a repeat, and when a stream ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from control_api import call_events as e
from control_api.ports import SignedIn
from control_api.rate_classes import RatePolicies, RatePolicy
from control_api.routes import events as route
from control_api.services import event_feed, told_events
from control_api.services.event_feed import EventFeed
from shared.call_report import PATH as REPORTS
from shared.worker_link import Heartbeat
from tests.support.api_client import TOKEN, Api, FakeSignIn, an_api
from tests.support.calls import ANN
from tests.support.control_api_parts import a_hello
from tests.support.event_stream import Frame, following
from tests.support.until import until

PAIR = {"callType": "user-to-user", "calleeId": "user-2"}


@asynccontextmanager
async def a_fed_api(**more: Any) -> AsyncIterator[Api]:
    """With the reader of the log."""
    async with an_api(**more) as api:
        reading = asyncio.create_task(api.parts.services.feed.run())
        try:
            yield api
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def kinds(frames: list[Frame]) -> list[str]:
    return [frame.kind for frame in frames]


async def add(api: Api, call_id: Any, *data: e.AnyEvent) -> None:
    def use_case(tx: Any) -> None:
        for one in data:
            tx.add_event(call_id, api.parts.clock.now_ms(), one)

    await api.parts.services.store.write(use_case)


def turn(number: int) -> e.TurnEvent:
    return e.TurnEvent(epoch=1, turn=number, response_ms=600, interrupted=False, played_ms=900)


async def test_a_stream_begins_with_where_it_begins_and_tells_of_a_call_from_its_ringing_on() -> None:
    async with a_fed_api() as api:
        await api.opened(roomName="before")
        async with following(api.app) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["cache-control"] == "no-store, no-transform"
            ready = await stream.next()
            assert (ready.name, ready.data) == ("ready", {"isResumed": False})
            call = await api.called("r1")
            first, dispatched = await stream.events(2)
            assert (first.kind, dispatched.kind) == ("ringing", "dispatched")
            assert first.id is not None
            assert ready.id is not None
            assert ready.id < first.id
            assert (first.data["callId"], first.data["roomName"]) == (call.id, "r1")
            assert first.data["session"]["status"] == "ringing"
            await api.request("DELETE", params={"roomName": "r1"})
            (ended,) = await stream.events(1)
            assert (ended.kind, ended.data["event"]["reason"]) == ("ended", "ended_by_api")
            assert ended.data["session"]["status"] == "missed"


async def test_it_rings_at_the_callee_until_it_is_answered_on_any_device() -> None:
    async with a_fed_api() as api, following(api.app, user="bob") as one, following(api.app, user="bob") as other:
        await api.opened(roomName="r1", **PAIR)
        for stream in (one, other):
            (ringing,) = await stream.events(1)
            assert (ringing.kind, ringing.data["session"]["calleeId"]) == ("ringing", "user-2")
            assert ringing.data["session"]["callerName"] == "Ann"
        await api.request("POST", TOKEN, user="bob", json={"roomName": "r1"})
        for stream in (one, other):
            (answered,) = await stream.events(1)
            assert answered.kind == "answered"
            assert answered.data["session"]["answeredAt"] is not None


async def test_one_hears_of_ones_own_calls_and_an_admin_of_all() -> None:
    async with a_fed_api() as api, following(api.app, user="carl") as carl, following(api.app, user="root") as root:
        theirs = await api.opened(roomName="r1")
        own = (await api.request("POST", user="carl", json={"roomName": "r2"})).json()["session"]
        assert {frame.data["callId"] for frame in await carl.events(2)} == {own["callId"]}
        assert [frame.data["callId"] for frame in await root.events(4)] == [theirs["callId"]] * 2 + [own["callId"]] * 2


async def test_somebody_with_a_token_hears_of_the_call_from_then_on() -> None:
    async with a_fed_api() as api, following(api.app, user="carl") as carl:
        await api.opened(roomName="meet", callType="conference")
        await api.request("POST", TOKEN, user="carl", json={"roomName": "meet", "spawnAiAgent": False})
        await api.request("DELETE", params={"roomName": "meet"})
        while (await carl.events(1))[0].kind != "ended":
            pass


async def test_words_come_with_the_event_and_only_to_who_may_read_them() -> None:
    async with a_fed_api() as api:
        call = await api.called("r1")
        await api.parts.claimed(call)
        async with following(api.app, roomName="r1") as ann, following(api.app, user="carl") as carl:
            event = {
                "type": "segment",
                "segmentId": "s1",
                "speaker": "agent",
                "text": "hello there",
                "startMs": call.created_at_ms + 100,
                "endMs": call.created_at_ms + 900,
            }
            report = {"callId": call.id, "epoch": 1, "seq": 1, "atMs": call.created_at_ms + 900, "event": event}
            await api.worker(REPORTS, {"workerId": "worker-1", "reports": [report]})
            (said,) = await ann.events(1)
            assert said.data["event"] == {"kind": "segment", "segmentId": "s1", "speaker": "agent"}
            assert (said.data["segment"]["text"], said.data["session"]) == ("hello there", None)
            await api.request("POST", user="carl", json={"roomName": "r2"})
            assert kinds(await carl.events(1)) == ["ringing"], "and nothing of somebody else's words"


async def test_which_worker_has_a_call_is_told_to_admins_only() -> None:
    async with a_fed_api() as api, following(api.app) as ann, following(api.app, user="root") as root:
        call = await api.called("r1")
        await api.parts.claimed(call)
        assert [frame.data["event"]["workerId"] for frame in await ann.events(3) if frame.kind == "claimed"] == [None]
        assert [frame.data["event"]["workerId"] for frame in await root.events(3) if frame.kind == "claimed"] == [
            "worker-1"
        ]


async def test_admins_who_follow_all_calls_are_told_that_workers_have_changed() -> None:
    async with a_fed_api() as api:
        call = await api.called("r1")
        async with (
            following(api.app, user="root") as root,
            following(api.app, user="root", roomName="r1") as of_call,
            following(api.app) as ann,
        ):
            assert [(await stream.next()).name for stream in (root, of_call, ann)] == ["ready"] * 3
            workers = api.parts.services.workers
            link = workers.connected(a_hello())
            told = await root.next()
            assert (told.name, told.id, told.data) == ("workers", None, {})
            for beat in (Heartbeat(3, ()), Heartbeat(3, (), draining=True)):
                workers.heard(link, beat)
                assert (await root.next()).name == "workers"
            workers.closed(link)
            assert (await root.next()).name == "workers"
            await add(api, call.id, turn(1))
            for stream in (of_call, ann, root):
                assert (await stream.next()).kind == "turn", "and nothing of workers before it"


async def test_one_call_by_its_room() -> None:
    async with a_fed_api() as api:
        wanted = await api.called("r1")
        other = await api.called("r2")
        async with following(api.app, roomName="r1") as stream:
            await add(api, other.id, turn(1))
            await add(api, wanted.id, turn(2))
            assert [frame.data["event"]["turn"] for frame in await stream.events(1)] == [2]
        for user, room, status in (("carl", "r1", 403), ("ann", "r9", 404)):
            async with following(api.app, user=user, roomName=room) as refused:
                assert refused.status == status


async def test_it_is_resumed_without_a_gap_and_without_a_repeat() -> None:
    """Clients that come back again and again, while events are written as fast as they are taken."""
    async with a_fed_api() as api:
        call = await api.called("r1")
        last_id = await api.parts.services.feed.last_id()
        written = 400

        async def write() -> None:
            for number in range(written):
                await add(api, call.id, turn(number))
                if number % 7 == 0:
                    await asyncio.sleep(0)

        async def read() -> list[int]:
            seen: list[Frame] = []
            after = last_id
            while len(seen) < written:
                async with following(api.app, last_id=after) as stream:
                    assert (await stream.next()).data == {"isResumed": True}
                    seen += await stream.events(min(13, written - len(seen)))
                    after = seen[-1].data["id"]
            return [frame.data["event"]["turn"] for frame in seen]

        *read_by, _ = await asyncio.gather(read(), read(), read(), write())
        assert all(turns == list(range(written)) for turns in read_by)


@pytest.mark.parametrize("last_id", [10**9, 10**20])
async def test_who_comes_with_an_id_that_is_not_ours_reads_anew(last_id: int) -> None:
    async with a_fed_api() as api, following(api.app, last_id=last_id) as stream:
        assert (await stream.next()).data == {"isResumed": False}


async def test_who_has_missed_too_much_reads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MAX_BEHIND", 10)
    async with a_fed_api() as api:
        call = await api.called("r1")
        last_id = await api.parts.services.feed.last_id()
        await add(api, call.id, *(turn(number) for number in range(11)))
        async with following(api.app, last_id=last_id) as stream:
            ready = await stream.next()
            assert (ready.data, ready.id) == ({"isResumed": False}, last_id + 11)
        async with following(api.app, last_id=last_id + 1) as stream:
            assert [frame.data["event"]["turn"] for frame in await stream.events(10)] == list(range(1, 11))


async def test_a_client_that_does_not_read_is_closed_and_comes_back_for_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_fed_api() as api:
        call = await api.called("r1")
        async with following(api.app) as slow, following(api.app) as quick:
            ready = await slow.next()
            slow.is_read.clear()
            total = event_feed.QUEUE_SIZE + 50
            for number in range(total):
                await add(api, call.id, turn(number))
            assert len(await quick.events(total)) == total
            slow.is_read.set()
            *got, bye = await slow.rest()
            assert (bye.name, bye.data) == ("bye", {"why": "slow"})
            assert api.parts.services.feed.slow_clients == 1
            last_id = got[-1].id if got else ready.id
        async with following(api.app, last_id=last_id) as again:
            rest = await again.events(total - len(got))
        assert [frame.data["event"]["turn"] for frame in (*got, *rest)] == list(range(total))


async def test_a_comment_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "HEARTBEAT_S", 0.01)
    async with a_fed_api() as api, following(api.app) as stream:
        assert [(await stream.next()).name for _ in range(3)] == ["ready", ":", ":"]


async def test_it_ends_with_the_sign_in_that_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "HEARTBEAT_S", 0.01)
    async with a_fed_api() as api:
        until_s = api.parts.clock.now_ms() / 1000 + 30

        async def verify(*_: Any) -> SignedIn:
            return replace(ANN, valid_until_s=until_s)

        monkeypatch.setattr(FakeSignIn, "verify", verify)
        async with following(api.app) as stream:
            await stream.next()
            await api.parts.clock.advance(29)
            assert (await stream.next()).name == ":"
            await api.parts.clock.advance(2)
            assert (await stream.rest())[-1].data == {"why": "expired"}


async def test_it_ends_after_five_minutes_at_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "HEARTBEAT_S", 0.01)
    async with a_fed_api() as api, following(api.app) as stream:
        await stream.next()
        await api.parts.clock.advance(269)
        assert (await stream.next()).name == ":"
        await api.parts.clock.advance(31)
        assert (await stream.rest())[-1].data == {"why": "expired"}


async def test_all_streams_end_when_the_process_is_going_to_stop() -> None:
    async with a_fed_api() as api, following(api.app) as stream:
        await stream.next()
        api.parts.services.feed.close()
        assert (await stream.rest())[-1].data == {"why": "shutdown"}
        async with following(api.app) as late:
            assert (await late.rest())[-1].data == {"why": "shutdown"}


async def test_nothing_is_left_of_a_client_that_is_gone() -> None:
    async with a_fed_api() as api:
        async with following(api.app) as stream:
            await stream.next()
            assert clients(api.parts.services.feed) == 1
        assert clients(api.parts.services.feed) == 0


async def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_feed, "MAX_CLIENTS_PER_USER", 1)
    async with a_fed_api() as api, following(api.app) as first:
        await first.next()
        async with following(api.app) as second:
            assert second.status == 503
            assert int(second.headers["retry-after"]) > 0
        async with following(api.app, user="bob") as other:
            assert other.status == 200


async def test_head_is_no_stream() -> None:
    async with a_fed_api() as api, following(api.app, method="HEAD") as answer:
        assert answer.status == 200
        assert clients(api.parts.services.feed) == 0


async def test_a_stream_counts_once_as_a_read() -> None:
    policies = RatePolicies(read=RatePolicy(2, 900))
    async with a_fed_api(policies=policies) as api:
        async with following(api.app) as stream:
            assert stream.headers["x-ratelimit-remaining"] == "1"
            await api.parts.clock.advance(20)
        assert (await api.request("GET")).status_code == 200
        async with following(api.app) as refused:
            assert refused.status == 429


async def test_what_another_replica_has_written_is_found() -> None:
    """Whose writes wake nobody up here."""
    async with a_fed_api() as api, following(api.app) as stream:
        call = await api.called("r1")
        await stream.events(2)
        await api.parts.store.write(lambda tx: tx.add_event(call.id, 0, turn(1)))
        assert kinds(await stream.events(1)) == ["turn"]


async def test_a_log_that_cannot_be_read_for_a_moment_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_fed_api() as api, following(api.app) as stream:
        await stream.next()
        read, failed = told_events.told_after, asyncio.Event()

        def broken(*_: Any) -> Any:
            failed.set()
            raise OSError

        monkeypatch.setattr(event_feed, "told_after", broken)
        await api.opened(roomName="r1")

        async def has_failed() -> bool:
            return failed.is_set()

        await until(has_failed, "nobody reads the log")
        monkeypatch.setattr(event_feed, "told_after", read)
        assert kinds(await stream.events(2)) == ["ringing", "dispatched"]


def clients(feed: EventFeed) -> int:
    return len(feed._clients)
