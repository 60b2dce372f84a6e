"""The worker as a process: signals, its own death, an API that comes and goes."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

from shared.call_report import AgentJoined, CallEnded
from shared.call_state import EndReason
from tests.integration.worker.stack import Stack, until
from tests.integration.worker.worker_process import ROOT, SLOTS, RunningWorker
from tests.support.until import patient

NO_PROXY_AT_ALL = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
"""Nobody answers there: who asked this machine through it would never get ready."""


async def test_sigint_ends_calls_and_does_not_wait_for_them(own_worker: RunningWorker) -> None:
    own_worker.environment |= NO_PROXY_AT_ALL
    own_worker.start()
    async with Stack(own_worker) as stack:
        held, phone = await stack.begin_call()
        own_worker.signal(signal.SIGINT)
        assert await own_worker.exit_status(patient(5)) == 0, own_worker.log[-2000:]
        (ended,) = stack.control.events(held.call_id, CallEnded)
        assert ended.reason is EndReason.ENDED_BY_API
        await until("the room is told", lambda: phone.told_reason == "ended_by_api", limit_s=3)


async def test_sigterm_drains_and_a_second_one_changes_nothing(own_worker: RunningWorker) -> None:
    own_worker.start()
    async with Stack(own_worker) as stack:
        held, phone = await stack.begin_call()
        own_worker.signal(signal.SIGTERM)
        await stack.control.wait_for("no slot is free", lambda: stack.control.heartbeats[-1].free_slots == 0)
        own_worker.signal(signal.SIGTERM)
        late = await stack.open_call()
        seen = len(stack.control.heartbeats)
        await stack.control.wait_for("it lives on", lambda: len(stack.control.heartbeats) > seen + 3)
        assert stack.control.heartbeats[-1].calls == (held,)
        assert stack.control.events(late.call_id, AgentJoined) == []
        assert own_worker.runs
        await phone.hang_up()
        assert await own_worker.exit_status() == 0, own_worker.log[-2000:]
        (ended,) = stack.control.events(held.call_id, CallEnded)
        assert ended.reason is EndReason.CALLER_HUNG_UP


async def test_a_drain_has_an_end(own_worker: RunningWorker) -> None:
    own_worker.environment["VOICE_DRAIN_S"] = "1"
    own_worker.start()
    async with Stack(own_worker) as stack:
        held, _ = await stack.begin_call()
        own_worker.signal(signal.SIGTERM)
        assert await own_worker.exit_status() == 0, own_worker.log[-2000:]
        (ended,) = stack.control.events(held.call_id, CallEnded)
        assert ended.reason is EndReason.ENDED_BY_API


async def test_what_a_killed_worker_had_to_say_is_said_by_the_next(own_worker: RunningWorker) -> None:
    own_worker.start()
    async with Stack(own_worker) as stack:
        stack.control.report_status = 503
        held = await stack.open_call()
        await stack.join(held)
        await until("it has joined", lambda: "agent joined" in own_worker.log)
        own_worker.stop()
        assert stack.control.events(held.call_id, AgentJoined) == []
        stack.control.report_status = None
        own_worker.start()
        # What the first had sent may be taken after its death; a signal needs a second one that listens.
        await own_worker.until_ready()
        await stack.control.wait_for_report(held.call_id, AgentJoined, limit_s=30)
        own_worker.signal(signal.SIGINT)
        assert await own_worker.exit_status() == 0
        assert list((own_worker.directory / "spool").iterdir()) == []


async def test_a_call_does_not_notice_an_api_that_is_away(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await stack.control.stop()
    await _until_not_ready(stack)
    await phone.hang_up()
    await stack.control.start()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=15)
    assert ended.reason is EndReason.CALLER_HUNG_UP
    await stack.worker.until_ready()
    assert stack.control.hellos[-1].slots == SLOTS


async def test_answers_that_get_lost_make_no_report_count_twice(stack: Stack) -> None:
    stack.control.fail_next_reports = 2
    stack.control.drop_next_reports = 1
    held, phone = await stack.begin_call()
    await phone.hang_up()
    await stack.control.wait_for_report(held.call_id, CallEnded)
    seqs = [report.seq for report in stack.control.reports if report.call_id == held.call_id]
    assert seqs == list(range(1, len(seqs) + 1))


def test_without_settings_it_says_what_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worker"], cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    for name in ("LIVEKIT_HOST", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "VOICE_WORKER_TOKEN", "OPENAI_API_KEY"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


async def _until_not_ready(stack: Stack) -> None:
    async with asyncio.timeout(10):
        while True:
            status, body = await stack.worker.ready_status()
            if status == 503 and '"api"' in body:
                return
            await asyncio.sleep(0.05)
