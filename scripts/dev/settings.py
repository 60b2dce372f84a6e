"""What the stack is made of, read from ``.env`` and the environment (which wins). An empty value counts as unset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dotenv import dotenv_values

from shared.env import SettingsError
from shared.setting_names import KNOWN
from shared.written import plain


@dataclass(frozen=True, slots=True)
class Port:
    number: int
    variable: str
    """The environment variable that moves it."""
    wanted_by: str
    udp: bool = False


PORTS = {
    "livekit": Port(7880, "VOICE_LIVEKIT_PORT", "LiveKit"),
    "livekit_udp": Port(7882, "VOICE_LIVEKIT_UDP_PORT", "LiveKit's media", udp=True),
    "api": Port(8080, "VOICE_API_PORT", "the control API"),
    "realtime": Port(8765, "VOICE_REALTIME_PORT", "the local Realtime server"),
    "worker_health": Port(8081, "VOICE_WORKER_HEALTH_PORT", "the worker's health check"),
}
"""The defaults of `make run`."""


@dataclass(frozen=True, slots=True)
class StackSettings:
    environ: Mapping[str, str] = field(repr=False)
    """``.env`` under the environment; what the processes are started with."""
    ports: Mapping[str, Port]
    data_dir: Path
    script: Path | None = None
    """Makes the local Realtime server deterministic, or misbehave."""
    workers: int = 1

    @property
    def starts_livekit(self) -> bool:
        """False when the settings name a LiveKit that is not ours to start."""
        return not (self.environ.get("LIVEKIT_HOST") or self.environ.get("LIVEKIT_URL"))

    @property
    def starts_realtime(self) -> bool:
        return not self.environ.get("OPENAI_API_KEY")

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def logs_dir(self) -> Path:
        return self.data_dir / "logs"

    def ports_in_use(self) -> list[Port]:
        """The ports that processes of this stack will listen on."""
        names = ["api", *(name for name in self.ports if name.startswith("worker_health"))]
        names += ["livekit", "livekit_udp"] if self.starts_livekit else []
        names += ["realtime"] if self.starts_realtime else []
        return [self.ports[name] for name in names]


def merged_environ(environ: Mapping[str, str], env_file: Path) -> dict[str, str]:
    """`environ` over the variables of `env_file`, which need not exist."""
    # Windows' editors begin a file with a byte order mark.
    from_file = dotenv_values(env_file, interpolate=False, encoding="utf-8-sig") if env_file.is_file() else {}
    merged = {**from_file, **{key: value for key, value in environ.items() if value}}
    # Only what is ours: the processes read the rest as it is.
    ours = {key: plain(value) if key in KNOWN else value for key, value in merged.items() if value}
    return {key: value for key, value in ours.items() if value}


def load(environ: Mapping[str, str], *, data_dir: Path, script: Path | None = None, workers: int = 1) -> StackSettings:
    """Raises `SettingsError` with every problem."""
    problems: list[str] = []
    ports = {name: _port(environ, port, problems) for name, port in PORTS.items()}
    ports |= {f"worker_health_{number}": _next(ports["worker_health"], number) for number in range(2, workers + 1)}
    settings = StackSettings(environ, ports, data_dir.resolve(), script.resolve() if script else None, workers)
    problems += _clashes(settings.ports_in_use())
    if not settings.starts_livekit:
        missing = [name for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET") if not environ.get(name)]
        problems += [f"{name} is missing, and LIVEKIT_HOST names a LiveKit of your own" for name in missing]
    if script is not None and not script.is_file():
        problems.append(f"--script: there is no file {script}")
    if script is not None and not settings.starts_realtime:
        problems.append("--script is for the local Realtime server, which is not started when OPENAI_API_KEY is set")
    if problems:
        raise SettingsError(problems)
    return settings


def _port(environ: Mapping[str, str], default: Port, problems: list[str]) -> Port:
    text = environ.get(default.variable)
    if text is None:
        return default
    text = text.replace("_", "")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        problems.append(f"{default.variable} must be a port number between 1 and 65535")
        return default
    return Port(int(text), default.variable, default.wanted_by, default.udp)


def _next(first: Port, number: int) -> Port:
    """The port of the n-th process of a kind: those behind the first one's."""
    return replace(first, number=first.number + number - 1)


def _clashes(ports: list[Port]) -> list[str]:
    seen: dict[tuple[int, bool], Port] = {}
    problems = []
    for port in ports:
        other = seen.setdefault((port.number, port.udp), port)
        if other is not port:
            problems.append(f"{port.variable} and {other.variable} are both {port.number}")
    return problems
