"""Which version of this program runs. `pyproject.toml` has the same one; a test compares."""

VERSION = "0.1.0"
