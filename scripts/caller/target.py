"""Which system is called: the one that `make run` runs here, or any other by its address and a user's token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from control_api.adapters.dev_issuer import DevIssuer, open_dev_issuer
from scripts.caller.api import VoiceApi
from scripts.caller.floor.rooms import LiveKitAccess
from scripts.caller.problem import CallerProblem
from scripts.dev.stack_file import StackInfo
from shared.clock import Clock

DEFAULT_API_URL = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Target:
    api_url: str
    user_token: str | None = field(default=None, repr=False)
    issuer: DevIssuer | None = field(default=None, repr=False)
    stack: StackInfo | None = None

    def api_for(self, user_id: str, http: aiohttp.ClientSession, clock: Clock) -> VoiceApi:
        token = self.user_token
        if token is None and self.issuer is not None:
            token = self.issuer.token(user_id, name="Simulated caller")
        return VoiceApi(http, self.api_url, token or "", clock)

    def livekit(self, http: aiohttp.ClientSession) -> LiveKitAccess:
        """Raises `CallerProblem` when the system is not on this machine."""
        if self.stack is None:
            raise CallerProblem("--floor makes rooms of its own in the LiveKit of `make run`, which does not run here.")
        return LiveKitAccess(self.stack.livekit_url, self.stack.livekit_api_key, self.stack.livekit_api_secret, http)

    @property
    def script(self) -> Path | None:
        return Path(self.stack.script) if self.stack and self.stack.script else None


def find(data_dir: Path, api_url: str | None, user_token: str | None) -> Target:
    """Raises `CallerProblem` when there is nothing to call, or nobody to call as."""
    stack = StackInfo.read(data_dir / "run/stack.json")
    url = api_url or (stack.api_url if stack else DEFAULT_API_URL)
    if user_token is not None:
        return Target(url, user_token=user_token, stack=stack)
    if stack is None:
        raise CallerProblem(f"The API at {url} does not answer: is `make run` running?")
    try:
        return Target(url, issuer=open_dev_issuer(Path(stack.dev_issuer_dir)), stack=stack)
    except (OSError, ValueError) as error:
        raise CallerProblem(f"The development issuer in {stack.dev_issuer_dir} cannot be used: {error}.") from error


def new_user_id() -> str:
    return f"caller-{secrets.token_hex(4)}"
