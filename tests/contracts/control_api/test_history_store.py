"""What is asked of all calls together: the store and its fake promise the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from control_api.adapters.sql_store import open_store
from control_api.history_ports import CallFilter, Summary
from control_api.migrate import upgrade
from control_api.ports import CallStore, CallTx
from control_api.records import Call, Instructions, StoredSegment, StoredTurn, StoredUsage
from control_api.spoken_terms import terms_of
from shared.call_report import Usage
from shared.call_state import CallState
from shared.ids import CallId, Identity, RoomName
from shared.tokens import Tokens
from tests.fakes.call_store import MemoryStore
from tests.support.calls import T0, a_call

HOUR_MS = 3_600_000
FIRST_CALL = (
    "INSERT INTO calls (id, version, room_name, call_type, caller_id, caller_name, created_at_ms, ai_enabled,"
    " recording_enabled, voice, room_closed, status, end_decided, agent_epoch, agent_dispatches, metadata,"
    " system_prompt) VALUES ('ann-1', 1, 'r', 'support', 'u', 'U', 7, 1, 1, 'alloy', 1, 'completed', 0, 1, 1,"
    " '{}', '')"
)
"""In the first schema."""
ANNS, BOBS = CallId("ann-1"), CallId("bob-1")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallStore]:
    opened = MemoryStore() if request.param == "memory" else await open_store(f"sqlite:///{tmp_path}/voice.db")
    yield opened
    await opened.aclose()


def a_past_call(call_id: CallId, *, at_ms: int = T0, **more: object) -> Call:
    usual = {"status": CallState.COMPLETED, "connected_at_ms": at_ms + 1_000, "ended_at_ms": at_ms + 31_000}
    call = a_call(id=call_id, room_name=RoomName(call_id), created_at_ms=at_ms)
    return replace(call, **(usual | more))  # type: ignore[arg-type]


def said(call_id: CallId, segment_id: str, text: str, speaker: str = "agent") -> StoredSegment:
    return StoredSegment(call_id, segment_id, speaker, text, T0, T0 + 500)


async def put(store: CallStore, *calls: Call) -> None:
    def use_case(tx: CallTx) -> None:
        for call in calls:
            tx.insert_call(call, Instructions())

    await store.write(use_case)


async def put_words(store: CallStore, *segments: StoredSegment) -> None:
    def use_case(tx: CallTx) -> None:
        for segment in segments:
            tx.put_segment(segment)

    await store.write(use_case)


async def found(store: CallStore, query: str, **more: object) -> list[str]:
    wanted = CallFilter(terms=terms_of(query), **more)  # type: ignore[arg-type]
    page = await store.survey(lambda tx: tx.page(wanted, limit=9, offset=0))
    assert page.total == len(page.calls)
    return [call.id for call in page.calls]


async def test_calls_are_found_by_what_was_said(store: CallStore) -> None:
    await put(store, a_past_call(ANNS), a_past_call(BOBS, at_ms=T0 + 1, caller_id=Identity("bob")))
    await put_words(
        store,
        said(ANNS, "s1", "My order has not come.", "user-1"),
        said(ANNS, "s2", "I am sorry to hear that. Which café was it?"),
        said(BOBS, "s1", "The order of the parcels, please. It's order_7!", "bob"),
    )
    assert await found(store, "order") == [BOBS, ANNS]
    assert await found(store, "ORDER sorry") == [ANNS], "each term in the call, whoever said it"
    assert await found(store, '"order of the"') == [BOBS]
    assert await found(store, '"order the"') == []
    assert await found(store, "cafe") == [ANNS], "accents do not matter"
    assert await found(store, "parc") == [BOBS], "the beginning of a word"
    assert await found(store, "arcels") == []
    assert await found(store, "it's") == [BOBS]
    assert await found(store, 'order" OR sorry* NEAR(') == [], "no language of the index comes through"
    assert await found(store, "order", user_id=Identity("bob")) == [BOBS]
    assert await found(store, "order", to_ms=T0 + 1) == [ANNS]
    assert await found(store, "order", from_ms=T0 + 1) == [BOBS]


@pytest.mark.parametrize(
    ("text", "finds", "does_not"),
    [
        ("您的订单明天下午到，iPhone坏了。", ["订单", "明天下", "iphone", '"iphone坏"'], ["单订", "phone", "昨天"]),
        ("ご注文の品は明日お届けします", ["注文", "明日", "します"], ["今日"]),
        ("คำสั่งซื้อของคุณ", ["สั่งซื้อ", "คุณ"], ["สังซื้อ"]),
        ("आपका ऑर्डर कल दिल्ली पहुँचेगा", ["ऑर्डर", "दिल्ली", "दिल्"], ["दाल", "र्डर"]),
        ("شُكْرًا لك علی\u200cرضا", ["شكرا", "علی"], ["كرا"]),
        ("Straße, İstanbul, cafe\u0301", ["strasse", "STRASSE", "istanbul", "café", "cafe"], ["tanbul"]),
        ("주문하신 상품은", ["주문", "상품"], ["문하신"]),
        ("ﾃﾞｰﾀ １２３", ["データ", "123"], []),
    ],
)
async def test_words_are_found_in_every_script(
    store: CallStore, text: str, finds: list[str], does_not: list[str]
) -> None:
    await put(store, a_past_call(ANNS))
    await put_words(store, said(ANNS, "s1", text))
    assert [query for query in finds if await found(store, query) != [ANNS]] == []
    assert [query for query in does_not if await found(store, query) != []] == []


async def test_words_of_before_the_index_was_made_anew_are_found(tmp_path: Path) -> None:
    path = tmp_path / "voice.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql(FIRST_CALL)
        connection.commit()
        upgrade(connection, "0010")
        connection.exec_driver_sql("UPDATE calls SET transcript_override = 'Ann: 谢谢'")
        connection.exec_driver_sql(
            "INSERT INTO segments (call_id, segment_id, speaker, text, start_ms, end_ms)"
            " VALUES ('ann-1', 's', 'agent', '订单明天到', 0, 1)"
        )
        connection.commit()
    engine.dispose()
    store = await open_store(f"sqlite:///{path}")
    assert [await found(store, query) for query in ("明天", "谢谢", "昨天")] == [[ANNS], [ANNS], []]
    await store.aclose()


async def test_words_that_changed_are_found_as_they_are_now(store: CallStore) -> None:
    await put(store, a_past_call(ANNS))
    await put_words(store, said(ANNS, "s1", "Good evening."), said(ANNS, "", "A word of an odd name."))
    await put_words(store, said(ANNS, "s1", "Good morning."), said(ANNS, "", "A word of an odd name."))
    assert (await found(store, "evening"), await found(store, "morning")) == ([], [ANNS])
    assert await found(store, "odd") == [ANNS]


async def test_a_transcript_that_was_put_in_is_searched_too(store: CallStore) -> None:
    await put(store, a_past_call(ANNS, transcript_override="Ann: First."), a_past_call(BOBS))
    assert await found(store, "first") == [ANNS]
    for text, query, hits in (("Ann: Second.", "second", [ANNS]), (None, "second", [])):

        def use_case(tx: CallTx, text: str | None = text) -> None:
            call = tx.call(ANNS)
            assert call is not None
            tx.save_call(replace(call, transcript_override=text))

        await store.write(use_case)
        assert await found(store, query) == hits
        assert await found(store, "first") == []


async def test_what_is_erased_is_found_no_more(store: CallStore) -> None:
    await put(store, a_past_call(ANNS, transcript_override="Ann: Override."), a_past_call(BOBS))
    await put_words(store, said(ANNS, "s1", "Mine.", "user-1"), said(ANNS, "s2", "Yours."), said(BOBS, "s1", "Theirs."))
    await store.write(lambda tx: tx.delete_segments(ANNS, "user-1"))
    assert (await found(store, "mine"), await found(store, "yours")) == ([], [ANNS])
    await store.write(lambda tx: tx.delete_call(ANNS))
    await put(store, a_past_call(ANNS))
    assert [await found(store, query) for query in ("yours", "override", "theirs")] == [[], [], [BOBS]]


async def test_the_index_keeps_no_copy_of_what_was_erased(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/voice.db")
    await put(store, a_past_call(ANNS, transcript_override="Ann: Override."))
    await put_words(store, said(ANNS, "s1", "Mine."))
    await store.write(lambda tx: tx.delete_call(ANNS))
    counts = "SELECT (SELECT count(*) FROM spoken), (SELECT count(*) FROM spoken_words)"
    left = await store.read(lambda tx: tx._connection.exec_driver_sql(counts).one())  # type: ignore[attr-defined]
    assert tuple(left) == (0, 0)
    await store.write(
        lambda tx: tx._connection.exec_driver_sql(  # type: ignore[attr-defined]
            "INSERT INTO spoken_words (spoken_words) VALUES ('integrity-check')"
        )
    )
    await store.aclose()


async def summaries(store: CallStore, from_ms: int, to_ms: int, step_ms: int = HOUR_MS) -> list[Summary]:
    return await store.survey(lambda tx: tx.summaries(from_ms, to_ms, step_ms))


async def test_calls_are_counted_by_the_time_at_which_they_were_created(store: CallStore) -> None:
    missed = {"status": CallState.MISSED, "connected_at_ms": None}
    await put(
        store,
        a_past_call(CallId("before"), at_ms=T0 - 1),
        a_past_call(CallId("first"), at_ms=T0),
        a_past_call(CallId("missed"), at_ms=T0 + HOUR_MS - 1, **missed),
        a_past_call(CallId("failed"), at_ms=T0 + 2 * HOUR_MS, status=CallState.FAILED),
        a_past_call(CallId("open"), at_ms=T0 + 2 * HOUR_MS, status=CallState.CONNECTED, ended_at_ms=None),
        a_past_call(CallId("after"), at_ms=T0 + 3 * HOUR_MS),
    )
    assert await summaries(store, T0, T0 + 3 * HOUR_MS) == [
        Summary(T0, calls=2, answered=1, missed=1, talk_s=30),
        Summary(T0 + 2 * HOUR_MS, calls=2, answered=1, failed=1, talk_s=30),
    ]
    assert await summaries(store, T0 + 9 * HOUR_MS, T0 + 10 * HOUR_MS) == []


async def test_a_call_counts_as_one_thing_and_its_talk_as_its_record_has_it(store: CallStore) -> None:
    never: dict[str, Any] = {"connected_at_ms": None}
    odd: dict[str, Any] = {"connected_at_ms": T0 + 1_000, "ended_at_ms": T0 + 2_999}
    await put(
        store,
        a_past_call(CallId("completed"), **odd),
        a_past_call(CallId("failed-later"), status=CallState.FAILED, **odd),
        a_past_call(CallId("failed-at-once"), status=CallState.FAILED, **never),
        a_past_call(CallId("missed"), status=CallState.MISSED, **never),
        a_past_call(CallId("talking"), status=CallState.CONNECTED, ended_at_ms=None),
        a_past_call(CallId("ringing"), status=CallState.RINGING, ended_at_ms=None, **never),
        a_past_call(CallId("clocks"), connected_at_ms=T0 + 5, ended_at_ms=T0),
    )
    [found] = await summaries(store, T0, T0 + HOUR_MS)
    assert (found.answered, found.missed, found.failed, found.waiting) == (3, 1, 2, 1)
    assert found.calls == 7
    assert found.talk_s == 2, "of two calls of 1.999 s, and of one whose clocks went backwards"


@pytest.mark.parametrize(
    ("took", "p50", "p95"), [([None], None, None), ([7], 7, 7), ([9, 1, 5, 3], 3, 9), (list(range(100, 0, -1)), 50, 95)]
)
async def test_percentiles_are_of_the_nearest_rank(
    store: CallStore, took: list[int | None], p50: int | None, p95: int | None
) -> None:
    await put(store, a_past_call(ANNS), a_past_call(BOBS, at_ms=T0 + 1))

    def use_case(tx: CallTx) -> None:
        for turn, response_ms in enumerate(took):
            tx.put_turn(StoredTurn((ANNS, BOBS)[turn % 2], 1, turn, response_ms, False, 0))

    await store.write(use_case)
    [summary] = await summaries(store, T0, T0 + HOUR_MS)
    assert (summary.answers, summary.response_p50_ms, summary.response_p95_ms) == (
        len([one for one in took if one is not None]),
        p50,
        p95,
    )


async def put_usage(store: CallStore, call_id: CallId, *usages: Usage) -> None:
    def use_case(tx: CallTx) -> None:
        for seq, usage in enumerate(usages, 1):
            tx.put_usage(StoredUsage(call_id, 1, seq, usage))

    await store.write(use_case)


async def test_tokens_are_added_up_by_what_they_cost(store: CallStore) -> None:
    await put(store, a_past_call(ANNS), a_past_call(BOBS, at_ms=T0 + HOUR_MS))
    await put_usage(store, ANNS, Usage(100, 50, 30, 90, 40, 20), Usage(10, 5, 0, 3, 3, 0))
    both = Tokens(text_in=50, audio_in=30, cached_in=30, text_out=12, audio_out=43)
    assert await store.read(lambda tx: tx.tokens(ANNS)) == both
    assert await store.read(lambda tx: tx.tokens(BOBS)) == Tokens()
    assert [one.tokens for one in await summaries(store, T0, T0 + 2 * HOUR_MS)] == [{None: both}, {}]


async def test_a_usage_that_is_told_again_takes_the_place_of_the_first(store: CallStore) -> None:
    await put(store, a_past_call(ANNS))
    for usage in (Usage(1, 2, 3, 4, 5, 6), Usage(100, 50, 30, 90, 40, 20)):
        await put_usage(store, ANNS, usage)
    assert await store.read(lambda tx: tx.tokens(ANNS)) == Tokens.of(Usage(100, 50, 30, 90, 40, 20))


ODD = [Usage(*values) for values in product((0, 7), (0, 5), (0, 3, 11), (0, 4, 13), (0, 2, 9), (0, 1, 8))]
"""What no model should tell: more cached than there is, more audio put out than there is of both, and the like."""


async def test_each_usage_is_cut_as_the_worker_cuts_it(store: CallStore) -> None:
    calls = {CallId(f"call-{number}"): usage for number, usage in enumerate(ODD)}
    await put(store, *(a_past_call(call_id) for call_id in calls))

    def use_case(tx: CallTx) -> None:
        for call_id, usage in calls.items():
            tx.put_usage(StoredUsage(call_id, 1, 1, usage))

    await store.write(use_case)
    found = await store.read(lambda tx: {call_id: tx.tokens(call_id) for call_id in calls})
    assert found == {call_id: Tokens.of(usage) for call_id, usage in calls.items()}
    [summary] = await summaries(store, T0, T0 + HOUR_MS)
    assert summary.tokens == {None: sum(found.values(), Tokens())}


async def test_tokens_are_told_by_the_model_that_the_call_asked_for(store: CallStore) -> None:
    third = CallId("ann-2")
    await put(
        store,
        a_past_call(ANNS, model="gpt-realtime"),
        a_past_call(BOBS, at_ms=T0 + 1),
        a_past_call(third, at_ms=T0 + HOUR_MS, model="gpt-realtime"),
        a_past_call(CallId("silent"), at_ms=T0 + HOUR_MS, model="another"),
    )
    for number, call_id in enumerate((ANNS, BOBS, third), 1):
        await put_usage(store, call_id, Usage(number, 0, 0, 0), Usage(number, 0, 0, 0))
    assert [one.tokens for one in await summaries(store, T0, T0 + 2 * HOUR_MS)] == [
        {"gpt-realtime": Tokens(text_in=2), None: Tokens(text_in=4)},
        {"gpt-realtime": Tokens(text_in=6)},
    ]
    [whole] = await summaries(store, T0, T0 + 2 * HOUR_MS, 2 * HOUR_MS)
    assert whole.tokens == {"gpt-realtime": Tokens(text_in=8), None: Tokens(text_in=4)}


async def test_usage_that_was_stored_before_is_kept(tmp_path: Path) -> None:
    """Which of its audio was output is not known: all of it counts as input, as of workers that cannot tell."""
    path = tmp_path / "voice.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql(FIRST_CALL)
        connection.exec_driver_sql("INSERT INTO usage VALUES ('ann-1', 1, 4, 100, 50, 30, 60)")
        connection.commit()
    engine.dispose()
    store = await open_store(f"sqlite:///{path}")
    assert await store.read(lambda tx: tx.tokens(ANNS)) == Tokens.of(Usage(100, 50, 30, 60))
    await put_usage(store, ANNS, Usage(1, 0, 0, 0))
    assert await store.read(lambda tx: tx.tokens(ANNS)) == Tokens(text_in=11, audio_in=60, cached_in=30, text_out=50)
    await store.aclose()
