"""``python -m scripts.dev.token USER [--name N]``: a sign-in token of the issuer that `make run` uses."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from control_api.__main__ import main
from scripts.dev.settings import merged_environ

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    os.environ.update(merged_environ(os.environ, ROOT / ".env"))
    sys.exit(main(["token", *sys.argv[1:]]))
