"""``python -m scripts.dev.doctor``: the doctor, with the settings that `make run` gives its processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from control_api.__main__ import main
from scripts.dev import secrets_file
from scripts.dev.settings import load, merged_environ
from scripts.dev.specs import child_environ
from shared.env import SettingsError

ROOT = Path(__file__).resolve().parents[2]


def doctors_environ() -> dict[str, str]:
    """Of a running stack where there is one; else what is set, so that the doctor can say what is missing."""
    environ = merged_environ(os.environ, ROOT / ".env")
    secrets = ROOT / "data" / "dev" / "secrets.env"
    try:
        settings = load(environ, data_dir=ROOT / "data")
    except SettingsError:
        return environ
    return child_environ(settings, secrets_file.ensure(secrets)) if secrets.is_file() else environ


if __name__ == "__main__":
    os.environ.update(doctors_environ())
    sys.exit(main(["doctor", *sys.argv[1:]]))
