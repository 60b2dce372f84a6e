"""The system under test: the processes of `make run`, with a proxy of ours in every connection between them.

What is started, how, and when it is ready is read from `scripts.dev.specs`. Unlike `make run` nobody starts a dead
process again: how long something stays away is part of a scenario.

```
caller ──signalling──▶ LiveKit ──webhooks──▶ API ──livekit_of_api──▶ LiveKit
                       worker ──api_of_workers──▶ API      worker ──model──▶ local Realtime server
                       worker ──rooms_of_workers──▶ LiveKit
```
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
from livekit import api as livekit_api

from control_api.adapters.dev_issuer import DevIssuer, open_dev_issuer
from scripts.bootstrap import livekit_server
from scripts.dev import secrets_file, settings
from scripts.dev.free_ports import free_port, ports_of_a_stack
from scripts.dev.guardian import Guardian
from scripts.dev.livekit_config import livekit_config
from scripts.dev.specs import LOOPBACK, ProcessSpec, stack_specs
from scripts.faults.broken import Broken
from scripts.faults.frame_proxy import FrameProxy, frame_proxy
from scripts.faults.model import Model
from scripts.faults.part import ROOT, Part
from scripts.faults.tcp_proxy import TcpProxy, tcp_proxy

MODEL_KEY = "sk-local-4f1d9c7a2b"
"""What the worker shows to the model; no log may hold it."""
UNHURRIED = {
    "VOICE_RATE_SESSION_PER_HOUR": "1000000",
    "VOICE_RATE_REALTIME_PER_HOUR": "1000000",
    "VOICE_RATE_READ_PER_15_MIN": "1000000",
    "VOICE_RATE_ADMIN_READ_PER_15_MIN": "1000000",
}
"""Scenarios call and look more often than a user may."""


@dataclass(frozen=True, slots=True)
class Proxies:
    model: TcpProxy
    """Workers to the model."""
    livekit_of_api: TcpProxy
    """The API to LiveKit."""
    webhooks: TcpProxy
    """LiveKit to the webhook route."""
    signalling: TcpProxy
    """Callers to LiveKit; their media goes by UDP."""
    api_of_workers: TcpProxy
    rooms_of_workers: FrameProxy
    """Agents and recorders to LiveKit; their media goes by UDP."""

    def all(self) -> tuple[TcpProxy, ...]:
        return (
            self.model,
            self.livekit_of_api,
            self.webhooks,
            self.signalling,
            self.api_of_workers,
            self.rooms_of_workers,
        )


@dataclass(frozen=True, slots=True)
class Stack:
    livekit: Part
    realtime: Part
    api: Part
    workers: tuple[Part, ...]
    proxies: Proxies
    model: Model
    http: aiohttp.ClientSession
    data_dir: Path
    api_url: str
    livekit_url: str
    """Without a proxy."""
    secrets: Mapping[str, str]
    issuer: DevIssuer

    @property
    def worker(self) -> Part:
        """The first one, where it does not matter which."""
        return self.workers[0]

    @property
    def parts(self) -> tuple[Part, ...]:
        """In the order of starting."""
        return (self.livekit, self.realtime, self.api, *self.workers)

    @property
    def database(self) -> Path:
        return self.data_dir / "voice.db"

    @property
    def temporary_dir(self) -> Path:
        return self.data_dir / "tmp"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"

    @property
    def rooms(self) -> livekit_api.LiveKitAPI:
        """LiveKit's own API, asked directly."""
        url = self.livekit_url.replace("ws://", "http://", 1)
        key, secret = self.secrets["LIVEKIT_API_KEY"], self.secrets["LIVEKIT_API_SECRET"]
        return livekit_api.LiveKitAPI(url, key, secret, session=self.http)

    async def restore(self, api_settings: Mapping[str, str]) -> None:
        """Everything runs and nothing misbehaves, as at the beginning; the API with these settings."""
        for proxy in self.proxies.all():
            proxy.heal()
        for part in self.parts:
            part.unwedge()
        if self.api.with_settings(api_settings):
            await self.api.stop()
        for worker in self.workers:
            if worker.with_settings({}):
                await worker.stop()
        for part in self.parts:
            if not part.runs:
                await part.launch()
        for part in self.parts:
            await part.ensure()
        await self.model.play()

    async def restart_workers(self, settings: Mapping[str, str], *, supervised: bool = False) -> None:
        """With other settings, or each under its supervisor, until `restore`."""
        for worker in self.workers:
            worker.with_settings(settings, supervised=supervised)
            await worker.stop()
        for worker in self.workers:
            await worker.launch()
        for worker in self.workers:
            await worker.until_ready()


@contextlib.asynccontextmanager
async def running_stack(data_dir: Path, *, workers: int = 2, slots: int = 10) -> AsyncIterator[Stack]:
    """A ready stack, of which nothing is left when the block ends."""
    binary = livekit_server.find(ROOT)
    if binary is None:
        raise Broken("livekit-server is neither on PATH nor in .tools/bin: `make livekit` finds or builds it.")
    (data_dir / "tmp").mkdir(parents=True, exist_ok=True)
    (data_dir / "logs").mkdir(exist_ok=True)
    found = settings.load(_environ(data_dir, slots), data_dir=data_dir, script=_script(data_dir))
    async with contextlib.AsyncExitStack() as closing:
        guardian = closing.enter_context(contextlib.closing(Guardian()))
        proxies = await _proxies(found, closing)
        secrets = secrets_file.ensure(data_dir / "dev/secrets.env")
        _write_livekit_config(found, proxies, secrets)
        specs = {spec.name: spec for spec in stack_specs(found, secrets, binary)}
        parts = {
            name: Part(spec, data_dir / "logs", guardian) for name, spec in _through(proxies, found, specs, workers)
        }
        http = await closing.enter_async_context(aiohttp.ClientSession())
        stack = Stack(
            livekit=parts["livekit"],
            realtime=parts["realtime"],
            api=parts["api"],
            workers=tuple(part for name, part in parts.items() if name.startswith("worker")),
            proxies=proxies,
            model=Model(f"http://{LOOPBACK}:{found.ports['realtime'].number}", http),
            http=http,
            data_dir=data_dir,
            api_url=f"http://{LOOPBACK}:{found.ports['api'].number}",
            livekit_url=f"ws://{LOOPBACK}:{found.ports['livekit'].number}",
            secrets=secrets,
            issuer=open_dev_issuer(data_dir / "dev-issuer"),
        )
        for part in stack.parts:
            closing.push_async_callback(part.stop)
        await stack.restore({})
        yield stack


def _environ(data_dir: Path, slots: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        **ports_of_a_stack(),
        **UNHURRIED,
        "VOICE_WORKER_SLOTS": str(slots),
        "TMPDIR": str(data_dir / "tmp"),
    }


def _script(data_dir: Path) -> Path:
    path = data_dir / "script.yaml"
    path.write_text("turns: [{hears: ready, says: ready}]\n")
    return path


async def _proxies(found: settings.StackSettings, closing: contextlib.AsyncExitStack) -> Proxies:
    async def before(name: str) -> TcpProxy:
        return await closing.enter_async_context(tcp_proxy(found.ports[name].number))

    return Proxies(
        model=await before("realtime"),
        livekit_of_api=await before("livekit"),
        webhooks=await before("api"),
        signalling=await before("livekit"),
        api_of_workers=await before("api"),
        rooms_of_workers=await closing.enter_async_context(frame_proxy(found.ports["livekit"].number)),
    )


def _write_livekit_config(found: settings.StackSettings, proxies: Proxies, secrets: Mapping[str, str]) -> None:
    config = livekit_config(
        port=found.ports["livekit"].number,
        udp_port=found.ports["livekit_udp"].number,
        api_key=secrets["LIVEKIT_API_KEY"],
        api_secret=secrets["LIVEKIT_API_SECRET"],
        webhook_url=f"http://{LOOPBACK}:{proxies.webhooks.port}/api/voice/webhook",
    )
    secrets_file.write_private(found.run_dir / "livekit.yaml", config)


def _through(
    proxies: Proxies, found: settings.StackSettings, specs: Mapping[str, ProcessSpec], workers: int
) -> list[tuple[str, ProcessSpec]]:
    """The same processes, each reaching the others through the proxies, and as many workers as wanted."""
    ways = {
        "LIVEKIT_HOST": f"ws://{LOOPBACK}:{proxies.signalling.port}",
        "OPENAI_API_KEY": MODEL_KEY,
        "OPENAI_BASE_URL": f"http://{LOOPBACK}:{proxies.model.port}/v1",
        "VOICE_API_URL": f"http://{LOOPBACK}:{proxies.api_of_workers.port}",
    }
    api = {**ways, "LIVEKIT_INTERNAL_URL": f"ws://{LOOPBACK}:{proxies.livekit_of_api.port}"}
    worker = {**ways, "LIVEKIT_INTERNAL_URL": f"ws://{LOOPBACK}:{proxies.rooms_of_workers.port}"}
    specs_of_all = [specs["livekit"], specs["realtime"], _with(specs["api"], api)]
    for number in range(1, workers + 1):
        port = free_port()
        spec = _with(specs["worker"], {**worker, "VOICE_WORKER_HEALTH_PORT": str(port)})
        specs_of_all.append(replace(spec, name=f"worker-{number}", probe=replace(spec.probe, port=port)))
    return [(spec.name, spec) for spec in specs_of_all]


def _with(spec: ProcessSpec, environ: Mapping[str, str]) -> ProcessSpec:
    return replace(spec, environ={**spec.environ, **environ})
