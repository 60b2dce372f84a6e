"""docs/configuration.md: every setting, from the settings classes of the processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from control_api.settings import Settings as ApiSettings
from scripts.dev.settings import PORTS
from scripts.reference.setting_texts import SECTIONS, Text
from worker.settings import Settings as WorkerSettings

INTRO = """# Configuration

Made from the settings classes and `scripts/reference/setting_texts.py` by `make reference`; do not edit.

Settings are environment variables; `make run` and the containers also read `.env` ([.env.example](../.env.example) is
one to copy). An empty value counts as unset. A process that cannot use its settings names every problem at once, what
must be there and what is wrong, never a secret, and ends with status 2. `make doctor` (in a container
`python -m control_api doctor`) tries what they lead to.

What can mean one thing only is taken as that: spaces, quotes and Windows' line ends around a value (`docker --env-file`
keeps them); slashes at the end of an address; `http(s)://` for `ws(s)://` where a WebSocket is meant, and the other way
round; lists with a comma at their end or as JSON; capitals in words; `1_000`, and `90s`, `1h30m`, `PT1H`, `30 days` or
`1GB` where a setting has a unit; yes, on, 1 for true. A scheme that is missing is not guessed. A name that looks like a
setting and is none is told in the log at the start and by the doctor, with the one that was probably meant.

What goes out of API and worker heeds `HTTPS_PROXY` (also for `wss://`), `HTTP_PROXY` (also for `ws://`), `ALL_PROXY`
and `NO_PROXY` (names, addresses, networks, with a port if need be), in capitals or small letters: the model, LiveKit,
the API, Clerk's keys, Upstash, the store of recordings, traces. This machine is never asked through a proxy. LiveKit's
media go by UDP and know no proxy.
"""
MAX_SHOWN_CHARS = 60


def render() -> str:
    return "\n".join([INTRO, *(_section(title, texts) for title, texts in SECTIONS.items())])


def documented() -> set[str]:
    return {name for texts in SECTIONS.values() for name in texts}


def fields() -> dict[str, FieldInfo]:
    """By the variable's name."""
    found: dict[str, FieldInfo] = {}
    settings: tuple[type[BaseSettings], ...] = (WorkerSettings, ApiSettings)
    for cls in settings:
        for field in cls.model_fields.values():
            alias = field.validation_alias
            names = alias.choices if isinstance(alias, AliasChoices) else [alias]
            found |= {str(name): field for name in names}
    return found


def _section(title: str, texts: dict[str, Text]) -> str:
    head = f"## {title}\n\n| name | default | unit | allowed | when empty | meaning |\n|---|---|---|---|---|---|\n"
    return head + "".join(_row(name, text) for name, text in texts.items())


def _row(name: str, text: Text) -> str:
    field = fields().get(name)
    ports = {port.variable: port.number for port in PORTS.values()}
    default = str(ports[name]) if field is None else _shown(field.default)
    allowed = "1 to 65535" if field is None else _allowed(field)
    return f"| `{name}` | {default} | {text.unit} | {allowed} | {text.empty} | {text.meaning} |\n"


def _shown(default: Any) -> str:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if value is None or repr(value) == "PydanticUndefined" or value in ("", ()):
        return ""
    text = ",".join(value) if isinstance(value, tuple) else value.as_posix() if isinstance(value, Path) else str(value)
    return f"`{text}`" if len(text) <= MAX_SHOWN_CHARS else f"`{text[:MAX_SHOWN_CHARS].rsplit(' ', 1)[0]} ...`"


def _allowed(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    bounds = {
        name: value
        for part in field.metadata
        for name in ("ge", "le", "min_length")
        if (value := getattr(part, name, None)) is not None
    }
    if "ge" in bounds and "le" in bounds:
        return f"{bounds['ge']} to {bounds['le']}"
    return f"at least {bounds['ge']}" if "ge" in bounds else ""
