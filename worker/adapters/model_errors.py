"""What a failure of the model's service means for a call: whose fault it is, whether to try again, and when. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from livekit.agents import APIError, APIStatusError

from shared.call_state import EndReason
from worker.ports import ModelLost

_QUOTA_CODES = frozenset({"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"})
_AUTH_CODES = frozenset({"invalid_api_key", "account_deactivated"})
_STATUS_REASONS = {
    401: EndReason.PROVIDER_AUTH,
    403: EndReason.PROVIDER_AUTH,
    402: EndReason.PROVIDER_QUOTA,
}
TOO_MANY_REQUESTS = 429

MAX_WAIT_S = 60.0
_TOLD_WAIT = re.compile(r"try again in (?:(\d+(?:\.\d+)?)m(?!s))?\s*(?:(\d+(?:\.\d+)?)(ms|s))?", re.IGNORECASE)


def lost(error: BaseException, connection: str = "connection") -> ModelLost:
    """`connection` says how the connection ended, where nothing else does."""
    if not isinstance(error, APIError):
        return ModelLost(EndReason.PROVIDER_DOWN, type(error).__name__)
    code, kind, wait_s = _facts(error.body)
    if loss := final_loss(code, kind):
        return loss
    if isinstance(error, APIStatusError):
        return _refused(error.status_code, code, wait_s)
    return ModelLost(EndReason.PROVIDER_DOWN, code or connection)


def final_loss(code: str, kind: str = "") -> ModelLost | None:
    """Of an error by which the service lets nobody in; None: it is none of those."""
    for codes, reason in ((_QUOTA_CODES, EndReason.PROVIDER_QUOTA), (_AUTH_CODES, EndReason.PROVIDER_AUTH)):
        for word in (code, kind):
            if word in codes:
                return ModelLost(reason, word, is_final=True)
    return None


def _refused(status: int, code: str, wait_s: float | None) -> ModelLost:
    detail = f"http_{status} {code}".strip()
    if status in _STATUS_REASONS:
        return ModelLost(_STATUS_REASONS[status], detail, is_final=True)
    if status == TOO_MANY_REQUESTS:
        return ModelLost(EndReason.PROVIDER_QUOTA, detail, retry_after_s=wait_s)
    # Any other 4xx means this very request, which is the same the next time.
    return ModelLost(EndReason.PROVIDER_DOWN, detail, is_final=status < 500, retry_after_s=wait_s)


def is_rate_limit(code: str | None) -> bool:
    return code is not None and "rate_limit" in code


def told_wait_s(retry_after: object, message: object = None) -> float | None:
    """How long to wait, by a Retry-After header in seconds or by the service's sentence ("try again in 1.2s"); None
    when neither says it. Never more than `MAX_WAIT_S`."""
    if isinstance(retry_after, str) and retry_after.strip().isdecimal():
        return min(float(retry_after), MAX_WAIT_S)
    found = _TOLD_WAIT.search(message) if isinstance(message, str) else None
    if found is None or not (found[1] or found[2]):
        return None
    minutes, amount, unit = found.groups()
    seconds = float(minutes or 0) * 60 + float(amount or 0) / (1000 if unit and unit.lower() == "ms" else 1)
    return min(seconds, MAX_WAIT_S)


def _facts(body: object) -> tuple[str, str, float | None]:
    """Code, type and how long to wait, of an error's body: a mapping or one of the SDK's models."""
    get: Any = body.get if isinstance(body, Mapping) else lambda name: getattr(body, name, None)
    wait_s = get("retry_after_s") if isinstance(body, Mapping) else told_wait_s(None, get("message"))
    return _word(get("code")), _word(get("type")), wait_s


def _word(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""
