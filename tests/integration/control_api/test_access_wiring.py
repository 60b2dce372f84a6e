"""The application as its settings build it: Clerk's key, a real Redis."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
import pytest

from control_api.settings import load_settings
from control_api.wiring import running_app
from tests.fakes.clerk import ISSUER, PARTY, claims, mint, pem_of, rsa_key
from tests.support.api_client import SESSION
from tests.support.redis_server import running_redis


async def test_two_processes_of_the_api_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_redis(tmp_path) as redis:
        environment = {
            "CLERK_ISSUER": ISSUER,
            "CLERK_JWT_KEY": pem_of(rsa_key("first")),
            "CLERK_AUTHORIZED_PARTIES": PARTY,
            "REDIS_URL": redis.url,
            "VOICE_RATE_READ_PER_15_MIN": "5",
            "VOICE_ENV": "production",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        statuses: list[int] = []
        for name in ("one", "two"):
            monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / name}.db")
            statuses += await _read_four_times()
    assert statuses == [200] * 5 + [429] * 3


async def _read_four_times() -> list[int]:
    headers = {"Authorization": f"Bearer {mint(claims(time.time()))}"}
    async with running_app(load_settings()) as app:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://api.example") as http:
            return [(await http.get(SESSION, headers=headers)).status_code for _ in range(4)]
