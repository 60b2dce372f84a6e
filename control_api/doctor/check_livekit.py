"""LiveKit: is it there, does it take our key, does its clock agree with ours."""

from __future__ import annotations

from datetime import UTC, datetime

from control_api.adapters.livekit_gateway import LiveKitApiGateway
from control_api.doctor.fetch import Answer, NoAnswer, fetch, http_url, place
from control_api.doctor.findings import Finding, ok, problem
from control_api.ports import LiveKitRefused, LiveKitUnavailable
from control_api.settings import Settings

NAME = "livekit"
MAX_SKEW_S = 30
"""Within this, tokens of either side are good at the other's."""


async def check_livekit(settings: Settings) -> Finding:
    host, key, secret = settings.livekit_host, settings.livekit_api_key, settings.livekit_api_secret
    if host is None or key is None or secret is None:
        return problem(
            NAME,
            "not configured: no call can be opened.",
            "Set LIVEKIT_HOST, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.",
        )
    url = settings.livekit_internal_url or host
    try:
        answer = await fetch("GET", http_url(url))
    except NoAnswer as why:
        return problem(
            NAME,
            f"{place(url)} cannot be reached: {why}.",
            "Start LiveKit, or correct LIVEKIT_HOST/LIVEKIT_INTERNAL_URL.",
        )
    skewed = skew(answer, datetime.now(UTC))
    if skewed is not None:
        return skewed
    return await _ask(url, key, secret.get_secret_value())


def skew(answer: Answer, now: datetime) -> Finding | None:
    """None: its clock agrees with `now`, or it does not tell."""
    if answer.date is None:
        return None
    ahead_s = round((answer.date.astimezone(UTC) - now).total_seconds())
    if abs(ahead_s) <= MAX_SKEW_S:
        return None
    direction = "ahead of" if ahead_s > 0 else "behind"
    return problem(
        NAME,
        f"its clock is {abs(ahead_s)} s {direction} this machine's, so tokens are refused.",
        "Set both clocks by NTP.",
    )


async def _ask(url: str, key: str, secret: str) -> Finding:
    gateway = LiveKitApiGateway(url, key, secret)
    try:
        rooms = await gateway.list_rooms()
    except LiveKitRefused:
        return problem(
            NAME,
            f"{place(url)} refuses our key.",
            "Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a pair from the `keys` of LiveKit's configuration.",
        )
    except LiveKitUnavailable as error:
        return problem(NAME, f"{place(url)} answers, but not as LiveKit ({error}).", "Does a proxy stand in between?")
    finally:
        await gateway.aclose()
    return ok(NAME, f"{place(url)} takes our key; {len(rooms)} rooms are open.")
