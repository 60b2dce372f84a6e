"""The running API, and through it the workers that it hears of."""

from __future__ import annotations

import json

from control_api.doctor.fetch import NoAnswer, fetch, place
from control_api.doctor.findings import Finding, ok, problem, skipped
from control_api.settings import Settings

NAME = "worker"
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to knock when it listens on all


def own_url(settings: Settings) -> str:
    host = ANY_ADDRESS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


async def check_workers(url: str) -> Finding:
    try:
        answer = await fetch("GET", f"{url}/readyz")
    except NoAnswer as why:
        return skipped(
            NAME,
            f"the API at {place(url)} cannot be asked: {why}.",
            "Start it (`make run`), then ask the doctor again.",
        )
    try:
        workers = json.loads(answer.body)["workers"]
        seen, free_slots = int(workers["seen"]), int(workers["freeSlots"])
    except (ValueError, TypeError, KeyError):
        return problem(
            NAME, f"{place(url)} is not this API.", "Set VOICE_API_HOST and VOICE_API_PORT as the API has them."
        )
    if not seen:
        return problem(
            NAME,
            "the API has heard of no worker: calls with an agent end with no_agent.",
            "Start one with this VOICE_API_URL and VOICE_WORKER_TOKEN, and look at its log.",
        )
    return ok(NAME, f"{seen} connected, {free_slots} free slots.")
