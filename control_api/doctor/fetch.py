"""One HTTP request with a time limit; what can be wrong with it is told in words, without the URL's secrets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from control_api.adapters.http_body import BodyTooLong, read_at_most
from shared.proxies import proxy_of

WITHIN_S = 5.0
MAX_BYTES = 1024 * 1024


class NoAnswer(Exception):
    """The text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    date: datetime | None
    """The other machine's clock, to the second."""


async def fetch(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """Raises `NoAnswer`."""
    try:
        async with (
            asyncio.timeout(WITHIN_S),
            aiohttp.ClientSession(proxy=proxy_of(url)) as session,
            session.request(method, url, headers=headers, data=body, allow_redirects=False) as answer,
        ):
            return Answer(answer.status, await read_at_most(answer, MAX_BYTES), _date(answer.headers.get("Date")))
    except TimeoutError:
        raise NoAnswer(f"no answer within {WITHIN_S:.0f} s") from None
    except aiohttp.ClientConnectorDNSError:
        raise NoAnswer("its name cannot be resolved") from None
    except aiohttp.ClientConnectorCertificateError:
        raise NoAnswer("its certificate is not trusted") from None
    except aiohttp.ClientConnectorError as error:
        raise NoAnswer(os.strerror(error.os_error.errno or 0).lower()) from None
    except (aiohttp.ClientError, BodyTooLong, ValueError, OSError):
        raise NoAnswer("it does not speak HTTP as expected") from None


def place(url: str) -> str:
    """``https://host:port``: what of a URL can be shown."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def http_url(url: str) -> str:
    """``ws`` as ``http``, ``wss`` as ``https``."""
    return f"http{url[2:]}" if url.startswith(("ws://", "wss://")) else url


def _date(value: str | None) -> datetime | None:
    try:
        return None if value is None else parsedate_to_datetime(value)
    except ValueError:
        return None
