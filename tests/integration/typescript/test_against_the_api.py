"""The contract's own React example, and the client package, against the real API and a real LiveKit server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from livekit import rtc

from scripts.bootstrap.node_toolchain import CLIENT, Node
from tests.support.api_process import ApiProcess, running_api
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.typescript import DATA, ROOT, compile_project, run, running

ENDED_WITHIN_S = 10.0


@pytest.fixture
def livekit(tmp_path: Path) -> Iterator[LiveKitServer]:
    with running_livekit(tmp_path / "livekit") as server:
        yield server


@pytest.fixture
def api(tmp_path: Path, livekit: LiveKitServer) -> Iterator[ApiProcess]:
    with running_api(tmp_path / "api", livekit) as process:
        yield process


async def test_the_contracts_react_example(node: Node, api: ApiProcess, livekit: LiveKitServer, tmp_path: Path) -> None:
    example = compiled_example(node, tmp_path)
    session_token = api.token("ann")
    with running(node, DATA / "run_example.mjs", example, api.url, SESSION_TOKEN=session_token) as page:
        joined = page.ask("start")
        room, gone = rtc.Room(), asyncio.Event()
        room.on("disconnected", lambda *_: gone.set())
        await room.connect(livekit.url, joined["token"])
        assert (room.name, room.local_participant.identity) == (joined["roomName"], "ann")
        assert page.ask(f"end {joined['roomName']}") == {"ended": joined["roomName"]}
        async with asyncio.timeout(ENDED_WITHIN_S):
            await gone.wait()
        await room.disconnect()
    assert (await record(api, session_token, joined["roomName"]))["endReason"] == "ended_by_api"


def test_the_examples_error_is_the_contracts_phrase(node: Node, api: ApiProcess, tmp_path: Path) -> None:
    example = compiled_example(node, tmp_path)
    with running(node, DATA / "run_example.mjs", example, api.url, SESSION_TOKEN="nonsense") as page:
        assert page.ask("start") == {"error": "Unauthorized"}


def test_the_client_package(node: Node, api: ApiProcess, tmp_path: Path) -> None:
    out = tmp_path / "client"
    run(node, "generate/copy-types.mjs", cwd=ROOT / CLIENT)
    run(node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--outDir", out, cwd=ROOT / CLIENT)
    (out / "package.json").write_text('{"type": "module"}')
    said = json.loads(run(node, DATA / "use_client.mjs", out / "index.js", api.url, SESSION_TOKEN=api.token("ann")))
    assert said["session"]["roomName"] == "typed-room"
    assert said["metadata"] == {"order": 8}
    assert said["listed"] == [said["session"]["callId"]]
    codes = said["taken"], said["invalid"], said["stranger"]
    assert codes == ("room_taken", "invalid_request", "unauthorized")
    assert said["duration"] == 0
    assert [told for told in said["followed"] if not told.startswith("ready")] == ["ringing", "dispatched", "ended"]
    assert "ready true" in said["followed"], "it was cut in the middle, and went on"


def compiled_example(node: Node, directory: Path) -> Path:
    """The example as it stands, made a module whose functions can be called."""
    source = directory / "react_example.ts"
    source.write_text((DATA / "react_example.ts").read_text() + "\nexport { startVoiceCall, endVoiceCall };\n")
    options = {"paths": {"@/*": [f"{ROOT}/*"]}, "lib": ["ES2022", "DOM"], "types": []}
    out = compile_project(node, directory, options, [source, DATA / "page.d.ts"])
    return next(out.rglob("react_example.js"))


async def record(api: ApiProcess, token: str, room: str) -> dict[str, object]:
    async with httpx2.AsyncClient(base_url=api.url, headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.get("/api/voice/session", params={"roomName": room})
        session: dict[str, object] = answer.json()["session"]
        return session
