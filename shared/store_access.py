"""How an S3 bucket, or what speaks its protocol, is opened. Of the API and the workers, which open the same one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class S3Access:
    """What is None is taken from the surroundings: the machine's role, a file of its account."""

    region: str | None = None
    endpoint: str | None = None
    """Of a service that speaks S3's protocol."""
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    """By which the store is asked, of whatever kind it is; None: directly, or as obstore reads the environment."""

    @property
    def options(self) -> dict[str, Any]:
        """Those that are given, by obstore's names. They hold secrets."""
        return {name: value for name, value in asdict(self).items() if value is not None and name != "proxy"}

    @property
    def is_plain(self) -> bool:
        """Its service is asked without TLS."""
        return self.endpoint is not None and self.endpoint.startswith("http://")
