"""Who may be a user: the one place where a verified token's claims become a `SignedIn`."""

from __future__ import annotations

from typing import Any

from control_api.ports import SignedIn
from shared.call_report import AGENT_SPEAKER
from shared.ids import Identity, is_agent_identity
from shared.writing import cut, presentable

MAX_USER_ID_CHARS = 128
MAX_NAME_CHARS = 128


def is_agents(user_id: str) -> bool:
    """Whether whoever has this id would pass for an agent: in a room, where it is the identity, or in a transcript."""
    return is_agent_identity(user_id) or user_id == AGENT_SPEAKER


class InvalidUser(ValueError):
    """A token's subject that no user can have; the text says why."""


def signed_in(user_id: Any, name: Any, *, is_admin: bool) -> SignedIn:
    """Raises `InvalidUser`."""
    if not isinstance(user_id, str) or not 1 <= len(user_id) <= MAX_USER_ID_CHARS or not user_id.isprintable():
        raise InvalidUser(f"a user id has 1 to {MAX_USER_ID_CHARS} printable characters")
    if is_agents(user_id):
        raise InvalidUser("a user id must not look like an agent's identity")
    return SignedIn(Identity(user_id), clean_name(name), is_admin)


def clean_name(name: Any) -> str | None:
    """A name as it is shown to others: in any script, without control characters, not endless; None for what is no
    name."""
    if not isinstance(name, str):
        return None
    return cut(presentable(name), MAX_NAME_CHARS).strip() or None
