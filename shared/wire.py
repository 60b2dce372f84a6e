"""Reading JSON objects that another process sent: strict about what we need, deaf to what we do not know.

Both processes are upgraded one after the other, so an unknown key is no error; a missing or mistyped one is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class WireError(ValueError):
    """A message from the other process cannot be used; the text names the field, never its value."""


def parse_object(text: str | bytes, *, max_bytes: int) -> dict[str, Any]:
    if len(text) > max_bytes:
        raise WireError(f"message is larger than {max_bytes} bytes")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("message is not JSON") from None
    if not isinstance(value, dict):
        raise WireError("message is not a JSON object")
    return value


def text(source: Mapping[str, Any], key: str, *, max_chars: int = 256) -> str:
    value = source.get(key)
    if not isinstance(value, str) or len(value) > max_chars:
        raise WireError(f"{key} must be a text of at most {max_chars} characters")
    # Nothing behind us can store anything else.
    if not is_unicode(value):
        raise WireError(f"{key} must be valid Unicode")
    return value


def is_unicode(value: str) -> bool:
    """False for a text with half a surrogate pair, which JSON can carry."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def optional_text(source: Mapping[str, Any], key: str, *, max_chars: int = 256) -> str | None:
    return None if source.get(key) is None else text(source, key, max_chars=max_chars)


def integer(source: Mapping[str, Any], key: str, *, minimum: int = 0) -> int:
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value < 2**53:
        raise WireError(f"{key} must be a whole number of at least {minimum}")
    return value


def optional_integer(source: Mapping[str, Any], key: str, *, minimum: int = 0) -> int | None:
    return None if source.get(key) is None else integer(source, key, minimum=minimum)


def texts(source: Mapping[str, Any], key: str, *, max_items: int, max_chars: int = 256) -> list[str]:
    """Empty where nothing is said."""
    value = source.get(key) or []
    if not isinstance(value, list) or len(value) > max_items:
        raise WireError(f"{key} must be a list of at most {max_items} texts")
    return [text({key: item}, key, max_chars=max_chars) for item in value]


def objects(source: Mapping[str, Any], key: str, *, max_items: int) -> list[dict[str, Any]]:
    value = source.get(key)
    if not isinstance(value, list) or len(value) > max_items:
        raise WireError(f"{key} must be a list of at most {max_items} items")
    if not all(isinstance(item, dict) for item in value):
        raise WireError(f"{key} must hold JSON objects")
    return value


def dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
