"""What is started, with which arguments, in which order, and how one knows that it is ready. Pure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.dev.settings import StackSettings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Probe:
    """Ready when ``GET http://host:port/path`` answers 200."""

    port: int
    path: str
    host: str = LOOPBACK


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    name: str
    """Also the name of its log file."""
    title: str
    """For people."""
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)
    probe: Probe
    after: tuple[str, ...] = ()
    """Names of processes that must be ready before this one is started, and stop after it."""
    ready_within_s: float = 60.0
    stop_within_s: float = 12.0
    """Half of it after the first SIGINT, half after the second."""


def stack_specs(settings: StackSettings, secrets: Mapping[str, str], livekit_server: Path | None) -> list[ProcessSpec]:
    """In the order of starting. `livekit_server` is the binary, None when LiveKit is not ours to start."""
    environ = child_environ(settings, secrets)
    specs = [_livekit(settings, livekit_server)] if livekit_server else []
    if settings.starts_realtime:
        specs.append(_realtime(settings, environ))
    specs.append(_api(settings, environ, after=("livekit",) if livekit_server else ()))
    needed = tuple(spec.name for spec in specs)
    return specs + [_worker(settings, environ, needed, number) for number in range(1, settings.workers + 1)]


def livekit_url(settings: StackSettings) -> str:
    return (
        settings.environ.get("LIVEKIT_HOST")
        or settings.environ.get("LIVEKIT_URL")
        or f"ws://{LOOPBACK}:{settings.ports['livekit'].number}"
    )


def api_url(settings: StackSettings) -> str:
    return f"http://{LOOPBACK}:{settings.ports['api'].number}"


def child_environ(settings: StackSettings, secrets: Mapping[str, str]) -> dict[str, str]:
    """What every process of ours gets: what the settings say, else what fits the other processes of this stack."""
    defaults = {
        **secrets,
        "VOICE_ENV": "development",
        "LIVEKIT_HOST": livekit_url(settings),
        "VOICE_DATABASE_URL": f"sqlite:///{settings.data_dir / 'voice.db'}",
        "VOICE_DEV_ISSUER_DIR": str(settings.data_dir / "dev-issuer"),
        "VOICE_WORKER_SPOOL_DIR": str(settings.data_dir / "spool"),
        "VOICE_RECORDING_SPOOL_DIR": str(settings.data_dir / "recording-spool"),
        "VOICE_SPEECH_SPOOL_DIR": str(settings.data_dir / "speech-spool"),
        "LIVEKIT_RECORDING_BUCKET": f"file://{settings.data_dir / 'recordings'}",
        "VOICE_API_URL": api_url(settings),
        "VOICE_API_PORT": str(settings.ports["api"].number),
        "VOICE_WORKER_HEALTH_PORT": str(settings.ports["worker_health"].number),
        "LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0",  # 165 MB idle instead of 412
        "PYTHONUNBUFFERED": "1",
    }
    if settings.starts_realtime:
        defaults["OPENAI_API_KEY"] = "local"
        # Not a default: a base URL without a key would send the caller's voice to a stranger.
        return defaults | dict(settings.environ) | {"OPENAI_BASE_URL": f"{_realtime_url(settings)}/v1"}
    return defaults | dict(settings.environ)


def _realtime_url(settings: StackSettings) -> str:
    return f"http://{LOOPBACK}:{settings.ports['realtime'].number}"


def _livekit(settings: StackSettings, binary: Path) -> ProcessSpec:
    argv = (str(binary), "--config", str(settings.run_dir / "livekit.yaml"))
    # Nothing of ours is its business: it reads settings from the environment too.
    environ = {key: settings.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in settings.environ}
    probe = Probe(settings.ports["livekit"].number, "/")
    return ProcessSpec("livekit", "LiveKit", argv, environ, probe, stop_within_s=4.0)


def _realtime(settings: StackSettings, environ: Mapping[str, str]) -> ProcessSpec:
    port = settings.ports["realtime"].number
    script = ("--script", str(settings.script), "--control") if settings.script else ()
    argv = (sys.executable, "-m", "scripts.local_realtime", "--host", LOOPBACK, "--port", str(port), *script)
    return ProcessSpec("realtime", "local Realtime server", argv, environ, Probe(port, "/healthz"))


def _api(settings: StackSettings, environ: Mapping[str, str], after: tuple[str, ...]) -> ProcessSpec:
    probe = Probe(settings.ports["api"].number, "/readyz")
    return ProcessSpec("api", "control API", (sys.executable, "-m", "control_api"), environ, probe, after)


def _worker(settings: StackSettings, environ: Mapping[str, str], after: tuple[str, ...], number: int) -> ProcessSpec:
    """``worker``, ``worker_2``, ``worker_3`` ..."""
    suffix = "" if number == 1 else f"_{number}"
    port = settings.ports[f"worker_health{suffix}"].number
    title = "worker" if number == 1 else f"worker {number}"
    own = {**environ, "VOICE_WORKER_HEALTH_PORT": str(port)}
    probe = Probe(port, "/readyz")
    # Who starts it again is this stack; and what is measured and killed by its number is the worker itself.
    argv = (sys.executable, "-m", "worker", "--alone")
    return ProcessSpec(f"worker{suffix}", title, argv, own, probe, after)
