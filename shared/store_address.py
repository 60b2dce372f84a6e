"""Where recordings are kept, as ``LIVEKIT_RECORDING_BUCKET`` names it. The API and the workers must name the same.

A bare name is an S3 bucket, as in the contract. ``s3://``, ``gs://`` (Google) and ``az://`` (Azure, a container) may
have a prefix behind the name; ``file://`` is a folder of this machine. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127})*")


class StoreKind(StrEnum):
    S3 = "s3"
    GOOGLE = "gs"
    AZURE = "az"
    FOLDER = "file"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    kind: StoreKind
    name: str
    """Of the bucket or container; of a folder, its path."""
    prefix: str = ""
    """Below which everything lies; no slash at its ends."""


def service_address(address: StoreAddress, endpoint: str | None) -> str:
    """Whom requests for the store's files go to, for its proxy. `endpoint`: of an S3 that is not Amazon's."""
    match address.kind:
        case StoreKind.GOOGLE:
            return "https://storage.googleapis.com"
        case StoreKind.AZURE:
            return "https://blob.core.windows.net"
        case _:
            return endpoint or "https://s3.amazonaws.com"


_IN_THE_NAME = (
    ".amazonaws.com",
    ".digitaloceanspaces.com",
    ".backblazeb2.com",
    ".wasabisys.com",
    ".r2.cloudflarestorage.com",
)
"""Of services that have a bucket's name before their own."""


def endpoint_of(url: str, bucket: str) -> str:
    """Of an S3 service, without the name of the bucket, which is often copied with it: as its path, or before its
    host."""
    parts = urlsplit(url)
    if not bucket:
        return url
    netloc = parts.netloc
    if netloc.startswith(f"{bucket}.") and (parts.hostname or "").endswith(_IN_THE_NAME):
        netloc = netloc.removeprefix(f"{bucket}.")
    path = parts.path.rstrip("/").removesuffix(f"/{bucket}")
    return urlunsplit((parts.scheme, netloc, path, parts.query, ""))


def parse_address(value: str) -> StoreAddress:
    """Raises `ValueError`, whose text never repeats the value."""
    scheme, separator, rest = value.partition("://")
    scheme = scheme.lower()
    if not separator:
        scheme, rest = StoreKind.S3, value
    try:
        kind = StoreKind(scheme)
    except ValueError:
        raise ValueError("must be a bucket's name, or begin with s3://, gs://, az:// or file://") from None
    return _folder(rest) if kind is StoreKind.FOLDER else _bucket(kind, rest)


def _folder(path: str) -> StoreAddress:
    """``file:///absolute`` and ``file://relative/to/here``."""
    if not path or "\0" in path or ".." in PurePosixPath(path).parts:
        raise ValueError("file:// must be followed by the path of a folder, without ..")
    return StoreAddress(StoreKind.FOLDER, path)


def _bucket(kind: StoreKind, rest: str) -> StoreAddress:
    name, _, prefix = rest.partition("/")
    prefix = prefix.rstrip("/")
    if _BUCKET.fullmatch(name) is None:
        raise ValueError("the bucket's name must be 2 to 63 of the characters A-Z a-z 0-9 . _ -")
    if prefix and _PREFIX.fullmatch(prefix) is None:
        raise ValueError("the prefix must be parts of the characters A-Z a-z 0-9 . _ - between single slashes")
    return StoreAddress(kind, name, prefix)
