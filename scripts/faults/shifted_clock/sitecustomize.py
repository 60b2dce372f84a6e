"""Another time of day in one Python process, as on a machine whose clock is wrong (row 10).

Python imports a module of this name before anything else, from the first place of the path that has one. So a process
that is started with this directory in ``PYTHONPATH`` sees the shifted time everywhere: in its own clock, in the tokens
that its libraries sign and check. Clocks that only grow (`time.monotonic`) are right, as they are there.
"""

from __future__ import annotations

import datetime
import os
import time
from datetime import datetime as TrueDatetime
from typing import Any

VARIABLE = "VOICE_FAULTS_CLOCK_AHEAD_S"


class _AlsoTrueOnes(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, TrueDatetime)


def shift(ahead_s: int) -> None:
    """In this process, from now on."""
    true_time, true_ns = time.time, time.time_ns

    class Shifted(TrueDatetime, metaclass=_AlsoTrueOnes):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return TrueDatetime.now(tz) + datetime.timedelta(seconds=ahead_s)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(datetime.UTC).replace(tzinfo=None)

    time.time = lambda: true_time() + ahead_s
    time.time_ns = lambda: true_ns() + ahead_s * 10**9
    datetime.datetime = Shifted  # type: ignore[misc]


if VARIABLE in os.environ:
    shift(int(os.environ[VARIABLE]))
