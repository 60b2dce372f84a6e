"""``python -m scripts.reference`` writes what of docs/ is made from code, and types/voice.ts; ``--check`` compares.

types/voice.ts is made from docs/openapi.json, by ``npm run generate`` in clients/typescript.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.reference import api_page, configuration_page, errors_page, events_page, openapi_file, types_file

DOCS = Path(__file__).parents[2] / "docs"
RENDERED: dict[Path, Callable[[], str]] = {
    DOCS / "openapi.json": openapi_file.render,
    DOCS / "API.md": api_page.render,
    DOCS / "errors.md": errors_page.render,
    DOCS / "configuration.md": configuration_page.render,
    DOCS / "events.md": events_page.render,
}


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        for path, render in RENDERED.items():
            path.write_text(render())
        return types_file.generate()
    stale = [path.name for path, render in RENDERED.items() if not path.is_file() or path.read_text() != render()]
    for name in stale:
        sys.stderr.write(f"docs/{name} is not what the code says: run `make reference`.\n")
    return 1 if types_file.generate(check=True) or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
