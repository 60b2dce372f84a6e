"""What is meant by the text of a setting that is written a little differently from what we expect. Pure.

Whoever reads a setting reads it by these: what can mean one thing only is taken as that, everything else raises
`ValueError`, whose text says what must stand there and what is wrong with what does, and never repeats it: it may be a
secret that was put into the wrong variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

_QUOTES = "\"'"
_SECONDS: Final = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
}
_DAYS: Final = {"d": 1, "day": 1, "w": 7, "week": 7, "y": 365, "year": 365}
_MEGABYTES: Final = {"m": 1, "mb": 1, "mib": 1, "g": 1024, "gb": 1024, "gib": 1024}
UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "_S": _SECONDS | {unit: days * 86_400 for unit, days in _DAYS.items()},
    "_DAYS": _DAYS,
    "_MB": _MEGABYTES,
}
"""By the end of a setting's name: what may stand behind a number, in the unit of that setting."""
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)")
_ISO = re.compile(r"p(?=.)(?:(\d+)w)?(?:(\d+)d)?(?:t(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?")
_ISO_UNITS = ("w", "d", "h", "m", "s")
WEB: Final = ("http", "https")
SOCKET: Final = ("ws", "wss")
SAME_AS_SOCKET: Final = {"http": "ws", "https": "wss"}
SAME_AS_WEB: Final = {"ws": "http", "wss": "https"}


def plain(text: str) -> str:
    """Without what files and shells leave around a value: spaces, line ends of Windows, a byte order mark, quotes (as
    ``docker --env-file`` does)."""
    text = text.strip("\ufeff \t\r\n")
    if len(text) >= 2 and text[0] == text[-1] and text[0] in _QUOTES and text[0] not in text[1:-1]:
        return text[1:-1].strip()
    return text


def parts(text: str) -> tuple[str, ...]:
    """``a, b``, also with a comma at the end, or a list of JSON."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            raise ValueError(
                "must be a list with commas between its parts, and looks like JSON without being it"
            ) from None
        if not all(isinstance(part, str) for part in found):
            raise ValueError("must be a list of texts, and holds something else")
    else:
        found = text.split(",")
    return tuple(one for one in (plain(part) for part in found) if one)


def number(text: str, unit: Mapping[str, float]) -> str:
    """``1_000``, ``90 s``, ``1h30m``, ``PT5M`` as a plain number; as it is where it is none of these."""
    text = text.replace("_", "").strip()
    found = _of_iso(text.lower(), unit) if text[:1] in "Pp" else _of_parts(text.lower(), unit)
    if found is None:
        return text
    return str(round(found)) if abs(found - round(found)) < 1e-9 else str(found)


def _of_parts(text: str, unit: Mapping[str, float]) -> float | None:
    total, at = 0.0, 0
    while at < len(text):
        part = _PART.match(text, at)
        factor = None if part is None else unit.get(part[2], unit.get(part[2].removesuffix("s")))
        if part is None or factor is None:
            return None
        total, at = total + float(part[1]) * factor, part.end()
    return total if at else None


def _of_iso(text: str, unit: Mapping[str, float]) -> float | None:
    found = _ISO.fullmatch(text)
    if found is None or not {_ISO_UNITS[index] for index, one in enumerate(found.groups()) if one} <= set(unit):
        return None
    return sum(int(one) * unit[name] for one, name in zip(found.groups(), _ISO_UNITS, strict=True) if one)


def word(text: str, allowed: Collection[str], same: Mapping[str, str] | None = None) -> str:
    """Of a few that are allowed, in any case; `same`: other words for them. As it is where it is none."""
    lower = text.lower()
    meant = (same or {}).get(lower, lower)
    return meant if meant in allowed else text


def address(text: str, schemes: Collection[str], same: Mapping[str, str] | None = None) -> str:
    """Without slashes at its end. `same`: schemes that are taken for another one."""
    must = f"must be {' or '.join(f'{scheme}://' for scheme in schemes)} and a host"
    if "://" not in text:
        raise ValueError(f"{must}, and does not begin so")
    scheme, _, rest = text.partition("://")
    scheme = (same or {}).get(scheme.lower(), scheme.lower())
    if re.match(r"[a-z]+:/{1,2}", rest.lower()):
        raise ValueError(f"{must}, and has two schemes")
    if scheme not in schemes:
        raise ValueError(f"{must}, and begins with another scheme")
    if re.search(r"\s", rest):
        raise ValueError(f"{must}, and has a space within")
    found = f"{scheme}://{rest}"
    _check_host(found, must)
    return found if "?" in rest else found.rstrip("/")


def _check_host(url: str, must: str) -> None:
    try:
        parsed = urlsplit(url)
        host, port = parsed.hostname, parsed.port
    except ValueError:
        raise ValueError(f"{must}, and its host or port cannot be one") from None
    if not host or port == 0:
        raise ValueError(f"{must}, and has no host" if not host else f"{must}, and its port cannot be one")


def listener(text: str) -> str:
    """Where a process listens: a name or an address, without brackets."""
    host = text.removeprefix("[").removesuffix("]")
    is_ipv6 = host.count(":") > 1
    if "/" in host or (":" in host and not is_ipv6) or re.search(r"\s", host):
        raise ValueError("must be a name or an address alone, and has a scheme, a path or a port, too")
    return host
