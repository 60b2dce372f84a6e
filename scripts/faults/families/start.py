"""Something is missing when the API or a worker starts (row 40)."""

from __future__ import annotations

import shutil
from typing import Any

from scripts.faults.broken import promise, until_answered
from scripts.faults.caller import ms_between
from scripts.faults.lab import Lab
from scripts.faults.scenario import Family

family = Family()

NAMED_WITHIN_MS = 10_000


@family.scenario(
    40,
    "LiveKit is missing when the API starts",
    "`/readyz` says `livekit` within 10 s, without a value; ready when it comes",
    worst_ms=NAMED_WITHIN_MS,
    long_runs=3,
)
async def no_livekit(lab: Lab) -> int:
    await lab.stack.api.stop()
    await lab.stack.livekit.kill()
    began_s = lab.now_s()
    await lab.stack.api.launch()
    await _names(lab, {"livekit"})
    named_s = lab.now_s()
    await lab.stack.livekit.start()
    await lab.stack.api.until_ready()
    return ms_between(began_s, named_s)


@family.scenario(
    40,
    "the database cannot be opened when the API starts",
    "`/readyz` says `database` within 10 s, without a value; ready when it comes",
    worst_ms=NAMED_WITHIN_MS,
    long_runs=3,
)
async def no_database(lab: Lab) -> int:
    api = lab.stack.api
    volume = lab.stack.data_dir / "not-mounted-yet"
    volume.write_text("")
    await api.stop()
    api.with_settings({"VOICE_DATABASE_URL": f"sqlite:///{volume}/voice.db"})
    began_s = lab.now_s()
    try:
        await api.launch()
        await _names(lab, {"database"}, str(volume))
        named_s = lab.now_s()
        volume.unlink()
        await api.until_ready()
    finally:
        api.with_settings({})
        await api.stop()
        if volume.is_dir():
            shutil.rmtree(volume)
    return ms_between(began_s, named_s)


async def _names(lab: Lab, missing: set[str], *secrets: str) -> None:
    """Waits until `/readyz` answers 503 and names these. Raises `Broken`."""

    async def look() -> dict[str, Any] | None:
        status, ready = await lab.ask_api("GET", "/readyz")
        return ready if status == 503 and ready and set(ready["reasons"]) == missing else None

    ready = await until_answered(f"/readyz names {', '.join(missing)}", look, 20)
    values = [value for value in (*lab.stack.secrets.values(), *secrets) if value in str(ready)]
    promise(not values, "/readyz shows a value")
