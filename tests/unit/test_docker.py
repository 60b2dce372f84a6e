"""There is no Docker engine where these tests run, so they hold the Dockerfiles to what can be read from them."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMAGES = {"api": "control_api", "worker": "worker"}


def stages(image: str) -> list[str]:
    text = (ROOT / f"Dockerfile.{image}").read_text()
    return re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize(("image", "package"), IMAGES.items())
def test_stages_that_build_and_not_root(image: str, package: str) -> None:
    build, *_, final = stages(image)
    assert "AS build" in build
    assert "--require-hashes" in build
    assert re.search(r"^USER (?!root)\w+$", final, re.MULTILINE)
    assert f'ENTRYPOINT ["python", "-m", "{package}"]' in final


@pytest.mark.parametrize(("image", "package"), IMAGES.items())
def test_each_copies_only_its_own_package_and_shared(image: str, package: str) -> None:
    final = stages(image)[-1]
    copied = [line.split()[1] for line in final.splitlines() if line.startswith("COPY ") and "--from" not in line]
    assert sorted(copied) == sorted([package, "shared"])
    allowed = (ROOT / ".dockerignore").read_text()
    assert all(f"!{name}" in allowed for name in copied)


@pytest.mark.parametrize(("image", "package"), IMAGES.items())
def test_the_lock_of_an_image_holds_all_that_its_package_imports(image: str, package: str) -> None:
    lock = (ROOT / "requirements" / f"{image}.txt").read_text().lower()
    missing = {
        name
        for folder in (package, "shared")
        for name in imported_packages(ROOT / folder)
        if not re.search(rf"^{DISTRIBUTIONS.get(name, name)}==", lock, re.MULTILINE)
    }
    assert not missing


@pytest.mark.parametrize("image", IMAGES)
def test_health_is_whether_the_process_lives(image: str) -> None:
    """Whoever asks whether it takes calls, and ends it when it does not, ends the calls that it has."""
    [check] = [line for line in stages(image)[-1].splitlines() if line.startswith("HEALTHCHECK")]
    assert "/healthz" in check
    assert "/readyz" not in check


DISTRIBUTIONS = {
    "jwt": "pyjwt",
    "google": "protobuf",
    "uuid_utils": "uuid-utils",
    "pydantic_core": "pydantic-core",
    "pydantic_settings": "pydantic-settings",
    "livekit": "livekit-protocol",
    "prometheus_client": "prometheus-client",
    "opentelemetry": "opentelemetry-sdk",
}


def imported_packages(folder: Path) -> set[str]:
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"shared", "worker", "control_api", "__future__"}


def test_the_pages_are_built_from_their_lock_in_a_stage_of_their_own() -> None:
    pages = stages("api")[1]
    assert "npm --prefix control_api/web ci" in pages
    assert "COPY --from=pages /srv/control_api/web/dist control_api/web/dist" in stages("api")[-1]
    for line in pages.splitlines():
        if line.startswith("COPY "):
            assert all((ROOT / name).exists() for name in line.split()[1:-1]), line
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"!clients/typescript", "!types", "**/node_modules", "control_api/web/dist"} <= set(allowed)
