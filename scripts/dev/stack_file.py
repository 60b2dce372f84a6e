"""``data/run/stack.json``: how another command on this machine finds the running stack. It holds secrets: 0600."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.dev.secrets_file import write_private


@dataclass(frozen=True, slots=True)
class StackInfo:
    api_url: str
    livekit_url: str
    livekit_api_key: str
    livekit_api_secret: str = field(repr=False)
    dev_issuer_dir: str
    logs_dir: str
    supervisor_pid: int
    ports: Mapping[str, int]
    pids: Mapping[str, int]
    """By name: livekit, realtime, api, worker (and worker_2 ...)."""
    script: str | None = None
    """What makes the local Realtime server deterministic."""
    ready: bool = False

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(self._to_json(), indent=2) + "\n")

    @staticmethod
    def read(path: Path) -> StackInfo | None:
        """None when there is no stack, or what is there is not its file."""
        try:
            value = json.loads(path.read_text())
            return StackInfo(
                api_url=value["apiUrl"],
                livekit_url=value["livekitUrl"],
                livekit_api_key=value["livekitApiKey"],
                livekit_api_secret=value["livekitApiSecret"],
                dev_issuer_dir=value["devIssuerDir"],
                logs_dir=value["logsDir"],
                supervisor_pid=value["supervisorPid"],
                ports=value["ports"],
                pids=value["pids"],
                script=value["script"],
                ready=value["ready"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _to_json(self) -> dict[str, Any]:
        return {
            "apiUrl": self.api_url,
            "livekitUrl": self.livekit_url,
            "livekitApiKey": self.livekit_api_key,
            "livekitApiSecret": self.livekit_api_secret,
            "devIssuerDir": self.dev_issuer_dir,
            "logsDir": self.logs_dir,
            "supervisorPid": self.supervisor_pid,
            "ports": dict(self.ports),
            "pids": dict(self.pids),
            "script": self.script,
            "ready": self.ready,
        }
