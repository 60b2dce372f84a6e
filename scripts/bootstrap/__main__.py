"""``python3 -m scripts.bootstrap bench|environment|livekit|node|s3|web``.

This file is kept in the syntax of old Pythons, so that one that is too old gets a sentence and no syntax error.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWEST_MINOR = 14


def main() -> None:
    if sys.version_info < OLDEST:
        _continue_with_newer_python()
    from scripts.bootstrap import tasks

    sys.exit(tasks.run(sys.argv[1:]))


def _continue_with_newer_python() -> None:
    for minor in range(NEWEST_MINOR, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)  # noqa: UP031
        if found:
            os.execv(found, [found, "-m", "scripts.bootstrap"] + sys.argv[1:])  # noqa: RUF005, S606
    sys.exit(
        "Python 3.11 or newer is needed, and %s is %d.%d: install one or run `make PYTHON=/path/to/python3 ...`."  # noqa: UP031
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )


if __name__ == "__main__":
    main()
