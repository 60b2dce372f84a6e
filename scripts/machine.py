"""On which day and machine something was measured: the line above a table of figures."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime


def machine() -> str:
    """Ends with the number of cores, so that it can be said what they were for."""
    day = datetime.now(UTC).date().isoformat()
    system = f"{platform.system()} {platform.machine()}"
    return f"{day}, Python {platform.python_version()} on {system}, {os.cpu_count()} cores"
