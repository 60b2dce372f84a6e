"""What is measured, one function each; all in one run, so that the machine is the same for all."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.bench_api.event_streams import followed
from scripts.bench_api.load import Connection, LoadFailed, Request, paced, saturate
from scripts.bench_api.people import People, user_name
from scripts.bench_api.processes import Server, cores, running_api, running_bare, running_livekit
from scripts.bench_api.records import fill, room_of
from scripts.bench_api.requests import ending, opening, reads, webhooks

USERS = 500
ADMINS = 50
CONNECTIONS = 16
ROUNDS = 3
WARM_UP = 1_000
OPENED_CALLS = 100
MEMORY_STEPS = 4


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    measured: str
    goal: str
    is_met: bool


async def read_rows(directory: Path, seconds: float) -> list[Row]:
    """``GET /session?roomName`` against the bare application, in turns; then the latency of both at half of its
    best: what the bare one has is the machine's."""
    people, server_core = People(), cores()[0]
    await fill(f"sqlite:///{directory / 'voice.db'}", USERS)
    request = reads([people.token(user_name(number)) for number in range(USERS)])
    with running_api(directory, people.settings, server_core) as api:
        answer = _fetch(api, people)
        with running_bare(directory, answer, server_core) as bare:
            turns = [await _turn(bare, api, request, seconds) for _ in range(ROUNDS)]
            ours = statistics.median(turn.api_per_s for turn in turns)
            half, control = [
                await paced(one.port, request, connections=CONNECTIONS, seconds=seconds, per_second=ours / 2)
                for one in (api, bare)
            ]
    p99_ms = half.expect(200).percentile_ms(0.99)
    ratio = statistics.median(turn.ratio for turn in turns)
    cpu_ratio = statistics.median(turn.cpu_ratio for turn in turns)
    bare_per_s = statistics.median(turn.bare_per_s for turn in turns)
    return [
        Row(
            "GET /session?roomName, of the bare app's requests/s",
            f"{ratio:.1%} ({ours:.0f} of {bare_per_s:.0f}/s; by CPU time {cpu_ratio:.1%})",
            "15 %",
            ratio >= 0.15,
        ),
        Row(
            f"the same at half of that load ({ours / 2:.0f}/s), p99",
            f"{p99_ms:.1f} ms (p50 {half.percentile_ms(0.5):.1f} ms; the bare app at that rate: p99 "
            f"{control.percentile_ms(0.99):.1f} ms, p50 {control.percentile_ms(0.5):.1f} ms)",
            "< 10 ms",
            p99_ms < 10,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Turn:
    bare_per_s: float
    api_per_s: float
    bare_cpu_us: float
    api_cpu_us: float

    @property
    def ratio(self) -> float:
        return self.api_per_s / self.bare_per_s

    @property
    def cpu_ratio(self) -> float:
        return self.bare_cpu_us / self.api_cpu_us


async def _turn(bare: Server, api: Server, request: Request, seconds: float) -> Turn:
    bare_per_s, bare_us = await _saturated(bare, request, seconds)
    api_per_s, api_us = await _saturated(api, request, seconds)
    return Turn(bare_per_s, api_per_s, bare_us, api_us)


async def _saturated(server: Server, request: Request, seconds: float) -> tuple[float, float]:
    """Requests per second, and microseconds of CPU for each."""
    (await saturate(server.port, request, connections=CONNECTIONS, count=WARM_UP)).expect(200)
    before_s = server.cpu_s()
    result = (await saturate(server.port, request, connections=CONNECTIONS, seconds=seconds)).expect(200)
    return result.per_second, (server.cpu_s() - before_s) / result.count * 1e6


def _fetch(api: Server, people: People) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{api.port}/api/voice/session?roomName={room_of(0)}",
        headers={"Authorization": f"Bearer {people.token(user_name(0))}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        body: bytes = answer.read()
    return body


async def open_row(directory: Path) -> Row:
    """``POST /session``, one after the other, with a real LiveKit on the other core; each call is ended again."""
    people, (server_core, other_core) = People(), cores()
    token = people.token("caller")
    with (
        running_livekit(directory, other_core) as livekit,
        running_api(directory, people.settings | dict(livekit.settings), server_core) as api,
    ):
        loop = asyncio.get_running_loop()
        _, link = await loop.create_connection(Connection, "127.0.0.1", api.port)
        latencies_ms = [await _open_and_end(link, token) for _ in range(OPENED_CALLS)]
        link.close()
    settled = sorted(latencies_ms[OPENED_CALLS // 10 :])
    p50_ms = statistics.median(settled)
    measured = f"{p50_ms:.1f} ms (p95 {settled[int(len(settled) * 0.95)]:.1f} ms)"
    return Row("POST /session with a real LiveKit, p50", measured, "< 20 ms", p50_ms < 20)


async def _open_and_end(link: Connection, token: str) -> float:
    started = time.perf_counter()
    status = await link.ask(opening(token))
    took_ms = (time.perf_counter() - started) * 1000
    if status != 200:
        raise LoadFailed(f"opening a call was answered {status}: {link.body[:300]!r}")
    await link.ask(ending(token, json.loads(link.body)["session"]["roomName"]))
    return took_ms


async def events_row(directory: Path, seconds: float) -> Row:
    """Event streams of 500 clients, of which every tenth is an admin's and hears of everything."""
    people, server_core = People(), cores()[0]
    callers = USERS - ADMINS
    call_ids = await fill(f"sqlite:///{directory / 'voice.db'}", callers)
    worker_token = "w" * 40
    tokens = [people.token(user_name(number)) for number in range(callers)]
    tokens += [people.token(f"admin_{number}", is_admin=True) for number in range(ADMINS)]
    with running_api(directory, people.settings | {"VOICE_WORKER_TOKEN": worker_token}, server_core) as api:
        before_s = api.cpu_s()
        arrivals = await followed(api.port, worker_token, tokens, ADMINS, call_ids, seconds=seconds)
        cores_used, memory_mb = (api.cpu_s() - before_s) / seconds, api.memory_mb()
    arrived = len(arrivals.latencies_ms)
    p50_ms, p95_ms = arrivals.percentile_ms(0.5), arrivals.percentile_ms(0.95)
    worst_ms = arrivals.percentile_ms(1)
    arrived_of = f"{arrived} of {arrivals.expected} arrived"
    measured = (
        f"{p95_ms:.1f} ms (p50 {p50_ms:.1f} ms, worst {worst_ms:.0f} ms; {arrived_of}; "
        f"{cores_used:.2f} cores with opening the streams, {memory_mb:.0f} MB)"
    )
    return Row(f"an event to {USERS} streams, p95", measured, "< 300 ms", arrived == arrivals.expected and p95_ms < 300)


async def webhook_row(directory: Path, seconds: float) -> Row:
    """Different signed events as fast as they are taken; each is on disk when it is answered."""
    people, secret = People(), "s" * 40
    livekit = {"LIVEKIT_HOST": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "bench", "LIVEKIT_API_SECRET": secret}
    request = webhooks("bench", secret, int(seconds * 4000) + WARM_UP)
    with running_api(directory, people.settings | livekit, cores()[0]) as api:
        (await saturate(api.port, request, connections=CONNECTIONS, count=WARM_UP)).expect(200)
        result = await saturate(
            api.port, lambda number: request(WARM_UP + number), connections=CONNECTIONS, seconds=seconds
        )
    rate = result.expect(200).per_second
    measured = f"{rate:.0f}/s (p99 {result.percentile_ms(0.99):.0f} ms, {CONNECTIONS} connections)"
    return Row("POST /webhook, signed events into the durable inbox", measured, ">= 1,000/s", rate >= 1000)


async def memory_row(directory: Path, requests: int) -> Row:
    people = People()
    await fill(f"sqlite:///{directory / 'voice.db'}", USERS)
    request = reads([people.token(user_name(number)) for number in range(USERS)])
    with running_api(directory, people.settings, cores()[0]) as api:
        (await saturate(api.port, request, connections=CONNECTIONS, count=WARM_UP)).expect(200)
        seen_mb = [api.memory_mb()]
        for _ in range(MEMORY_STEPS):
            (await saturate(api.port, request, connections=CONNECTIONS, count=requests // MEMORY_STEPS)).expect(200)
            seen_mb.append(api.memory_mb())
    steps = ", ".join(f"{mb:.0f}" for mb in seen_mb)
    return Row(f"memory after {requests:,} requests", f"{seen_mb[-1]:.0f} MB ({steps})", "< 150 MB", seen_mb[-1] < 150)


def as_table(rows: Sequence[Row]) -> str:
    lines = ["| what | measured | goal | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.goal} | {'yes' if row.is_met else 'no'} |" for row in rows]
    return "\n".join(lines)
