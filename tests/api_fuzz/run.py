"""One run: a media server, an API, somebody at the other end, and Schemathesis as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.dev.free_ports import free_port
from tests.api_fuzz.inhabitants import Inhabitants
from tests.support.api_process import ApiProcess, running_api
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.worker_double import a_worker

HERE = Path(__file__).parent
_MANY = "1000000"
SETTINGS = {
    # What is refused for being too often is not looked at.
    "VOICE_RATE_SESSION_PER_HOUR": _MANY,
    "VOICE_RATE_REALTIME_PER_HOUR": _MANY,
    "VOICE_RATE_RECORDING_PER_HOUR": _MANY,
    "VOICE_RATE_READ_PER_15_MIN": _MANY,
    "VOICE_RATE_ADMIN_READ_PER_15_MIN": _MANY,
    # Enough calls to find things in; not so many that the media server is what is tested.
    "VOICE_MAX_OPEN_CALLS_PER_USER": "30",
    "VOICE_NO_SHOW_S": "20",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    is_clean: bool
    """Nothing was found, and the API logged no error."""
    cases: int
    text: str
    """What Schemathesis printed, each failure with a request that shows it; then the API's errors."""


async def fuzz(directory: Path, *, seed: int, max_examples: int) -> Outcome:
    """`max_examples`: requests per operation and phase; a run makes some dozens of times as many cases."""
    port = free_port()
    hook = f"http://127.0.0.1:{port}/api/voice/webhook"
    with (
        running_livekit(directory / "livekit", webhook_url=hook) as livekit,
        running_api(directory / "api", livekit, port=port, **SETTINGS) as target,
    ):
        async with a_worker(target.url, target.worker_token, slots=500) as worker:
            living = asyncio.create_task(Inhabitants(target, livekit, worker).live())
            try:
                status, text = await _schemathesis(directory, target, livekit, seed=seed, max_examples=max_examples)
            finally:
                living.cancel()
                with suppress(asyncio.CancelledError):
                    await living
        errors = [line for line in target.log.splitlines() if '"level": "error"' in line]
        return Outcome(status == 0 and not errors, _cases(text), "\n".join([text, *errors]))


async def _schemathesis(
    directory: Path, target: ApiProcess, livekit: LiveKitServer, *, seed: int, max_examples: int
) -> tuple[int, str]:
    users = directory / "users.json"
    users.write_text(json.dumps({"auth": [_user(target, "ann"), _user(target, "bob")]}))
    arguments = ["--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing,stateful"]
    arguments += ["--seed", str(seed), "--max-examples", str(max_examples), "--workers", "1"]
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(HERE / "schemathesis.toml"), "run", f"{target.url}/api/voice/openapi.json", *arguments),
        cwd=directory,
        env=_environment(users, livekit),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


def _user(target: ApiProcess, name: str) -> Mapping[str, object]:
    header = {"name": "Authorization", "value": f"Bearer {target.token(name, name.title())}"}
    return {"name": name, "fixedHeaders": [header]}


def _environment(users: Path, livekit: LiveKitServer) -> dict[str, str]:
    return {
        **os.environ,
        "NO_COLOR": "1",
        "FUZZ_HOOKS": str(HERE / "hooks.py"),
        "FUZZ_USERS": str(users),
        "FUZZ_LIVEKIT_KEY": livekit.api_key,
        "FUZZ_LIVEKIT_SECRET": livekit.api_secret,
    }


def _cases(text: str) -> int:
    found = re.search(r"(\d+) generated", text)
    return 0 if found is None else int(found.group(1))
